/** What the process that is measured in `import` tells its parent. */
export interface Measured {
  readonly linked: number;
  readonly lookedMs: number;
  readonly tookMs: number;
  readonly cpuMs: number;
  /** How long the process answered nothing else, at most. */
  readonly longest: number;
  readonly peakMb: number;
  readonly complaints: readonly string[];
}

/** The address of the server. */
export const DEN = 'http://den.test';
