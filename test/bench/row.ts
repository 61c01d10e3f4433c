/** What a row of the bench is, and what it hands back. */

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** Empty: there is no figure to reach, the number is there to be known. */
  readonly toReach: string;
  /** Null when there is nothing to reach. */
  readonly met: boolean | null;
  /** Everything behind it, for bench-results.json. */
  readonly raw: unknown;
}

export interface Size {
  /** Smaller sizes; the whole bench within 90 seconds. */
  readonly quick: boolean;
}

export interface Row {
  /** For `--only`. */
  readonly name: string;
  run(size: Size): Promise<readonly Figure[]>;
}

/** A figure with something to reach. */
export function figure(wish: {
  readonly what: string;
  readonly measured: string;
  readonly toReach: string;
  readonly met: boolean;
  readonly raw: unknown;
}): Figure {
  return wish;
}

/** A figure that is there to be known. */
export function note(what: string, measured: string, raw: unknown): Figure {
  return { what, measured, toReach: '', met: null, raw };
}
