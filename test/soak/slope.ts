/**
 * Whether something grows that should not. The slope is that of Theil and Sen: the median of the slopes between all
 * pairs of samples, so that a few samples that stick out (a collection, a busy moment) do not count.
 */

/** One thing that is watched: a sample at each of some moments. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly samples: readonly { readonly atMinutes: number; readonly value: number }[];
  /** How much it may grow from the end of the warm-up to the end of the run. The larger one counts. */
  readonly mayGrow: {
    /** As a share of its median. */
    readonly share: number;
    /** In its unit. */
    readonly by: number;
  };
}

export interface Verdict {
  readonly name: string;
  readonly unit: string;
  /** From the end of the warm-up to the end of the run, by the slope. */
  readonly grew: number;
  readonly mayGrow: number;
  readonly holds: boolean;
}

/** The share of the run that is not judged: caches fill, code is compiled, the allocators find their size. */
const WARM_UP = 1 / 3;

/** @throws {Error} when there are too few samples to say anything: an empty series must not look like a flat one. */
export function judgeSlope({ name, unit, samples, mayGrow }: Series): Verdict {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) throw new Error(`nothing was measured of ${name}`);
  const from = first.atMinutes + (last.atMinutes - first.atMinutes) * WARM_UP;
  const judged = samples.filter(({ atMinutes }) => atMinutes >= from);
  if (judged.length < 5) throw new Error(`too little was measured of ${name}`);
  const slopes = judged.flatMap((one, index) =>
    judged.slice(index + 1).map((other) => (other.value - one.value) / (other.atMinutes - one.atMinutes)),
  );
  const grew = median(slopes) * (last.atMinutes - from);
  const allowed = Math.max(mayGrow.by, mayGrow.share * median(judged.map(({ value }) => value)));
  return { name, unit, grew, mayGrow: allowed, holds: grew <= allowed };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
