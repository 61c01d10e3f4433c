/**
 * A clock that has jumped is not believed until it is right again or whoever runs Usher confirms it (rule 5). Nor is
 * one that is behind at the start: a board without a battery begins at some moment of the past, until it has asked for
 * the time.
 */
import type { Clock, ClockHold } from '../app/ports/time.ts';

/** The clock counts as jumped when it is off by more than this. */
const JUMP_MS = 24 * 60 * 60 * 1000;
/** How long a clock that is behind at the start has for being set, before anybody is asked. */
const WAIT_MS = 10 * 60 * 1000;
/** Clocks are nudged all the time; by more than this they were set. */
const SET_BACK_MS = 1_000;

export interface WatchedClock extends ClockHold {
  /** Whether the clock was set back since this was asked last; the first time: since it was last believed. */
  wasSetBack(): boolean;
}

/**
 * `steadyMs` counts milliseconds and is not affected when the clock is set. `lastBelieved` is a moment at which an
 * earlier run believed the clock: it cannot be earlier now. Without one it is believed at the start.
 */
export function createClockHold(
  clock: Pick<Clock, 'now'>,
  steadyMs: () => number,
  lastBelieved?: Date,
): WatchedClock {
  const startedMs = steadyMs();
  /** How far the clock is ahead of the steady time. */
  const leadNow = () => clock.now().getTime() - steadyMs();
  /** The same when the clock was last believed; undefined while it has not been since the start. */
  let lead = isBehind() ? undefined : leadNow();
  let asked = Math.max(
    leadNow(),
    lastBelieved ? lastBelieved.getTime() - startedMs : Number.NEGATIVE_INFINITY,
  );

  function isBehind(): boolean {
    return lastBelieved !== undefined && clock.now() < lastBelieved;
  }

  function look(): 'believed' | 'waiting' | 'held' {
    if (lead === undefined) {
      const waiting = steadyMs() - startedMs < WAIT_MS;
      // Nobody has set it: then it was wrong before, and a jump of less than a day is believed.
      const isClose = clock.now().getTime() >= (lastBelieved?.getTime() ?? 0) - JUMP_MS;
      if (isBehind() && (waiting || !isClose)) return waiting ? 'waiting' : 'held';
      lead = leadNow();
    }
    return Math.abs(leadNow() - lead) > JUMP_MS ? 'held' : 'believed';
  }

  return {
    isHeld: () => look() !== 'believed',
    isWaiting: () => look() === 'waiting',
    confirm() {
      lead = leadNow();
    },
    wasSetBack() {
      const before = asked;
      asked = leadNow();
      return before - asked > SET_BACK_MS;
    },
  };
}
