/** Work with the same key runs one after another, work with different keys at once. */
export class KeyedMutex {
  /** For each key, the end of the work that was asked for last. Never rejects. */
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
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
      // A step later, so that the caller hears of the end before the next work begins, and finds the key free.
      queueMicrotask(end);
    }
  }

  /** Whether something runs or waits under this key. */
  isBusy(key: string): boolean {
    return this.#tails.has(key);
  }

  /** How many keys are busy. */
  get size(): number {
    return this.#tails.size;
  }

  /** Resolves when nothing runs or waits any more. */
  async idle(): Promise<void> {
    while (this.size > 0) await Promise.all(this.#tails.values());
  }
}
