/** What a change of a server's policies would do to its managed accounts, from what they were last seen to have. Pure. */
import {
  type Actual,
  type Change,
  closingAction,
  decideChange,
  desiredLibraries,
  drift,
  listedLibraries,
  presentLibraries,
  without,
} from './access.ts';
import type { Decided } from './change-line.ts';
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Account, ExpiryAction, Grant, Library, Plan, Server } from './model.ts';

export interface PolicyEffect {
  /** Accounts that would be written. */
  readonly accounts: number;
  /** Libraries that would be given and taken, counted account by account. */
  readonly adds: number;
  readonly removes: number;
  /** With policy `adopt`: accounts whose grants would gain, or lose, what others changed. */
  readonly adopted: { readonly extra: number; readonly missing: number };
}

/** What would be decided for one account if it were compared now. */
export interface Rehearsed extends Decided {
  readonly account: Account;
  /** What happens to the account while nothing is granted. */
  readonly closing: ExpiryAction;
}

/**
 * What a pass would decide for each account that it may write to, if every one of them still has what it was last seen to
 * have. `grants` are those of the accounts' members, in any state.
 */
export function rehearse({
  server,
  libraries,
  accounts,
  grants,
  plans,
}: {
  readonly server: Server;
  /** Of the server. */
  readonly libraries: readonly Library[];
  readonly accounts: readonly Account[];
  readonly grants: readonly Grant[];
  readonly plans: readonly Plan[];
}): readonly Rehearsed[] {
  const present = presentLibraries(server.id, libraries);
  const listed = listedLibraries(server.id, libraries);
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  return accounts
    .filter((account) => account.memberId !== null && !account.protected && account.externalId !== null)
    .map((account) => {
      const theirs = byMember.get(account.memberId ?? '') ?? [];
      const closing = closingAction(server, libraries, theirs, plans);
      const desired = desiredLibraries(server, libraries, theirs, closing);
      const actual = lastSeen(server, account);
      const policy = server.driftPolicy;
      const change = decideChange({ account, actual, desired, present, listed, policy });
      return { account, closing, actual, desired, change };
    });
}

/** What a rehearsal comes to, for all of its accounts together. */
export function sumOf(
  server: Server,
  libraries: readonly Library[],
  rehearsed: readonly Rehearsed[],
): PolicyEffect {
  const present = presentLibraries(server.id, libraries);
  const listed = listedLibraries(server.id, libraries);
  const effects = rehearsed.map(({ account, change }) => {
    const has = account.seenAccess === 'all' ? present : account.seen;
    const isAdopted = server.driftPolicy === 'adopt' && !account.disabled;
    return {
      adds: without(targetOf(change, has), has).length,
      removes: without(has, targetOf(change, has)).length,
      adopted: isAdopted ? drift(account, listed) : { extra: [], missing: [] },
    };
  });
  const sum = (count: (effect: (typeof effects)[number]) => number) =>
    effects.reduce((total, effect) => total + count(effect), 0);
  return {
    accounts: effects.filter(({ adds, removes }) => adds + removes > 0).length,
    adds: sum(({ adds }) => adds),
    removes: sum(({ removes }) => removes),
    adopted: {
      extra: sum(({ adopted }) => Number(adopted.extra.length > 0)),
      missing: sum(({ adopted }) => Number(adopted.missing.length > 0)),
    },
  };
}

function targetOf(change: Change, has: readonly string[]): readonly string[] {
  if (change.kind === 'none') return has;
  return change.kind === 'withdraw' ? [] : change.libraryIds;
}

/** An account of a vendor without a share is not on the server's lists; one of the server's own that sees nothing is still there. */
function lastSeen(server: Server, { seenAccess, seen, pending, disabled }: Account): Actual {
  if (seenAccess === 'none' && MEDIA_KINDS[server.kind].accounts === 'invited') return { kind: 'absent' };
  return { kind: 'present', access: seenAccess === 'all' ? 'all' : seen, pending, disabled };
}
