/** How often a server answered: what is kept of it, and what that says of a day. Pure. */
import { DateTime } from 'luxon';

/** The hours of a day in UTC as bits, the first hour is bit 0. */
export interface ServerDay {
  /** Such as `2026-11-27`. */
  readonly day: string;
  /** Hours in which it was looked at. What is not there, nobody knows. */
  readonly looked: number;
  /** Those of these in which it did not answer. */
  readonly away: number;
}

/** A day of the calendar in a zone. */
export interface Availability {
  readonly day: string;
  /** How many of its hours somebody looked in; 0 is not known. */
  readonly looked: number;
  /** In how many of these it did not answer. */
  readonly away: number;
}

/** What a strip shows. */
export const STRIP_DAYS = 30;
/** A strip of any zone, and a day for what is late. */
export const SERVER_DAYS_KEPT = 35;

/** The row and the bit of a moment. */
export function hourOf(at: Date): { readonly day: string; readonly bit: number } {
  return { day: dayOf(at), bit: 1 << at.getUTCHours() };
}

/** The day of a moment in UTC. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** The last `count` days in a zone, today at the end. */
export function availabilityOf(
  kept: readonly ServerDay[],
  { zone, now, count }: { readonly zone: string; readonly now: Date; readonly count: number },
): readonly Availability[] {
  const today = DateTime.fromJSDate(now, { zone });
  const days = new Map(
    Array.from(
      { length: count },
      (_, index) => today.minus({ days: count - 1 - index }).toISODate() ?? '',
    ).map((day) => [day, { day, looked: 0, away: 0 }]),
  );
  for (const { day, looked, away } of kept) {
    const midnight = Date.parse(`${day}T00:00:00Z`);
    for (let hour = 0; hour < 24; hour += 1) {
      if (((looked >> hour) & 1) === 0) continue;
      const at = DateTime.fromMillis(midnight + hour * 3_600_000, { zone });
      const there = days.get(at.toISODate() ?? '');
      if (!there) continue;
      there.looked += 1;
      there.away += (away >> hour) & 1;
    }
  }
  return [...days.values()];
}

/** All of the days together. */
export function inAll(days: readonly Availability[]): {
  readonly looked: number;
  readonly away: number;
  /** Days of which nothing is known. */
  readonly unknown: number;
} {
  const sum = (of: (day: Availability) => number) => days.reduce((total, day) => total + of(day), 0);
  return {
    looked: sum(({ looked }) => looked),
    away: sum(({ away }) => away),
    unknown: days.filter(({ looked }) => looked === 0).length,
  };
}

/** In percent with one digit behind the point, rounded down: only of a server that always answered it is 100. */
export const shareOf = ({ looked, away }: Pick<Availability, 'looked' | 'away'>): number =>
  looked === 0 ? 0 : Math.floor(((looked - away) / looked) * 1_000) / 10;
