/** Whether a member may have one more account: asked inside the transaction that links it. */
import { accountsInTheWay } from '../../domain/account-limit.ts';
import type { MemberId } from '../../domain/ids.ts';
import type { Account, Server } from '../../domain/model.ts';
import type { GuildStores } from '../ports/stores.ts';

/** An account that a member is to have; `externalId` is null for one that is yet to be made. */
interface Wanted {
  readonly server: Server;
  readonly memberId: MemberId;
  readonly externalId: string | null;
}

/** An account of the member that leaves no room for this one; undefined when they may have it. */
export async function inTheWayOf(
  stores: GuildStores,
  { server, memberId, externalId }: Wanted,
): Promise<Account | undefined> {
  const [{ maxAccounts: max }, servers, theirs] = await Promise.all([
    stores.settings.get(),
    stores.servers.list(),
    stores.accounts.list({ memberId }),
  ]);
  return accountsInTheWay({ server, servers, theirs }, { externalId, max })[0];
}
