/** Work that nobody waits for but the end of the process. */
export class Background {
  readonly #running = new Set<Promise<unknown>>();

  /** Runs `work`, and resolves like it; `idle` waits for it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = work();
    const end = result.catch(() => undefined);
    this.#running.add(end);
    void end.then(() => this.#running.delete(end));
    return result;
  }

  /** How much is running. */
  get size(): number {
    return this.#running.size;
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.size > 0) await Promise.all(this.#running);
  }
}
