/** Dates as people type them, read with chrono-node in the guild's time zone. */
import * as chrono from 'chrono-node';
import { DateTime } from 'luxon';
import type { DateParser } from '../app/ports/time.ts';

/** No moment that anybody means is longer, and chrono's work grows faster than the text. */
const MOST_LETTERS = 100;

export const chronoDateParser: DateParser = {
  parse(text, zone, now) {
    const typed = text.trim();
    const moment = typed.length > MOST_LETTERS ? undefined : read(typed, zone, now);
    // As text, which is how one database keeps it, a year of other than four digits would not be in its place.
    return moment && /^\d{4}-/.test(moment.toISOString()) ? moment : undefined;
  },
};

function read(typed: string, zone: string, now: Date): Date | undefined {
  const iso = DateTime.fromISO(typed.replace(' ', 'T'), { zone });
  if (/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$/i.test(typed)) {
    return iso.isValid ? iso.toJSDate() : undefined;
  }
  const local = DateTime.fromJSDate(now, { zone });
  // chrono reads words in the machine's zone unless it is told the offset. "Tomorrow" counts from today in the
  // guild.
  const [result] = chrono.en.GB.parse(typed, { instant: now, timezone: local.offset }, { forwardDate: true });
  if (!result || result.text.length < typed.length) return undefined;
  const { start } = result;
  if (start.get('timezoneOffset') !== null && start.isCertain('timezoneOffset')) return start.date();
  // The day that was named may have another offset than today (daylight saving time), so the date is built from
  // its parts in the guild's zone. A day without a time begins at midnight; "in 3 days" keeps the time of day.
  const timed = start.isCertain('hour') || /^in\b/i.test(typed);
  const built = DateTime.fromObject(
    {
      year: start.get('year') ?? local.year,
      month: start.get('month') ?? local.month,
      day: start.get('day') ?? local.day,
      hour: timed ? (start.get('hour') ?? 0) : 0,
      minute: timed ? (start.get('minute') ?? 0) : 0,
      second: timed ? (start.get('second') ?? 0) : 0,
    },
    { zone },
  );
  return built.isValid ? built.toJSDate() : undefined;
}
