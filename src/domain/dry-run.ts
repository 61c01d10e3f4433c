/**
 * What a change of a server's policies would do to its managed accounts, judging by the last reading of each. Pure.
 */
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
import type { Account, Grant, Library, Plan, Server } from './model.ts';

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

/** `grants` are all grants of the members of the managed accounts, in any state. */
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

/**
 * Without a share a Plex account is on no list of the server; a Jellyfin account without libraries still exists.
 */
function lastSeen(server: Server, { seenAccess, seen, pending, disabled }: Account): Actual {
  if (seenAccess === 'none' && server.kind === 'plex') return { kind: 'absent' };
  return { kind: 'present', access: seenAccess === 'all' ? 'all' : seen, pending, disabled };
}
