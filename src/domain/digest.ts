/** The weekly digest: when it is due, and what it counts. Pure. */
import { DateTime } from 'luxon';
import type { MemberId } from './ids.ts';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** One that is later is not sent: it would tell of a week that is long over. */
export const DIGEST_LATE_MS = 86_400_000;

/** The next moment after `now` at which it is that day and time in the zone. */
export function nextDigest(
  { zone, day, time }: { readonly zone: string; readonly day: Weekday; readonly time: string },
  now: Date,
): Date {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const local = DateTime.fromJSDate(now, { zone });
  const days = (WEEKDAYS.indexOf(day) + 1 - local.weekday + 7) % 7;
  // The time is set on the day itself: daylight saving may have begun or ended by then.
  const at = (ahead: number) => local.plus({ days: ahead }).set({ hour, minute, second: 0, millisecond: 0 });
  const first = at(days).toJSDate();
  return first > now ? first : at(days + 7).toJSDate();
}

/** From when until when a grant gave something; null while it goes on. */
export interface GrantSpan {
  readonly memberId: MemberId;
  readonly startsAt: Date;
  readonly endedAt: Date | null;
}

const runsAt = ({ startsAt, endedAt }: GrantSpan, at: Date): boolean =>
  startsAt <= at && (endedAt === null || endedAt > at);

/** Who had nothing at `since` and was given something after it, and who had something and has nothing any more. */
export function cameAndLeft(
  spans: readonly GrantSpan[],
  { since, now }: { readonly since: Date; readonly now: Date },
): { readonly came: readonly MemberId[]; readonly left: readonly MemberId[] } {
  const whoHad = (at: Date) =>
    new Set(spans.filter((span) => runsAt(span, at)).map(({ memberId }) => memberId));
  const [before, after] = [whoHad(since), whoHad(now)];
  const during = spans.filter(({ startsAt, endedAt }) => startsAt <= now && (endedAt ?? now) > since);
  const had = new Set([...before, ...during.map(({ memberId }) => memberId)]);
  return { came: [...had.difference(before)], left: [...had.difference(after)] };
}

export interface DayCount {
  /** Such as `2026-11-27`, in the guild's zone. */
  readonly day: string;
  readonly count: number;
}

/** How many grants went on at the end of each of the last days; of today, how many do now. */
export function runningByDay(
  spans: readonly GrantSpan[],
  { zone, now, count }: { readonly zone: string; readonly now: Date; readonly count: number },
): readonly DayCount[] {
  return daysFrom(zone, now, 1 - count, count).map((day) => {
    const end = day.endOf('day').toJSDate();
    const at = end < now ? end : now;
    return { day: day.toISODate() ?? '', count: spans.filter((span) => runsAt(span, at)).length };
  });
}

/** How many of these moments are on each of the next days, today first. */
export function endsByDay(
  ends: readonly Date[],
  { zone, now, count }: { readonly zone: string; readonly now: Date; readonly count: number },
): readonly DayCount[] {
  const days = ends.map((end) => DateTime.fromJSDate(end, { zone }).toISODate());
  return daysFrom(zone, now, 0, count).map((each) => {
    const day = each.toISODate() ?? '';
    return { day, count: days.filter((other) => other === day).length };
  });
}

function daysFrom(zone: string, now: Date, first: number, count: number): readonly DateTime[] {
  const today = DateTime.fromJSDate(now, { zone });
  return Array.from({ length: count }, (_, index) => today.plus({ days: first + index }));
}
