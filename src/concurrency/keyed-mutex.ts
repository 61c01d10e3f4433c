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

  /**
   * Resolves when nothing runs or waits under keys that start with one of `beginnings` (under any key when none are
   * given).
   */
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
