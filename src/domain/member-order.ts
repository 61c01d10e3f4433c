/** The members of a guild in the order in which they matter: by what ends next. Pure. */

import type { MemberId } from './ids.ts';
import type { Grant } from './model.ts';

type End = Pick<Grant, 'state' | 'expiresAt'>;

/** What is to happen first with what a member has. */
export type NextEnd =
  /** An end that no server has confirmed yet. */
  | { readonly kind: 'overdue' }
  | { readonly kind: 'ends'; readonly at: Date }
  | { readonly kind: 'for-good' }
  | { readonly kind: 'paused' }
  /** An account, and no grant that is not over. */
  | { readonly kind: 'nothing' };

const RANK: Readonly<Record<NextEnd['kind'], number>> = {
  overdue: 0,
  ends: 1,
  'for-good': 2,
  paused: 3,
  nothing: 4,
};

/** What happens first of these, which are one member's. */
export function nextEndOf(ends: readonly End[], now: Date): NextEnd {
  return ends.map((end) => endOf(end, now)).toSorted(compareEnds)[0] ?? { kind: 'nothing' };
}

/** Members by what ends next; those who have nothing come last. `more` have no grant, or one among `ends`. */
export function inOrderOfEnds(
  ends: readonly (End & Pick<Grant, 'memberId'>)[],
  more: readonly MemberId[],
  now: Date,
): readonly { readonly memberId: MemberId; readonly next: NextEnd }[] {
  const byMember = Map.groupBy(ends, ({ memberId }) => memberId);
  const ids = [...new Set([...byMember.keys(), ...more])];
  return ids
    .map((memberId) => ({ memberId, next: nextEndOf(byMember.get(memberId) ?? [], now) }))
    .toSorted((one, other) => compareEnds(one.next, other.next) || (one.memberId < other.memberId ? -1 : 1));
}

function endOf({ state, expiresAt }: End, now: Date): NextEnd {
  if (state === 'ending') return { kind: 'overdue' };
  if (state === 'paused') return { kind: 'paused' };
  if (state === 'ended') return { kind: 'nothing' };
  // It is going to be written down as ending by the next pass.
  if (expiresAt !== null && expiresAt <= now) return { kind: 'overdue' };
  return expiresAt === null ? { kind: 'for-good' } : { kind: 'ends', at: expiresAt };
}

/** What matters first comes first. */
export function compareEnds(one: NextEnd, other: NextEnd): number {
  const rank = RANK[one.kind] - RANK[other.kind];
  if (rank !== 0 || one.kind !== 'ends' || other.kind !== 'ends') return rank;
  return one.at.getTime() - other.at.getTime();
}
