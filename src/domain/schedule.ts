/** When the next full sync of a guild is due. */
import { DateTime } from 'luxon';
import type { GuildSettings } from './model.ts';

/** The first moment after `now` by the guild's schedule: every N minutes, or daily at HH:MM in its zone. */
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
  // Set on the other day anew: a time that is skipped today by daylight saving is there again tomorrow.
  return (today.toJSDate() > now ? today : local.plus({ days: 1 }).set(time)).toJSDate();
}
