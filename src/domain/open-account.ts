/** Whether somebody gets in with an account, by the clock and not by a stored state. Pure. */
import { closingAction, desiredLibraries, ours, without } from './access.ts';
import { asOf } from './grant.ts';
import type { Account, Grant, Library, Plan, Server } from './model.ts';

/** Why nobody gets in: nothing is granted now; somebody disabled the account; or Usher has yet to enable it again. */
export type Closed = 'nothing-granted' | 'disabled' | 'not-yet';

export function closedWhy(
  {
    account,
    server,
    ...has
  }: {
    readonly account: Account;
    readonly server: Server;
    readonly libraries: readonly Library[];
    /** All grants of the member. */
    readonly grants: readonly Grant[];
    readonly plans: readonly Plan[];
  },
  now: Date,
): Closed | undefined {
  const libraries = has.libraries.filter(({ serverId }) => serverId === server.id);
  const grants = has.grants.map((grant) => asOf(now, { grant, accounts: [] }).grant);
  const closing = closingAction(server, libraries, grants, has.plans);
  const granted = desiredLibraries(server, libraries, grants, closing);
  const isOthers = account.seenAccess === 'all' || without(account.seen, ours(account)).length > 0;
  if (granted.length === 0 && !isOthers) return 'nothing-granted';
  if (!account.disabled) return undefined;
  return account.disabledByUs ? 'not-yet' : 'disabled';
}
