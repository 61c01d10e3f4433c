import type { Clock } from '../../src/app/ports/time.ts';

const noon = new Date('2026-03-01T12:00:00.000Z');
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The moment `ms` after noon. */
export const later = (ms: number): Date => new Date(noon.getTime() + ms);

/** A clock that the test moves. Whoever sleeps wakes when the test has moved it far enough. */
export class FakeClock implements Clock {
  #now = noon.getTime();
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  /** With true nobody waits: a sleep ends at once, and the clock moves by its length. */
  jumps = false;

  now(): Date {
    return new Date(this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    if (this.jumps) {
      this.#now += ms;
      return Promise.resolve();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { until: this.#now + ms, wake: resolve };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', () => {
      this.#sleepers.delete(sleeper);
      resolve();
    });
    return promise;
  }

  /** Number of sleepers. */
  get asleep(): number {
    return this.#sleepers.size;
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
