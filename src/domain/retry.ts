/** How long to wait: failures stay due for ever, ever more rarely up to a cap (rule 2). */
import { inSteps } from '../concurrency/back-off.ts';

/** Failures after which staff are told that access is still open (rule 2). */
export const ALERT_AFTER = 3;

const accountBackOff = inSteps(5_000, 10_000, 20_000, 60_000, 120_000, 300_000, 900_000, 1_800_000);
const probeBackOff = inSteps(5_000, 5_000, 10_000, 20_000, 30_000, 60_000);

/** When an account is compared again after its n-th failure in a row (n from 1). `retryAfterMs` is the server's own wish. */
export function nextAttemptAt(now: Date, attempts: number, retryAfterMs = 0): Date {
  return new Date(now.getTime() + Math.max(accountBackOff(attempts), retryAfterMs));
}

/** When an unreachable server is probed again after its n-th failed check in a row (n from 1). */
export function nextProbeAt(now: Date, failedChecks: number): Date {
  return new Date(now.getTime() + probeBackOff(failedChecks));
}
