/** Work with the same key runs one after another, work with different keys at once. */
export class KeyedMutex {
  /** The end of what was asked for last under each key; never rejects. */
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` after everything that was asked for before under this key, also when that failed. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const { promise: tail, resolve: end } = Promise.withResolvers<void>();
    this.#tails.set(key, tail);
    try {
      await before;
      return await work();
    } finally {
      // Before anybody hears of the end, so that whoever does finds the key free.
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
      end();
    }
  }

  /** How many keys are busy. */
  get size(): number {
    return this.#tails.size;
  }

  /** Whether something runs or waits under this key. */
  isBusy(key: string): boolean {
    return this.#tails.has(key);
  }

  /** Resolves when nothing runs or waits any more under keys that begin like one of these (all keys when none is given). */
  async idle(...beginnings: readonly string[]): Promise<void> {
    const counts = (key: string) =>
      beginnings.length === 0 || beginnings.some((beginning) => key.startsWith(beginning));
    for (;;) {
      const busy = [...this.#tails].filter(([key]) => counts(key)).map(([, tail]) => tail);
      if (busy.length === 0) return;
      await Promise.all(busy);
    }
  }
}
