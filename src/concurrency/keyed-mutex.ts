/** Work with the same key runs one after another, work with different keys at once. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` after everything that was asked for before under this key, also when that failed. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const tail = result.catch(() => undefined);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
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
