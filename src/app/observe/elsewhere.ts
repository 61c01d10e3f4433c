/** What the other guilds of this installation that share a media server do with its accounts, by our library ids. */

import type { Elsewhere } from '../../domain/access.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Library, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import { underAnyId } from './reading.ts';

/** By external id of an account; undefined for one that no other guild has linked. */
export type ElsewhereOf = (externalId: string) => Elsewhere | undefined;

/** External ids of the libraries that another guild gives an account, or is about to take from it. */
export async function touchedElsewhere(
  deps: Pick<Deps, 'stores'>,
  guildId: GuildId,
  server: Server,
  externalId: string,
): Promise<readonly string[]> {
  const found = await deps.stores.elsewhere(guildId, server, [externalId]);
  return found.get(externalId)?.touched ?? [];
}

export async function readElsewhere(
  deps: Pick<Deps, 'stores'>,
  guildId: GuildId,
  { server, libraries }: { readonly server: Server; readonly libraries: readonly Library[] },
  externalIds: readonly string[],
): Promise<ElsewhereOf> {
  const found = await deps.stores.elsewhere(guildId, server, externalIds);
  return (externalId) => {
    const elsewhere = found.get(externalId);
    if (!elsewhere) return undefined;
    const { wanted, touched, ...closed } = elsewhere;
    // Another guild may know a library by the id that it had before.
    return { ...closed, wanted: underAnyId(wanted, libraries), touched: underAnyId(touched, libraries) };
  };
}
