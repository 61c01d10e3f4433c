/**
 * What is kept of one long answer. Ids of libraries are named again for each account, and policies are mostly the same:
 * each text is kept once, and all of it has an end.
 */

import { say } from '../../words/say.ts';
import { MOST_KEPT, TooLarge } from './limits.ts';

/** What a place in a list or an object costs, in characters. */
const PLACE = 8;

export class Kept {
  readonly #texts = new Map<string, string>();
  #size = 0;

  /** The same value, with each text that was kept before. @throws {TooLarge} */
  keep(value: unknown): unknown {
    this.#size += PLACE;
    if (this.#size > MOST_KEPT) throw new TooLarge(say('trouble.tooMuch.kept'));
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) value[index] = this.keep(each);
      return value;
    }
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    for (const [name, each] of Object.entries(value)) Reflect.set(value, name, this.keep(each));
    return value;
  }

  #text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#size += text.length;
    this.#texts.set(text, text);
    return text;
  }
}
