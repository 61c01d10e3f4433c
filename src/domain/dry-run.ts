/** What a pass, or a change of policies, would do to a server's managed accounts, by their last readings. Pure. */
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
  /** Number of accounts that would be written to. */
  readonly accounts: number;
  /** Libraries that would be given and taken, added up over all accounts. */
  readonly adds: number;
  readonly removes: number;
  /**
   * With policy `adopt`: number of accounts whose grants would take over what others added (`extra`) or removed
   * (`missing`).
   */
  readonly adopted: { readonly extra: number; readonly missing: number };
}

/** What a pass would decide for one account if it ran now. */
export interface Rehearsed extends Decided {
  readonly account: Account;
  /** What happens to the account when nothing is granted any more. */
  readonly closing: ExpiryAction;
}

/**
 * What a pass would decide for every account that it may write to, if each of them still has what the last reading
 * showed. `grants` are all grants of the accounts' members, in any state.
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
    .filter(
      (account) => account.memberId !== null && account.protection === null && account.externalId !== null,
    )
    .filter(({ missingSince }) => missingSince === null)
    .map((account) => {
      const theirs = (account.memberId && byMember.get(account.memberId)) ?? [];
      const closing = closingAction(server, libraries, theirs, plans);
      const desired = desiredLibraries(server, libraries, theirs, closing);
      const actual = lastSeen(server, account);
      const policy = server.driftPolicy;
      const change = decideChange({ account, actual, desired, present, listed, policy });
      return { account, closing, actual, desired, change };
    });
}

/** The effect of a rehearsal, added up over its accounts. */
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

/**
 * An account of a vendor without a share is not on the server's lists; one of the server's own that sees nothing is
 * still there.
 */
function lastSeen(server: Server, { seenAccess, seen, pending, disabled }: Account): Actual {
  if (seenAccess === 'none' && MEDIA_KINDS[server.kind].accounts === 'invited') return { kind: 'absent' };
  return { kind: 'present', access: seenAccess === 'all' ? 'all' : seen, pending, disabled };
}
