/**
 * Sentences in columns of text. What is kept is read by whoever asks, in their language, so it is kept as a sentence;
 * what was kept before there were any is a text, and stays one.
 */
import type { Markup, Sentence, Text, Value } from '../words/say.ts';

/** A sentence as JSON, a text as it is. */
export const keptText = (text: Text): string => (typeof text === 'string' ? text : JSON.stringify(text));

/** A row, or changes of one, with these columns as they are kept. */
export function asKept<Row extends object, const Name extends keyof Row>(
  row: Row,
  ...names: readonly Name[]
): { readonly [Field in keyof Row]: Field extends Name ? Exclude<Row[Field], Sentence> : Row[Field] } {
  const kept = names.flatMap((name) => {
    const value: unknown = row[name];
    return isSentence(value) ? [[name, keptText(value)]] : [];
  });
  return { ...row, ...Object.fromEntries(kept) };
}

export function readKeptText(kept: string): Text {
  if (!kept.startsWith('{')) return kept;
  try {
    const value: unknown = JSON.parse(kept);
    return isSentence(value) ? value : kept;
  } catch {
    return kept;
  }
}

/** Its key may be one that is no longer said. */
const isSentence = (value: unknown): value is Sentence =>
  isObject(value) &&
  typeof value.key === 'string' &&
  (value.values === undefined || (isObject(value.values) && Object.values(value.values).every(isValue)));

const isMarkup = (value: unknown): value is Markup =>
  isObject(value) && Array.isArray(value.pieces) && value.pieces.every(isPiece);

const isPiece = (value: unknown): boolean =>
  typeof value === 'string' || isSentence(value) || (isObject(value) && isMarkup(value.bold));

const isItem = (value: unknown): boolean => typeof value === 'string' || isSentence(value) || isMarkup(value);

const isValue = (value: unknown): value is Value =>
  typeof value === 'number' || isItem(value) || (Array.isArray(value) && value.every(isItem));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
