/** How long something is, as a sentence that every language can say. Pure. */
import { type Sentence, say } from '../words/say.ts';
import { type LengthPart, parseDuration, partsOf, partsOfSeconds } from './duration.ts';

/** `1 month and 15 days`: a duration as it is stored. */
export function lengthOf(stored: string): readonly (string | Sentence)[] {
  const parsed = parseDuration(stored);
  return parsed.kind === 'problem' ? [stored] : partsOf(parsed.duration).map(said);
}

/** `12 days and 3 hours`: a number of seconds, in its two largest units. */
export function lengthOfSeconds(seconds: number): readonly Sentence[] {
  const parts = partsOfSeconds(seconds).map(said);
  return parts.length > 0 ? parts : [say('shared.nothing')];
}

const said = ({ unit, amount }: LengthPart): Sentence => say(`shared.length.${unit}`, { count: amount });
