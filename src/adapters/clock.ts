import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../app/ports/time.ts';

/** The real time, as the machine has it. No other file may use `Date.now()`, or timers that wait (style.md 3). */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
};

/**
 * For measuring: goes on evenly from the start of the process, whatever the clock of the machine is set to. It may be
 * wrong by as much as that clock was then, so it is for nothing that is shown or kept.
 */
export const steadyClock: Clock = {
  now: () => new Date(performance.timeOrigin + performance.now()),
  sleep: systemClock.sleep,
};

/** Whether the machine, or the variable TZ, names no time zone. Usher needs none of its own. */
export function machineZoneIsOdd(): boolean {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return !timeZone || timeZone === 'Etc/Unknown';
}
