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
  const today = DateTime.fromJSDate(now, { zone: settings.zone }).set({
    hour,
    minute,
    second: 0,
    millisecond: 0,
  });
  return (today.toJSDate() > now ? today : today.plus({ days: 1 })).toJSDate();
}
