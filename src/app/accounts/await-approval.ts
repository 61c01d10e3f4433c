/** The loop that waits until somebody has approved a sign-in elsewhere. */
import type { Trouble } from '../ports/media-server.ts';
import type { Clock } from '../ports/time.ts';

/** Pause between polls (media-servers.md A5.1: 2 to 5 s). */
const POLL_MS = 2_000;

/** What a poll may say; an approval comes with what it hands out. */
type Answer =
  | { readonly kind: 'waiting' | 'expired' | 'approved' }
  | { readonly kind: 'unknown'; readonly why: Trouble };
type ApprovalOf<A extends Answer> = Extract<A, { readonly kind: 'approved' }>;

export interface Wait<A extends Answer> {
  readonly poll: () => Promise<A>;
  /** When the waiting ends. A last poll then finds what was approved during the last pause. */
  readonly latest: Date;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

/**
 * Resolves to the approval as soon as it is there. Its token is handed out only once: the caller has to keep it first.
 */
export async function awaitApproval<A extends Answer>({
  poll,
  latest,
  clock,
  stopping,
}: Wait<A>): Promise<
  | ApprovalOf<A>
  | { readonly kind: 'expired' | 'stopped' }
  | { readonly kind: 'failed'; readonly why: Trouble }
> {
  const endsMs = clock.steadyMs() + latest.getTime() - clock.now().getTime();
  while (!stopping.aborted) {
    const answer = await poll();
    if (isApproved(answer)) return answer;
    if (answer.kind === 'unknown' && answer.why.refusal === 'final')
      return { kind: 'failed', why: answer.why };
    // A poll that failed otherwise is asked again: the sign-in itself is still good.
    if (answer.kind === 'expired' || clock.steadyMs() >= endsMs) return { kind: 'expired' };
    await clock.sleep(POLL_MS, stopping);
  }
  return { kind: 'stopped' };
}

const isApproved = <A extends Answer>(answer: A): answer is ApprovalOf<A> => answer.kind === 'approved';
