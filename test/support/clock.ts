import type { Clock } from '../../src/app/ports/time.ts';
import { StandInClock } from '../standins/http.ts';
import { noon } from './moments.ts';

/** A clock that the test moves, for bot and stand-ins. Whoever sleeps wakes when it was moved far enough. */
export class FakeClock extends StandInClock implements Clock {
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  /** With true nobody waits: a sleep ends at once, and the clock moves by its length. */
  jumps = false;
  /** Whoever sleeps for longer than this waits all the same: for a person, and not for the next try. */
  jumpsUpTo = Number.POSITIVE_INFINITY;

  /** Stands still at noon. */
  constructor(base: () => number = () => noon.getTime()) {
    super(base);
  }

  /** Goes on by itself as well, for stand-ins that measure how long an answer took. */
  static running(): FakeClock {
    return new FakeClock(Date.now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || ms <= 0) return Promise.resolve();
    if (this.jumps && ms <= this.jumpsUpTo) {
      this.advance(ms);
      return Promise.resolve();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { until: this.steadyMs() + ms, wake: resolve };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', () => {
      this.#sleepers.delete(sleeper);
      resolve();
    });
    return promise;
  }

  override advance(ms: number): void {
    super.advance(ms);
    const now = this.steadyMs();
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
