/** Whether a member goes on with what they have: by themselves, or by asking staff. Pure. */
import type { MayAsk } from './may-ask.ts';
import type { Grant, Plan } from './model.ts';

/** A plan is renewed no earlier than this before its end: who pays by the month has not paid for a year. */
const RENEWED_BEFORE_MS = 7 * 86_400_000;
/** What has been over for longer is not renewed, but given anew. */
const RENEWED_AFTER_MS = 30 * 86_400_000;

/** `self`: at once, as often as the plan lets them. `early`: the same, but not yet. `ask`: staff decide. */
export type Renewal = 'self' | 'early' | 'ask';

/** Undefined where neither is possible. `plan`: that of the grant, if it has one. */
export function renewalOf(
  grant: Pick<Grant, 'state' | 'expiresAt' | 'endCause' | 'endingAt' | 'renewals'>,
  plan: Pick<Plan, 'duration' | 'renewals'> | undefined,
  { mayAsk, now }: { readonly mayAsk: MayAsk; readonly now: Date },
): Renewal | undefined {
  const { state, expiresAt, endCause, endingAt } = grant;
  if (expiresAt === null || state === 'scheduled') return undefined;
  const isOver = state === 'ending' || state === 'ended';
  // That its time was over may have been noticed later.
  const over = endCause === 'expired' ? expiresAt : (endingAt ?? expiresAt);
  if (isOver && now.getTime() - over.getTime() > RENEWED_AFTER_MS) return undefined;
  const asks = mayAsk === 'none' ? undefined : 'ask';
  if (!plan || plan.duration === '' || plan.renewals <= grant.renewals) return asks;
  // What staff have ended, or paused, is theirs to decide.
  if (state === 'paused' || (isOver && endCause !== 'expired')) return asks;
  return expiresAt.getTime() - now.getTime() > RENEWED_BEFORE_MS ? (asks ?? 'early') : 'self';
}
