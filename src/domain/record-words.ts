/** Where the record is not whole, in words. */
import { type Sentence, say } from '../words/say.ts';
import type { ChainBreak } from './record.ts';

export function breakSentence({ kind, number, to = number }: ChainBreak): Sentence {
  const count = to - number + 1;
  const values = { number: `#${number}`, to: `#${to}`, before: `#${number - 1}`, count };
  return say(`record.break.${kind}`, values);
}
