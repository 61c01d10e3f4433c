/** Work that nobody waits for, except the end of the process. */
export class Background {
  readonly #running = new Set<Promise<unknown>>();

  /** Runs `work` and resolves like it. `idle` waits until it has ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = work();
    const end = result.catch(() => undefined);
    this.#running.add(end);
    void end.then(() => this.#running.delete(end));
    return result;
  }

  /** Number of works that are running. */
  get size(): number {
    return this.#running.size;
  }

  /** Resolves when nothing is running. */
  async idle(): Promise<void> {
    while (this.size > 0) await Promise.all(this.#running);
  }
}
