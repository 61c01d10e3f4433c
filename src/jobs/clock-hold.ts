/** A clock that jumps is not believed until it is right again, or an admin says that it is (design rule 5). */
import type { Clock, ClockHold } from '../app/ports/time.ts';

/** By more than this between two looks. */
const JUMP_MS = 24 * 60 * 60 * 1000;

/** `steadyMs`: milliseconds that only ever go forward, whatever is done to the clock. A start believes the clock. */
export function createClockHold(clock: Pick<Clock, 'now'>, steadyMs: () => number): ClockHold {
  /** How far the clock is ahead of the steady time. */
  let lead = clock.now().getTime() - steadyMs();
  return {
    isHeld: () => Math.abs(clock.now().getTime() - steadyMs() - lead) > JUMP_MS,
    confirm() {
      lead = clock.now().getTime() - steadyMs();
    },
  };
}
