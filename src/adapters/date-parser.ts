/** Dates as people type them, read with chrono-node in the guild's time zone. */
// One of its languages: all of them take 3 MB.
import { GB } from 'chrono-node/en';
import { DateTime } from 'luxon';
import type { DateParser, TypedMoment } from '../app/ports/time.ts';

/** No moment that anybody means is longer, and chrono's work grows faster than the text. */
const MOST_LETTERS = 100;

export const chronoDateParser: DateParser = {
  parse(text, zone, now) {
    const typed = text.trim();
    if (typed.length > MOST_LETTERS) return [];
    const moments = new Map<string, TypedMoment>();
    for (const reading of readingsOf(typed)) {
      const moment = read(reading, zone, now);
      // As text, which is how one database keeps it, a year of other than four digits would not be in its place.
      if (!moment || !isFourDigits(moment.from) || !isFourDigits(moment.to)) continue;
      moments.set(`${moment.from.getTime()} ${moment.to.getTime()}`, moment);
    }
    return [...moments.values()];
  },
};

const isFourDigits = (at: Date): boolean => /^\d{4}-/.test(at.toISOString());

const ISO = /^\d{4}-\d{2}-\d{2}(?<time>[ T]\d{2}:\d{2}(:\d{2})?)?(?<offset>Z|[+-]\d{2}:?\d{2})?$/i;
/** `31.12.2026`, `31.12.`, `12/31/26`, `3-4-2027`: a date in numbers, year last. */
const NUMBERS =
  /(?<![\d./:-])(?<one>\d{1,2})(?<by>[./-])(?<two>\d{1,2})(?:\k<by>(?<year>\d{4}|\d{2}))?(?<dot>\.)?(?![\d./:-])/;
const YEAR_FIRST = /(?<![\d./:-])(\d{4})([./])(\d{1,2})\2(\d{1,2})(?![\d./:-])/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** `Dec 31`, which chrono takes for December of 2031. */
const MONTH_FIRST = new RegExp(
  String.raw`\b(${MONTHS.map((month) => `${month}[a-z]*`).join('|')})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?!:)`,
  'i',
);
/** These say about when, and each reader thinks of another day, or of another hour unless one is named. */
const VAGUE_DAY = /\b(?:next|this|last|past) (?:week|month|year|quarter)\b/i;
const VAGUE_TIME = /\b(?:morning|afternoon|evening|night|tonight)\b/i;
const IN_THE_PAST = /\b(?:last|past|ago|yesterday)\b/i;

/** The text with a date in words in place of one in numbers, in each way in which that can be read. */
function readingsOf(typed: string): readonly string[] {
  const plain = typed.replace(YEAR_FIRST, '$1-$3-$4').replace(MONTH_FIRST, '$2 $1');
  const found = NUMBERS.exec(plain);
  if (!found?.groups) return [plain];
  const { one = '', two = '', by, year, dot } = found.groups;
  const full = year === undefined ? undefined : Number(year.length === 2 ? `20${year}` : year);
  const [first, second] = [Number(one), Number(two)];
  const isDotted = by === '.';
  const dates = [
    inWords(first, second, full),
    // With dots the day is first wherever they are used; with other marks it depends on where somebody lives.
    ...(isDotted ? [] : [inWords(second, first, full)]),
    // `12.10` is a day or a time.
    ...(isDotted && full === undefined && dot === undefined && two.length === 2 ? [`${one}:${two}`] : []),
  ];
  return dates.flatMap((date) =>
    date === undefined
      ? []
      : [plain.slice(0, found.index) + date + plain.slice(found.index + found[0].length)],
  );
}

/** `31 dec 2026`; undefined when there is no such day. */
function inWords(day: number, month: number, year: number | undefined): string | undefined {
  const isDay = DateTime.utc(year ?? 2024, month, day).isValid;
  return isDay ? [day, MONTHS[month - 1], year].filter((part) => part !== undefined).join(' ') : undefined;
}

function read(typed: string, zone: string, now: Date): TypedMoment | undefined {
  const iso = ISO.exec(typed)?.groups;
  if (iso) {
    const at = DateTime.fromISO(typed.replace(' ', 'T'), { zone });
    return typedMoment(at, iso.time !== undefined || iso.offset !== undefined);
  }
  if (VAGUE_DAY.test(typed)) return undefined;
  const local = DateTime.fromJSDate(now, { zone });
  // chrono reads words in the machine's zone unless it is told the offset. "Tomorrow" counts from today in the
  // guild.
  const reference = { instant: now, timezone: local.offset };
  const [result] = GB.parse(typed, reference, { forwardDate: !IN_THE_PAST.test(typed) });
  if (!result || result.text.length < typed.length) return undefined;
  const { start } = result;
  const isTimed = start.isCertain('hour');
  const isFromNow = /^in\b/i.test(typed);
  const isDay = start.isCertain('day') || start.isCertain('weekday') || isFromNow;
  // A month alone is no moment.
  if (!isTimed && (!isDay || VAGUE_TIME.test(typed))) return undefined;
  if (start.get('timezoneOffset') !== null && start.isCertain('timezoneOffset'))
    return isTimed ? typedMoment(DateTime.fromJSDate(start.date(), { zone }), true) : undefined;
  // The day that was named may have another offset than today (daylight saving time), so the date is built from
  // its parts in the guild's zone. "In half a day" keeps the time of day.
  const hasTime = isTimed || isFromNow;
  const built = DateTime.fromObject(
    {
      year: start.get('year') ?? local.year,
      month: start.get('month') ?? local.month,
      day: start.get('day') ?? local.day,
      hour: hasTime ? (start.get('hour') ?? 0) : 0,
      minute: hasTime ? (start.get('minute') ?? 0) : 0,
      second: hasTime ? (start.get('second') ?? 0) : 0,
    },
    { zone },
  );
  return typedMoment(built, hasTime);
}

function typedMoment(at: DateTime, isTimed: boolean): TypedMoment | undefined {
  if (!at.isValid) return undefined;
  const { year, month, day } = at;
  const date = { year, month, day };
  if (isTimed) return { from: at.toJSDate(), to: at.toJSDate(), day: date, time: at.toFormat('HH:mm') };
  // Its last second: the minute after it would be shown as the next day.
  return { from: at.toJSDate(), to: at.endOf('day').set({ millisecond: 0 }).toJSDate(), day: date };
}
