/** When the full syncs of a guild are due. */
import { DateTime } from 'luxon';
import { type Sentence, say } from '../words/say.ts';
import { addDuration, parseDuration } from './duration.ts';
import type { GuildSettings } from './model.ts';

/** The next sync after `now` by the guild's schedule: every N minutes, or daily at HH:MM in its zone. */
export function nextSync(
  settings: Pick<GuildSettings, 'zone' | 'syncEveryMinutes' | 'syncDailyAt'>,
  now: Date,
): Date {
  if (settings.syncDailyAt === null) {
    return new Date(now.getTime() + (settings.syncEveryMinutes ?? 60) * 60_000);
  }
  const [hour = 0, minute = 0] = settings.syncDailyAt.split(':').map(Number);
  const time = { hour, minute, second: 0, millisecond: 0 };
  const local = DateTime.fromJSDate(now, { zone: settings.zone });
  const today = local.set(time);
  // The time is set again on the next day: if daylight saving skips it today, it exists again tomorrow.
  return (today.toJSDate() > now ? today : local.plus({ days: 1 }).set(time)).toJSDate();
}

/**
 * When the next full sync runs, for people: one whose time has come runs now. Before the first one its time is at the
 * beginning of all clocks, which is no moment to be shown.
 */
export function shownSync({ nextSyncAt }: Pick<GuildSettings, 'nextSyncAt'>, now: Date): Date {
  return nextSyncAt > now ? nextSyncAt : now;
}

type Schedule = Pick<GuildSettings, 'syncEveryMinutes' | 'syncDailyAt'>;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How often what is old is looked for. */
export const PURGE_EVERY_MS = DAY_MS;
/** How often a copy of the database is made, where that is so. */
export const BACKUP_EVERY_MS = DAY_MS;
/** How often everybody is looked at where Discord tells of whoever comes and goes: that look is only the net below. */
export const ROLES_EVERY_MS = DAY_MS;
const EVERY_MIN = 5;
const EVERY_MAX = 24 * 60;

/** Reads a schedule as it was typed: either `every` (a duration of 5 minutes to a day) or `daily` (HH:MM), not both. */
export function parseSchedule(
  every: string | undefined,
  daily: string | undefined,
): ({ readonly kind: 'schedule' } & Schedule) | { readonly kind: 'problem'; readonly message: Sentence } {
  if ((every === undefined) === (daily === undefined))
    return { kind: 'problem', message: say('typing.schedule.either') };
  if (daily !== undefined) {
    const time = parseTimeOfDay(daily);
    if (time === undefined)
      return { kind: 'problem', message: say('typing.schedule.noTime', { typed: daily }) };
    return { kind: 'schedule', syncEveryMinutes: null, syncDailyAt: time };
  }
  const parsed = parseDuration(every ?? '');
  if (parsed.kind === 'problem') return parsed;
  const start = new Date(0);
  const minutes = (addDuration(start, parsed.duration, 'UTC').getTime() - start.getTime()) / MINUTE_MS;
  if (minutes < EVERY_MIN || minutes > EVERY_MAX || !Number.isInteger(minutes))
    return { kind: 'problem', message: say('typing.schedule.between') };
  return { kind: 'schedule', syncEveryMinutes: minutes, syncDailyAt: null };
}

/** A time of day as it was typed, as `04:30`; undefined when it is none. */
export function parseTimeOfDay(typed: string): string | undefined {
  const time = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(typed.trim());
  if (!time) return undefined;
  const [, hour = '', minute = ''] = time;
  return `${hour.padStart(2, '0')}:${minute}`;
}

/** `04:30`: the local time in a zone. */
export function localTime(zone: string, now: Date): string {
  return DateTime.fromJSDate(now, { zone }).toFormat('HH:mm');
}
