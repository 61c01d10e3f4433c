/** When the clock was last believed: kept, so that the next start can see that it is behind. */
import type { Stores } from '../app/ports/stores.ts';

type Facts = Stores['installation'];

const KEY = 'clock.last-believed';

/** Undefined before it was noted for the first time. */
export async function findLastBelieved(facts: Facts): Promise<Date | undefined> {
  const noted = new Date((await facts.find(KEY)) ?? Number.NaN);
  return Number.isNaN(noted.getTime()) ? undefined : noted;
}

export async function noteBelieved(facts: Facts, now: Date): Promise<void> {
  await facts.set(KEY, now.toISOString());
}
