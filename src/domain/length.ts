/** How long something is, as a sentence that every language can say. Pure. */
import { Duration } from 'luxon';
import { type Sentence, say } from '../words/say.ts';
import { parseDuration, unitsOf } from './duration.ts';

const UNITS = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const;

/** `1 month and 15 days`: a duration as it is stored. */
export function lengthOf(stored: string): readonly (string | Sentence)[] {
  const parsed = parseDuration(stored);
  return parsed.kind === 'problem' ? [stored] : partsOf(Object.fromEntries(unitsOf(parsed.duration)));
}

/** `12 days and 3 hours`: a number of seconds, in its two largest units. */
export function lengthOfSeconds(seconds: number): readonly Sentence[] {
  const whole = Duration.fromObject({
    days: 0,
    hours: 0,
    minutes: 0,
    seconds: Math.floor(seconds),
  }).normalize();
  const parts = partsOf({ ...whole.toObject() }).slice(0, 2);
  return parts.length > 0 ? parts : [say('shared.nothing')];
}

function partsOf(amounts: Readonly<Record<string, number | undefined>>): readonly Sentence[] {
  return UNITS.flatMap((unit) => {
    const count = amounts[unit] ?? 0;
    return count > 0 ? [say(`shared.length.${unit}`, { count })] : [];
  });
}
