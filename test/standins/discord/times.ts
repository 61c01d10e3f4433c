/** How Discord's client writes moments. */

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
const DATE = format({ day: 'numeric', month: 'long', year: 'numeric' });
const SHORT_DATE = format({ day: '2-digit', month: '2-digit', year: 'numeric' });
const WEEKDAY = format({ weekday: 'long' });
const TIME = format({ hour: '2-digit', minute: '2-digit' });
const LONG_TIME = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A `<t:…>` as a client in UTC shows it. */
export function renderTime(at: Date, style: string, now: Date): string {
  switch (style) {
    case 't':
      return `${TIME.format(at)} UTC`;
    case 'T':
      return `${LONG_TIME.format(at)} UTC`;
    case 'd':
      return SHORT_DATE.format(at);
    case 'D':
      return DATE.format(at);
    case 'F':
      return `${WEEKDAY.format(at)}, ${DATE.format(at)} ${TIME.format(at)} UTC`;
    case 's':
      return `${SHORT_DATE.format(at)} ${TIME.format(at)} UTC`;
    case 'S':
      return `${SHORT_DATE.format(at)} ${LONG_TIME.format(at)} UTC`;
    case 'R':
      return relative(at.getTime() - now.getTime());
    default:
      return `${DATE.format(at)} ${TIME.format(at)} UTC`;
  }
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** Rounded like in Discord's client. */
function relative(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return words.format(seconds, 'second');
}

/** When a message was sent, as it stands beside its author. */
export const clockText = (at: Date): string => TIME.format(at);
