/** How often a server answered, as a strip of days and in numbers for whoever cannot see it. */
import { type Availability, inAll, shareOf } from '../../../domain/availability.ts';
import { code, type Md, md, type Sentence, say } from './view.ts';

/** The lowest is for a day on which it hardly ever answered. */
const BARS = '▁▂▃▄▅▆▇█';
const UNKNOWN = '·';

/** A bar for each day, the last one at the end. Only a day without any failure has the whole one. */
const stripOf = (days: readonly Availability[]): string =>
  days
    .map(({ looked, away }) => {
      if (looked === 0) return UNKNOWN;
      return BARS[Math.floor(((looked - away) / looked) * (BARS.length - 1))];
    })
    .join('');

/** Days on which nobody looked are said to be unknown, and never count as days on which it answered. */
export function availabilityText(days: readonly Availability[]): Md {
  const all = inAll(days);
  if (all.looked === 0) return md`${say('server.availability.unknown', { days: days.length })}`;
  return md`${code(stripOf(days))}\n${availabilitySentence(days)}`;
}

/** The same in numbers. */
function availabilitySentence(days: readonly Availability[]): Sentence {
  const { looked, away, unknown } = inAll(days);
  const values = { days: days.length, share: shareOf({ looked, away }), looked, away, unknown };
  return say('server.availability.share', values);
}
