/**
 * Sentences before they are in a language. What decides what is said does not know who reads it; a sentence is a key of
 * the catalogue and its values, and becomes text where it is sent (messages/speech.ts). Plain data: it can be stored.
 */
import type { EnglishCatalogue } from './en.ts';

/** All keys of the catalogue, such as `grant.add.notHere`. */
export type WordKey = PathOf<EnglishCatalogue>;

type PathOf<Node> = {
  [Name in keyof Node & string]: Node[Name] extends string ? Name : `${Name}.${PathOf<Node[Name]>}`;
}[keyof Node & string];

export interface Sentence {
  readonly key: WordKey;
  readonly values?: Readonly<Record<string, Value>>;
}

/** Markdown that is ours and safe: text that is ready, sentences that are not, and what is bold as a whole. */
export interface Markup {
  readonly pieces: readonly (string | Sentence | { readonly bold: Markup })[];
}

/**
 * A string comes from people or media servers and is made safe where it is inserted. A moment becomes Discord's
 * `<t:…:f>`, and a list is joined as the language joins them.
 */
export type Value = string | number | Date | Sentence | Markup | readonly (string | Sentence | Markup)[];

/** What is kept until it is told: a sentence, several of them, or a text of an older version. */
export type Said = string | Sentence | Markup;

/** Sentences one below the other. */
export function lines(...sentences: readonly (Sentence | undefined)[]): Markup {
  const said = sentences.filter((sentence) => sentence !== undefined);
  return { pieces: said.flatMap((sentence, index) => (index === 0 ? [sentence] : ['\n', sentence])) };
}

/** The mention of a person, for a sentence about them. */
export const mentioned = (userId: string): Markup => ({ pieces: [`<@${userId}>`] });

/** Text without formatting, as on a button: what people typed, or a sentence of ours. */
export type Text = string | Sentence;

/** A sentence of the catalogue; `values` are those its placeholders name. */
export function say(key: WordKey, values?: Readonly<Record<string, Value>>): Sentence {
  return values === undefined ? { key } : { key, values };
}
