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

/** Texts one below the other; those that are undefined are left out. */
export function lines(...texts: readonly (Sentence | Markup | undefined)[]): Markup {
  const pieces = texts
    .filter((text) => text !== undefined)
    .flatMap((text, index) => [...(index > 0 ? ['\n'] : []), ...('key' in text ? [text] : text.pieces)]);
  return { pieces };
}

/** The mention of a person, for a sentence about them. */
export const mentioned = (userId: string): Markup => ({ pieces: [`<@${userId}>`] });
export const mentionedRole = (roleId: string): Markup => ({ pieces: [`<@&${roleId}>`] });
export const mentionedChannel = (channelId: string): Markup => ({ pieces: [`<#${channelId}>`] });

/** Text without formatting, as on a button: what people typed, or a sentence of ours. */
export type Text = string | Sentence;

/** A sentence of the catalogue; `values` are those its placeholders name. */
export function say(key: WordKey, values?: Readonly<Record<string, Value>>): Sentence {
  return values === undefined ? { key } : { key, values };
}

/** The day and the time, in the zone of whoever reads it, and how far that is. */
export function momentOf(at: Date): Markup {
  const unix = Math.floor(at.getTime() / 1000);
  return { pieces: [`<t:${unix}:f> (<t:${unix}:R>)`] };
}

/** How far a moment is, as whoever reads it says that. */
export function farOf(at: Date): Markup {
  return { pieces: [`<t:${Math.floor(at.getTime() / 1000)}:R>`] };
}

/** `14:02`, in the zone of whoever reads it, and how long ago that is. */
export function sinceOf(at: Date): Markup {
  const unix = Math.floor(at.getTime() / 1000);
  return { pieces: [`<t:${unix}:t> (<t:${unix}:R>)`] };
}

/** `14:02`, in the zone of whoever reads it. */
export function timeOf(at: Date): Markup {
  return { pieces: [`<t:${Math.floor(at.getTime() / 1000)}:t>`] };
}

/** So far apart, a time of day alone may be one of another day. */
const SAME_DAY_MS = 12 * 3_600_000;

/** From when to when: with their days where they are far apart. */
export function timesOf(from: Date, to: Date): readonly [Markup, Markup] {
  const style = to.getTime() - from.getTime() < SAME_DAY_MS ? 't' : 'f';
  const written = (at: Date): Markup => ({ pieces: [`<t:${Math.floor(at.getTime() / 1000)}:${style}>`] });
  return [written(from), written(to)];
}
