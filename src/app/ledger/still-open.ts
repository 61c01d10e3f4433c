/** Who keeps, on a server, what nothing gives them any more. */
import { desiredLibraries, notEnded, without } from '../../domain/access.ts';
import type { Account, Server } from '../../domain/model.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Those of these accounts of a server, which are linked. */
export async function keepTooMuch(
  tx: GuildStores,
  server: Server,
  accounts: readonly Account[],
): Promise<readonly Account[]> {
  const memberIds = accounts.flatMap(({ memberId }) => memberId ?? []);
  if (memberIds.length === 0) return [];
  const [grants, libraries] = await Promise.all([
    tx.grants.list({ memberIds, serverId: server.id, states: ['active'] }),
    tx.libraries.list(server.id),
  ]);
  const grantsOf = Map.groupBy(grants, ({ memberId }) => memberId);
  return accounts.filter((account) => {
    if (account.memberId === null) return false;
    const desired = desiredLibraries(server, libraries, grantsOf.get(account.memberId) ?? []);
    return without(notEnded(account), desired).length > 0;
  });
}
