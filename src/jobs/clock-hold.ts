/** A clock that has jumped is not believed until it is right again or an admin confirms it (rule 5). */
import type { Clock, ClockHold } from '../app/ports/time.ts';

/** The clock counts as jumped when it is off by more than this. */
const JUMP_MS = 24 * 60 * 60 * 1000;

/** `steadyMs` counts milliseconds and is not affected when the clock is set. At start the clock is believed. */
export function createClockHold(clock: Pick<Clock, 'now'>, steadyMs: () => number): ClockHold {
  /** How far the clock was ahead of the steady time when it was last believed. */
  let lead = clock.now().getTime() - steadyMs();
  return {
    isHeld: () => Math.abs(clock.now().getTime() - steadyMs() - lead) > JUMP_MS,
    confirm() {
      lead = clock.now().getTime() - steadyMs();
    },
  };
}
