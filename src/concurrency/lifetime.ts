/** Something that was begun in steps and ends by undoing them in reverse order. */
export interface Lifetime {
  /** Aborted as soon as the end begins. */
  readonly ending: AbortSignal;
  atEnd(step: () => Promise<unknown>): void;
  /** Resolves when every step is done; a second call does none of them twice. */
  end(): Promise<void>;
}

export function createLifetime(): Lifetime {
  const ending = new AbortController();
  const steps: (() => Promise<unknown>)[] = [];
  return {
    ending: ending.signal,
    atEnd(step) {
      steps.push(step);
    },
    async end() {
      ending.abort();
      // Each is taken out first, so that a second call does nothing twice.
      for (let step = steps.pop(); step; step = steps.pop()) await step();
    },
  };
}
