import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../app/ports/time.ts';

/** The real time, as the machine has it. No other file may use `Date.now()`, or timers that wait (style.md 3). */
export const systemClock: Clock = {
  now: () => new Date(),
  // Whole ones, as a date has them: timers take no others.
  steadyMs: () => Math.floor(performance.now()),
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
};

/** Whether the machine, or the variable TZ, names no time zone. Usher needs none of its own. */
export function machineZoneIsOdd(): boolean {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return !timeZone || timeZone === 'Etc/Unknown';
}
