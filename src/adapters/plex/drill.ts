import { CLOSED, type DrillSide, type OwnSession } from '../../app/ports/drill.ts';
import type { AccountAccess, Known, ServerAddress } from '../../app/ports/media-server.ts';
import type { DrillList, KeptSettings } from '../../domain/drill/facts.ts';
import { isNonEmpty } from '../../domain/model.ts';
import { say } from '../../words/say.ts';
import { PlexClient, type PlexOptions, unknown } from './client.ts';
import { readSections, readServerTokens } from './schema.ts';
import { opensOf } from './server-tokens.ts';
import { lostIn } from './settings.ts';
import {
  type PlexShare,
  readShares,
  readTold,
  type SharingSettings,
  settingsIn,
  sharesOf,
} from './share-schema.ts';
import { PlexShares, ShareHandle } from './shares.ts';
import { notPossible, PlexSharing } from './sharing.ts';

/** A filter that no member of ours has: for the mildest of films. */
const MARK = { filterMovies: 'contentRating=G' } as const;

/** The other side of sharing (media-servers.md A5.9): what the account of a token is shown. */
export function createPlexDrill(
  address: ServerAddress & { readonly identity: string },
  options: PlexOptions,
): DrillSide {
  const { token, identity, clientIdentifier: ours } = address;
  const client = new PlexClient(options, address, ours);
  const shares = new PlexShares(client, token, identity);
  const sharing = new PlexSharing(client, token, identity);
  return {
    async signIn({ secret, clientIdentifier }) {
      const session: OwnSession = {
        look: () => ownView(new PlexClient(options, address, clientIdentifier), secret, identity),
        end: async () => {},
      };
      return { kind: 'known', value: session };
    },

    async listsOf(externalId) {
      const found: DrillList[] = [];
      for (const which of ['accepted', 'pending'] as const) {
        const list = await client.read(
          { host: 'clients', path: `/api/v2/shared_servers/owned/${which}`, token },
          readShares,
        );
        if (list.kind === 'unknown') return list;
        if (sharesOf(list.value, identity).shares.some((share) => isCurrentOf(share, externalId)))
          found.push(which);
      }
      const old = await shares.listV1();
      if (old.kind === 'unknown') return old;
      if (old.value.shares.some(({ userID }) => userID === externalId)) found.push('v1');
      return { kind: 'known', value: found };
    },

    settingsOf: (externalId) => settingsOf(externalId),

    async mark(account: AccountAccess) {
      return { outcome: await writeMark(account), mark: MARK };
    },
  };

  async function settingsOf(externalId: string): Promise<Known<KeptSettings>> {
    let listed: Readonly<Record<string, SharingSettings | null>> | undefined;
    for (const which of ['accepted', 'pending'] as const) {
      const told = await client.read(
        { host: 'clients', path: `/api/v2/shared_servers/owned/${which}`, token },
        readTold,
      );
      if (told.kind === 'unknown') return told;
      const found = told.value.find(
        ({ machineIdentifier, accountId }) => machineIdentifier === identity && accountId === externalId,
      );
      if (found) listed ??= { share: settingsIn(found.share), person: settingsIn(found.person) };
    }
    const asked = await sharing.readSettings(externalId);
    const [one, other] = Object.values(listed ?? {}).filter((place) => place !== null);
    // Two that differ are not believed either, and then it is asked (A5.7).
    const agree = one && (!other || lostIn(one, other).length + lostIn(other, one).length === 0);
    const places = { listed: agree ? one : null, asked: asked.kind === 'known' ? asked.value : null };
    const effective = places.listed ?? places.asked;
    const rights = Object.entries(effective ?? {})
      .filter(([name, value]) => name.startsWith('allow') && value !== false && value !== 0 && value !== null)
      .map(([name]) => name);
    return { kind: 'known', value: { places, effective, rights } };
  }

  async function writeMark({ externalId, access, handle }: AccountAccess) {
    if (!(handle instanceof ShareHandle) || access.kind === 'all' || !isNonEmpty(access.externalIds))
      return notPossible(say('trouble.plex.noShare'));
    const [ids, now] = [await sharing.mapLibraries(access.externalIds), await settingsOf(externalId)];
    if (ids.kind === 'unknown') return { kind: 'failed', why: ids.why } as const;
    if (now.kind === 'unknown') return { kind: 'failed', why: now.why } as const;
    if (!now.value.effective) return notPossible(say('trouble.plex.settingsUntold'));
    return await sharing.update({ shareId: handle.shareId, had: access }, ids.value, {
      ...now.value.effective,
      ...MARK,
    });
  }
}

const isCurrentOf = ({ invitedId, invited, deletedAt, leftAt }: PlexShare, externalId: string): boolean =>
  (invitedId ?? invited?.id) === externalId && deletedAt === null && leftAt === null;

/** The server is among those of the account, and what it shows to it there. */
async function ownView(client: PlexClient, secret: string, machineIdentifier: string) {
  const servers = await client.read(
    { host: 'plex.tv', path: '/api/v2/resources', token: secret },
    readServerTokens,
  );
  if (servers.kind === 'unknown') return servers;
  const opens = opensOf(servers.value, secret).get(machineIdentifier);
  if (opens === undefined) return { kind: 'known', value: CLOSED } as const;
  if (opens === null) return unknown({ kind: 'not-understood', message: say('trouble.plex.noWayIn') });
  const sections = await client.read({ host: 'pms', path: '/library/sections', token: opens }, readSections);
  if (sections.kind === 'unknown') return sections;
  const libraries = sections.value.map(({ key }) => key);
  return { kind: 'known', value: { open: true, libraries, beside: [] } } as const;
}
