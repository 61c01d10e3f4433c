import { Background } from './background.ts';
import type { Sleeper } from './patience.ts';

/** Rounds of looking for work, each of which begins some: one after another, and at once when somebody wakes them. */
export class Rounds<T> {
  readonly #clock: Sleeper;
  readonly #onItsWay = new Set<T>();
  readonly #background = new Background();
  readonly #stopped = new AbortController();
  #woken = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(clock: Sleeper) {
    this.#clock = clock;
  }

  /** What was begun and has not ended. */
  get onItsWay(): readonly T[] {
    return [...this.#onItsWay];
  }

  /** Aborted when nothing new is to be begun. */
  get stopping(): AbortSignal {
    return this.#stopped.signal;
  }

  /** `round` never rejects, and resolves to how many milliseconds to wait for the next one at most. */
  start(round: () => Promise<number>): void {
    this.#loop ??= this.#run(round);
  }

  wake(): void {
    this.#woken.abort();
  }

  /** Does `work`, which never rejects, and wakes the rounds when it has ended. */
  begin(item: T, work: (item: T) => Promise<void>): void {
    if (this.stopping.aborted) return;
    this.#onItsWay.add(item);
    void this.#background
      .run(() => work(item))
      .finally(() => {
        this.#onItsWay.delete(item);
        this.wake();
      });
  }

  /** Begins nothing new. */
  halt(): void {
    this.#stopped.abort();
  }

  /** The same, and resolves when no round goes on. */
  async stop(): Promise<void> {
    this.halt();
    await this.#loop;
  }

  /** Resolves when nothing is on its way. */
  idle(): Promise<void> {
    return this.#background.idle();
  }

  async #run(round: () => Promise<number>): Promise<void> {
    while (!this.stopping.aborted) {
      // Made before looking for work, so that what is added meanwhile wakes the rounds.
      this.#woken = new AbortController();
      const wait = await round();
      await this.#clock.sleep(wait, AbortSignal.any([this.#woken.signal, this.stopping]));
    }
  }
}
