/** Accounts on a server that are no member's: whose they may be, and what staff have said of them. */
import type { MemberId } from './ids.ts';
import type { MatchReason } from './person-match.ts';

export type ArrivalReason = MatchReason | 'chosen';

/** Staff have said it: not asked about again, and shown on demand. */
export const ASIDE = ['not-a-member', 'ignored'] as const;
export type Aside = (typeof ASIDE)[number];

export interface Arrival {
  readonly accountId: string;
  /** Whom it is proposed to be, or whom staff have chosen; null when nobody was found. */
  readonly memberId: MemberId | null;
  /** 1 to 100; 0 when nobody was found. */
  readonly score: number;
  readonly why: ArrivalReason | null;
  /** Something is equal, and to nobody else. */
  readonly isSure: boolean;
  /** Discord was asked who may be called so. */
  readonly isLookedUp: boolean;
  readonly aside: Aside | null;
}

/** Nobody was found so far. */
export const NOBODY_FOUND = {
  ...{ memberId: null, score: 0, why: null, isSure: false },
  ...{ isLookedUp: false, aside: null },
} as const;

/**
 * Those that may be imported without a look at each: chosen by staff, or sure and the only ones that are proposed for
 * their member.
 */
export function sureOf<Kept extends Arrival>(arrivals: readonly Kept[]): readonly Kept[] {
  const likely = arrivals.filter(
    ({ aside, memberId, why, isSure }) => aside === null && memberId !== null && (isSure || why === 'chosen'),
  );
  const claims = Map.groupBy(likely, ({ memberId }) => memberId);
  return likely.filter(({ why, memberId }) => why === 'chosen' || claims.get(memberId)?.length === 1);
}
