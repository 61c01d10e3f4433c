/** How many milliseconds to wait after so many failures in a row (from 1): ever longer, up to a cap. */
export type BackOff = (failures: number) => number;

/** These waits one after another, the last of them from then on. */
export function inSteps(first: number, ...more: readonly number[]): BackOff {
  const waits = [first, ...more];
  return (failures) => waits[Math.min(failures, waits.length) - 1] ?? first;
}

/** Twice as long after each failure. */
export function doubling({
  firstMs,
  lastMs,
}: {
  readonly firstMs: number;
  readonly lastMs: number;
}): BackOff {
  return (failures) => Math.min(firstMs * 2 ** (failures - 1), lastMs);
}
