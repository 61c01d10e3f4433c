/**
 * Durations as people type them: `90s 45m 12h 30d 2w 3mo 1y`, combined as `1mo15d`, or in words such as `30 days` and
 * `1 month and 15 days`.
 */
import { DateTime, type DurationLikeObject } from 'luxon';
import { type Sentence, say } from '../words/say.ts';

export type ParsedDuration =
  | { readonly kind: 'duration'; readonly duration: DurationText }
  | {
      readonly kind: 'problem';
      readonly message: Sentence;
      /** What it can be, where it is a duration and nobody can tell which. */
      readonly readings?: readonly DurationText[];
    };

/** A duration that passed the check, in its short form (`1mo15d`). This is what the database stores. */
export type DurationText = string & { readonly checked: 'duration' };

const UNITS = {
  y: 'years',
  mo: 'months',
  w: 'weeks',
  d: 'days',
  h: 'hours',
  m: 'minutes',
  s: 'seconds',
} as const;

type Unit = keyof typeof UNITS;

/** How people write the units, each in place of the short one. */
const WRITTEN: Readonly<Record<Unit, string>> = {
  y: 'y|yrs?|years?',
  mo: 'mos?|months?',
  w: 'w|wks?|weeks?',
  d: 'd|days?',
  h: 'h|hrs?|hours?',
  m: 'm|mins?|minutes?',
  s: 's|secs?|seconds?',
};

const unitAsGroup = ([unit, written]: [string, string]) => `(?<${unit}>${written})`;
/** An amount, its unit, and what may stand before the next ones. */
const PART = new RegExp(
  String.raw`(?<amount>\d{1,9}|an?\b|one\b)\s*(?:${Object.entries(WRITTEN).map(unitAsGroup).join('|')})(?![a-z])[\s,]*(?:and\s+)?`,
  'iy',
);
const SHORT_PART = /(\d{1,9})(mo|[ywdhms])/g;
const MAX_YEARS = 10;
/** What a bare number most likely counts. */
const LIKELY_UNITS = ['d', 'h', 'm'] as const;

/** Accepts a typed duration of more than zero and at most ten years. A number without a unit is refused. */
export function parseDuration(typed: string): ParsedDuration {
  const text = typed.trim();
  // Whatever it counts, it is nothing.
  if (/^[-+−]/.test(text) || /^0+$/.test(text)) return problem('notMore');
  if (/^\d{1,9}$/.test(text)) return withoutUnit(text);
  const short = shortFormOf(text);
  if (short === undefined) return problem('none');
  if (!short.includes('M')) return checked(short);
  // On other clocks a capital M stands for months; here it would be minutes, and what was given would soon end.
  const readings = [short.replaceAll('M', 'm'), short.replaceAll('M', 'mo')].flatMap(lasting);
  return { kind: 'problem', message: say('typing.duration.capital', { typed: text }), readings };
}

function withoutUnit(number: string): ParsedDuration {
  const readings = LIKELY_UNITS.map((unit) => `${Number(number)}${unit}`).flatMap(lasting);
  return { kind: 'problem', message: say('typing.duration.bare', { typed: number }), readings };
}

/** `1mo15d` of `1 month and 15 days`; a capital M stays one. Undefined when something else is in it. */
function shortFormOf(text: string): string | undefined {
  const part = new RegExp(PART);
  let short = '';
  while (part.lastIndex < text.length) {
    const { groups } = part.exec(text) ?? {};
    if (!groups) return undefined;
    const { amount = '', ...units } = groups;
    const [unit, written] = Object.entries(units).find(([, found]) => found !== undefined) ?? [];
    short += `${/\d/.test(amount) ? amount : 1}${written === 'M' ? 'M' : unit}`;
  }
  return short === '' ? undefined : short;
}

function checked(text: string): ParsedDuration {
  const start = DateTime.fromMillis(0, { zone: 'utc' });
  const end = start.plus(spanOf(text));
  if (end <= start) return problem('notMore');
  if (!end.isValid || end > start.plus({ years: MAX_YEARS })) return problem('tooLong');
  return { kind: 'duration', duration: text as DurationText };
}

function lasting(text: string): readonly DurationText[] {
  const result = checked(text);
  return result.kind === 'duration' ? [result.duration] : [];
}

const problem = (why: 'notMore' | 'none' | 'tooLong'): ParsedDuration => ({
  kind: 'problem',
  message: say(`typing.duration.${why}`),
});

function spanOf(text: string): DurationLikeObject {
  const span: DurationLikeObject = {};
  for (const [, amount, unit] of text.matchAll(SHORT_PART)) {
    const name = UNITS[unit as Unit];
    span[name] = (span[name] ?? 0) + Number(amount);
  }
  return span;
}

/**
 * `from` plus a duration. Years, months, weeks and days are counted on the calendar of `zone` (an IANA name), so
 * that one day later is the same time of day even if daylight saving time begins or ends. Hours and smaller units
 * are exact.
 */
export function addDuration(from: Date, duration: DurationText, zone: string): Date {
  return DateTime.fromJSDate(from, { zone }).plus(spanOf(duration)).toJSDate();
}

/** `until` less a duration, counted in the same way. */
export function subtractDuration(until: Date, duration: DurationText, zone: string): Date {
  return DateTime.fromJSDate(until, { zone }).minus(spanOf(duration)).toJSDate();
}

/** An amount of one unit, such as 3 days: what a length of time is said with. */
export interface LengthPart {
  readonly unit: 'years' | 'months' | 'weeks' | 'days' | 'hours' | 'minutes' | 'seconds';
  readonly amount: number;
}

/** The parts of a duration, as they were typed. */
export function partsOf(duration: DurationText): readonly LengthPart[] {
  const span = spanOf(duration);
  return Object.values(UNITS).flatMap((unit) => {
    const amount = span[unit] ?? 0;
    return amount > 0 ? [{ unit, amount }] : [];
  });
}

/** The largest units of a number of seconds, two or as many as are wanted. */
export function partsOfSeconds(seconds: number, most = 2): readonly LengthPart[] {
  const { days, hours, minutes } = { days: 86_400, hours: 3_600, minutes: 60 };
  const parts: readonly LengthPart[] = [
    { unit: 'days', amount: Math.floor(seconds / days) },
    { unit: 'hours', amount: Math.floor((seconds % days) / hours) },
    { unit: 'minutes', amount: Math.floor((seconds % hours) / minutes) },
    { unit: 'seconds', amount: Math.floor(seconds % minutes) },
  ];
  return parts.filter(({ amount }) => amount > 0).slice(0, most);
}
