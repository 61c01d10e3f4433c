import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../app/ports/time.ts';

/** The real time. `Date.now()` and timers that stand for time passing are used nowhere else (style rule 3). */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
};
