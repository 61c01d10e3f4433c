/** The rows of the benchmark and their results. */

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** Empty if there is no target: the number is only shown. */
  readonly toReach: string;
  /** Null if there is no target. */
  readonly met: boolean | null;
  /** The measured values, for bench-results.json. */
  readonly raw: unknown;
}

export interface Size {
  /** Smaller sizes: the whole benchmark takes at most 90 seconds. */
  readonly quick: boolean;
}

export interface Row {
  /** The name for `--only`. */
  readonly name: string;
  run(size: Size): Promise<readonly Figure[]>;
}

/** A figure with a target. */
export function figure(wish: {
  readonly what: string;
  readonly measured: string;
  readonly toReach: string;
  readonly met: boolean;
  readonly raw: unknown;
}): Figure {
  return wish;
}

/** A figure without a target. */
export function note(what: string, measured: string, raw: unknown): Figure {
  return { what, measured, toReach: '', met: null, raw };
}
