/** Names that members choose for their accounts: what cannot be told apart by looking at it is not given. */
import unhomoglyph from 'unhomoglyph';
import { type Sentence, say } from '../words/say.ts';
import { holdsUnseen } from './typed-text.ts';

/** Scripts that people write today (UAX #31, table 5); of the others hardly anybody can tell what they look like. */
const SCRIPTS = [
  ['Latin'],
  ['Arabic'],
  ['Armenian'],
  ['Bengali'],
  ['Cyrillic'],
  ['Devanagari'],
  ['Ethiopic'],
  ['Georgian'],
  ['Greek'],
  ['Gujarati'],
  ['Gurmukhi'],
  ['Hebrew'],
  ['Kannada'],
  ['Khmer'],
  ['Lao'],
  ['Malayalam'],
  ['Myanmar'],
  ['Oriya'],
  ['Sinhala'],
  ['Tamil'],
  ['Telugu'],
  ['Thaana'],
  ['Thai'],
  ['Tibetan'],
  // What is written together (UTS #39, 5.2, "highly restrictive").
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

/** Digits, blanks, marks and the like go with each. */
const inScripts = (names: readonly string[]): RegExp =>
  new RegExp(`^[${['Common', 'Inherited', ...names].map((name) => `\\p{scx=${name}}`).join('')}]*$`, 'u');

const WRITTEN_TOGETHER = SCRIPTS.map(inScripts);

/** Why nobody gets an account of this name; undefined when it is a good one, as far as looks go. */
export function oddityOfName(name: string): Sentence | undefined {
  if (holdsUnseen(name)) return say('my.name.unseen');
  if (!WRITTEN_TOGETHER.some((scripts) => scripts.test(name.normalize('NFC')))) return say('my.name.mixed');
  return undefined;
}

/**
 * What a name looks like: equal for two that people cannot tell apart (UTS #39, 4, with NFKC, and as Jellyfin takes
 * upper and lower case for the same). It is not for people to read: of `m` it makes `rn`.
 */
function looksOf(name: string): string {
  return unhomoglyph(name.normalize('NFKC').toLowerCase().normalize('NFD')).toLowerCase();
}

/** The same of a name as it is written: a capital I is a small l to the eye. */
function looksAsWritten(name: string): string {
  return unhomoglyph(name.normalize('NFKC').normalize('NFD'));
}

/** One of these names that looks like `name` and is another one; undefined when there is none. */
export function lookAlikeOf(name: string, names: readonly string[]): string | undefined {
  const [looks, written] = [looksOf(name), looksAsWritten(name)];
  return names.find(
    (other) => !isSame(other, name) && (looksOf(other) === looks || looksAsWritten(other) === written),
  );
}

/** Whether it is the very same name to a server, which says so itself. */
const isSame = (one: string, other: string): boolean =>
  one.normalize('NFC').toUpperCase() === other.normalize('NFC').toUpperCase();
