/** How long to wait: failures stay due for ever, ever more rarely up to a cap (rule 2). */

/** Failures after which staff are told that access is still open (rule 2). */
export const ALERT_AFTER = 3;

const ACCOUNT_DELAYS_S = [5, 10, 20, 60, 120, 300, 900, 1800];
const PROBE_DELAYS_S = [5, 5, 10, 20, 30, 60];

/** When an account is compared again after its n-th failure in a row (n from 1). `retryAfterMs` is the server's own wish. */
export function nextAttemptAt(now: Date, attempts: number, retryAfterMs = 0): Date {
  return new Date(now.getTime() + Math.max(delay(ACCOUNT_DELAYS_S, attempts), retryAfterMs));
}

/** When an unreachable server is probed again after its n-th failed check in a row (n from 1). */
export function nextProbeAt(now: Date, failedChecks: number): Date {
  return new Date(now.getTime() + delay(PROBE_DELAYS_S, failedChecks));
}

function delay(seconds: readonly number[], count: number): number {
  return (seconds[Math.min(count, seconds.length) - 1] ?? 0) * 1000;
}
