/** How long something is, as sentences that every language can say. Pure. */
import { type Sentence, say } from '../words/say.ts';
import { type DurationText, type LengthPart, parseDuration, partsOf, partsOfSeconds } from './duration.ts';

/** `1 month`, `15 days`: the parts of a duration, as they were typed. */
export const lengthOf = (duration: DurationText): readonly Sentence[] => said(partsOf(duration));

/** The same of a duration as it is stored; of one that is none, what stands there. */
export function storedLength(stored: string): readonly (string | Sentence)[] {
  const parsed = parseDuration(stored);
  return parsed.kind === 'problem' ? [stored] : lengthOf(parsed.duration);
}

/** `12 days`, `3 hours`: a number of seconds, in its largest units, two or as many as are wanted. */
export function lengthOfSeconds(seconds: number, most?: number): readonly Sentence[] {
  const parts = said(partsOfSeconds(seconds, most));
  return parts.length > 0 ? parts : [say('shared.nothing')];
}

/** `1 month and 15 days`, in a sentence. */
export const lengthText = (duration: DurationText): Sentence =>
  say('shared.list', { items: lengthOf(duration) });

const said = (parts: readonly LengthPart[]): readonly Sentence[] =>
  parts.map(({ unit, amount }) => say(`shared.length.${unit}`, { count: amount }));
