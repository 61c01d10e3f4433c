/** How long to wait before the next try. Failures stay due for ever, with growing pauses up to a cap (rule 2). */
import { inSteps } from '../concurrency/back-off.ts';
import type { Account } from './model.ts';

/** Staff are told that access is still open after this many failures in a row (rule 2). */
export const ALERT_AFTER = 3;

const accountBackOff = inSteps(5_000, 10_000, 20_000, 60_000, 120_000, 300_000, 900_000, 1_800_000);
/** For what a person has to mend: asked ever more rarely, and never given up (rule 2). */
const refusedBackOff = inSteps(300_000, 900_000, 3_600_000, 10_800_000, 21_600_000);
const probeBackOff = inSteps(5_000, 5_000, 10_000, 20_000, 30_000, 60_000);

/**
 * When an account is compared again after `attempts` failures in a row (1 or more). `retryAfterMs` is how long the
 * server asked us to wait.
 */
export function nextAttemptAt(now: Date, attempts: number, retryAfterMs = 0): Date {
  return new Date(now.getTime() + Math.max(accountBackOff(attempts), retryAfterMs));
}

/** The same for an account that the server refused to change, `attempts` times in a row. */
function nextAfterRefusal(now: Date, attempts: number): Date {
  return new Date(now.getTime() + refusedBackOff(attempts));
}

/** When an unreachable server is probed again after this many failed checks in a row (1 or more). */
export function nextProbeAt(now: Date, failedChecks: number): Date {
  return new Date(now.getTime() + probeBackOff(failedChecks));
}

/** What a failure leaves on the row of an account: how often it has failed, and when it is tried again. */
export function nextTry(
  before: Pick<Account, 'attempts' | 'refused'>,
  { refused, retryAfterMs }: { readonly refused: boolean; readonly retryAfterMs: number | undefined },
  now: Date,
): Pick<Account, 'attempts' | 'refused'> & { readonly dueAt: Date } {
  // The pauses after a refusal begin with the first one, whatever failed before.
  const attempts = refused && !before.refused ? 1 : before.attempts + 1;
  const dueAt = refused ? nextAfterRefusal(now, attempts) : nextAttemptAt(now, attempts, retryAfterMs);
  return { attempts, refused, dueAt };
}

/** Staff are told of a failing account once; and once more when it turns out that only a person can mend it. */
export const isFirstAlert = ({ refused, attempts }: Pick<Account, 'attempts' | 'refused'>): boolean =>
  attempts === (refused ? 1 : ALERT_AFTER);
