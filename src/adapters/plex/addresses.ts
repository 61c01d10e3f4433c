import type { OfferedAddress } from '../../app/ports/media.ts';
import type { AccountToken, Known } from '../../app/ports/media-server.ts';
import { nameFrom } from '../http-client/answers.ts';
import { PlexClient, type PlexOptions } from './client.ts';
import { readResources } from './schema.ts';

/** More than a person looks through, and than fit into a menu. */
const MOST = 25;
const ORDER = ['local', 'remote', 'relay'] as const;

/** The addresses that plex.tv lists for the servers of a token's owner, the nearest of each first (A5.2). */
export async function listPlexAddresses(
  options: PlexOptions,
  { token, clientIdentifier }: AccountToken,
): Promise<Known<readonly OfferedAddress[]>> {
  const client = new PlexClient(options, null, clientIdentifier);
  const query = { includeHttps: '1', includeRelay: '1' };
  const resources = await client.read(
    { host: 'plex.tv', path: '/api/v2/resources', query, token },
    readResources,
  );
  if (resources.kind === 'unknown') return resources;
  const found = resources.value
    .filter(({ owned, provides }) => owned && provides.split(',').includes('server'))
    .flatMap(({ name, connections }) =>
      connections.map(({ uri, local, relay }) => ({
        server: nameFrom(name),
        url: uri,
        where: relay ? ('relay' as const) : local ? ('local' as const) : ('remote' as const),
      })),
    )
    .toSorted((a, b) => ORDER.indexOf(a.where) - ORDER.indexOf(b.where));
  const byUrl = new Map(found.toReversed().map((address) => [address.url, address]));
  return { kind: 'known', value: [...byUrl.values()].toReversed().slice(0, MOST) };
}
