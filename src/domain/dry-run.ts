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
  type Situation,
  without,
} from './access.ts';
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Account, Grant, Library, Plan, Server } from './model.ts';

export interface PolicyEffect {
  /** Accounts that would be written. */
  readonly accounts: number;
  /** Libraries that would be given and taken, counted account by account. */
  readonly adds: number;
  readonly removes: number;
  /** With policy `adopt`: accounts whose grants would gain, or lose, what others changed. */
  readonly adopted: { readonly extra: number; readonly missing: number };
}

/** `grants` are those of the managed accounts' members, in any state. */
export function dryRun(
  server: Server,
  libraries: readonly Library[],
  accounts: readonly Account[],
  grants: readonly Grant[],
  plans: readonly Plan[],
): PolicyEffect {
  const present = presentLibraries(server.id, libraries);
  const listed = listedLibraries(server.id, libraries);
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  const effects = accounts
    .filter((account) => account.memberId !== null && !account.protected && account.externalId !== null)
    .map((account) => {
      const theirs = byMember.get(account.memberId ?? '') ?? [];
      const closing = closingAction(server, libraries, theirs, plans);
      const desired = desiredLibraries(server, libraries, theirs, closing);
      return effectOn(server, account, desired, { present, listed });
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

function effectOn(
  server: Server,
  account: Account,
  desired: readonly string[],
  { present, listed }: Pick<Situation, 'present' | 'listed'>,
) {
  const actual = lastSeen(server, account);
  const change = decideChange({ account, actual, desired, present, listed, policy: server.driftPolicy });
  const has = account.seenAccess === 'all' ? present : account.seen;
  const adopted =
    server.driftPolicy === 'adopt' && !account.disabled ? drift(account, listed) : { extra: [], missing: [] };
  return {
    adds: without(targetOf(change, has), has).length,
    removes: without(has, targetOf(change, has)).length,
    adopted,
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
