/** How long to wait: failures stay due for ever, ever more rarely up to a cap (rule 2). */

/** Staff are told that access is still open after this many failures in a row (rule 2). */
export const ALERT_AFTER = 3;

const ACCOUNT_DELAYS_S = [5, 10, 20, 60, 120, 300, 900, 1800];
const PROBE_DELAYS_S = [5, 5, 10, 20, 30, 60];

/**
 * When an account is compared again after `attempts` failures in a row (1 or more). `retryAfterMs` is how long the
 * server asked us to wait.
 */
export function nextAttemptAt(now: Date, attempts: number, retryAfterMs = 0): Date {
  return new Date(now.getTime() + Math.max(delay(ACCOUNT_DELAYS_S, attempts), retryAfterMs));
}

/** When an unreachable server is probed again after this many failed checks in a row (1 or more). */
export function nextProbeAt(now: Date, failedChecks: number): Date {
  return new Date(now.getTime() + delay(PROBE_DELAYS_S, failedChecks));
}

function delay(seconds: readonly number[], count: number): number {
  return (seconds[Math.min(count, seconds.length) - 1] ?? 0) * 1000;
}
