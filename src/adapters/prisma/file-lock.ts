/**
 * Waits for a SQLite file that another program has locked. SQLite's own way of waiting stops the whole process; here
 * only what needs the database waits.
 */
import { isDriverAdapterError } from '@prisma/driver-adapter-utils';
import { DatabaseBusy } from '../../app/ports/stores.ts';
import type { Clock } from '../../app/ports/time.ts';
import { inSteps } from '../../concurrency/back-off.ts';

/** How long anybody waits. A backup or a copy takes seconds. */
const PATIENCE_MS = 30_000;
const tryAgainAfter = inSteps(10, 20, 50, 100, 200);

/** The lock of one connection to a SQLite file, as far as others hold it. */
export class FileLock {
  readonly #clock: Clock;
  /** Since when others have held it without a break, and when that was seen last. */
  #held: { readonly since: number; readonly seenAt: number } | undefined;
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether something waits for it now. */
  get isWaitedFor(): boolean {
    return this.#waiting > 0;
  }

  /**
   * Runs a statement, again and again while others hold the lock. SQLite refuses it before it does anything, so
   * nothing is done twice.
   * @throws {DatabaseBusy} when they have held it for half a minute.
   */
  async whenFree<T>(statement: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        const result = await statement();
        this.#held = undefined;
        return result;
      } catch (error) {
        if (!isLocked(error)) throw error;
        if (this.#heldForMs() >= PATIENCE_MS) throw new DatabaseBusy(error);
      }
      this.#waiting += 1;
      await this.#clock.sleep(tryAgainAfter(tries));
      this.#waiting -= 1;
    }
  }

  #heldForMs(): number {
    const now = this.#clock.steadyMs();
    // If nobody has looked for that long, it may have been free in between.
    const known = this.#held && now - this.#held.seenAt < PATIENCE_MS ? this.#held : undefined;
    this.#held = { since: known?.since ?? now, seenAt: now };
    return now - this.#held.since;
  }
}

/** SQLITE_BUSY, as the driver adapter calls it. */
function isLocked(error: unknown): boolean {
  return isDriverAdapterError(error) && error.cause.kind === 'SocketTimeout';
}
