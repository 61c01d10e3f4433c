/** Lengths of time in words: `7 days`, `1 month 15 days`. */
import { type DurationText, type LengthPart, partsOf, partsOfSeconds } from '../../../domain/duration.ts';
import { join, type Md, md, say } from './view.ts';

/** A duration as it was typed. */
export const durationText = (duration: DurationText): Md => lengthText(partsOf(duration));

/** A number of seconds in its largest units, two or as many as are wanted. */
export const secondsText = (seconds: number, most?: number): Md => lengthText(partsOfSeconds(seconds, most));

function lengthText(parts: readonly LengthPart[]): Md {
  if (parts.length === 0) return md`${say('shared.nothing')}`;
  return join(
    parts.map(({ unit, amount }) => say(`shared.length.${unit}`, { count: amount })),
    ' ',
  );
}
