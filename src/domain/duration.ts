/** Durations as people type them: `90s 45m 12h 30d 2w 3mo 1y`, or combined as `1mo15d`. */
import { DateTime, Duration, type DurationLikeObject } from 'luxon';

export type ParsedDuration =
  | { readonly kind: 'duration'; readonly duration: DurationText }
  | { readonly kind: 'problem'; readonly message: string };

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

const PART = /(\d{1,9})(mo|[ywdhms])/g;
const WHOLE = /^(?:\d{1,9}(?:mo|[ywdhms]))+$/;
const MAX_YEARS = 10;
const EXAMPLE = 'Type something like 12h, 30d, 3mo or 1mo15d.';

/** Accepts a typed duration of more than zero and at most ten years. A number without a unit is refused. */
export function parseDuration(typed: string): ParsedDuration {
  const text = typed.toLowerCase().replaceAll(/\s+/g, '');
  if (/^[-+]/.test(text)) return problem('A duration must be more than zero.');
  if (/^\d+$/.test(text)) return problem(`“${text}” has no unit. Did you mean ${text}d (days)?`);
  if (!WHOLE.test(text)) return problem('That is not a duration.');
  const span = spanOf(text);
  const start = DateTime.fromMillis(0, { zone: 'utc' });
  const end = start.plus(span);
  if (end <= start) return problem('A duration must be more than zero.');
  if (!end.isValid || end > start.plus({ years: MAX_YEARS }))
    return problem(`A duration is at most ${MAX_YEARS} years. Leave it out for access without an end.`);
  return { kind: 'duration', duration: text as DurationText };
}

function problem(message: string): ParsedDuration {
  return { kind: 'problem', message: `${message} ${EXAMPLE}` };
}

function spanOf(text: string): DurationLikeObject {
  const span: DurationLikeObject = {};
  for (const [, amount, unit] of text.matchAll(PART)) {
    const name = UNITS[unit as keyof typeof UNITS];
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

/** `12 days 3 hours`: a number of seconds, in its two largest units. */
export function describeSeconds(seconds: number): string {
  const left = Duration.fromObject({ days: 0, hours: 0, minutes: 0, seconds }).normalize().toObject();
  const parts = Object.entries(left)
    .filter(([, amount]) => amount > 0)
    .slice(0, 2)
    .map(([unit, amount]) => `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`);
  return parts.length > 0 ? parts.join(' ') : 'nothing';
}

/** What a duration is made of, such as `['days', 30]`. */
export const unitsOf = (duration: DurationText): readonly (readonly [string, number])[] =>
  Object.entries(spanOf(duration));

/** `1 month 15 days`: a duration in words, for people. */
export function describeDuration(duration: DurationText): string {
  return Object.entries(spanOf(duration))
    .map(([unit, amount]) => `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`)
    .join(' ');
}
