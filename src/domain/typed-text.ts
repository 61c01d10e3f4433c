/** Text that people copied from somewhere: what cannot be seen in it, and what it looks like without that. */

/** Control and format characters (zero-width ones, marks of direction, a byte order mark), and blank letters. */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`;
const INVISIBLE = new RegExp(UNSEEN, 'gu');

/** Whether there is a character in it that nobody sees. */
export const holdsUnseen = (text: string): boolean => new RegExp(UNSEEN, 'u').test(text);

/** On one line, without characters that nobody sees, and with plain letters in place of full-width ones. */
export const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\t-\r\u2028\u2029]+/g, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(/\p{Zs}+/gu, ' ')
    .trim();

/** Control and format characters as above, and blanks other than the one on the keyboard. */
const STRAY = new RegExp(String.raw`${UNSEEN}|(?! )\p{Zs}`, 'u');
const QUOTE = '["\'`“”„‟‘’‚‛«»‹›＂＇]';
const AROUND = new RegExp(`^${QUOTE}|${QUOTE}$`);

/**
 * What is odd about a value on one line that somebody pasted; undefined when nothing is. It is described and not
 * repeated, as it may be secret.
 */
export function oddityOf(value: string): string | undefined {
  if (/[\r\n\u2028\u2029]/.test(value)) return 'goes on in a second line. It is a single one';
  const stray = value.search(STRAY);
  if (stray >= 0)
    return `holds an invisible character at position ${[...value.slice(0, stray)].length + 1}. Delete it, or type the value anew`;
  if (value.includes('\ufffd')) return 'holds a character that is broken. Save it as UTF-8';
  if (AROUND.test(value)) return 'has quotes around it, which would be part of it. Leave them out';
  if (/\s#/.test(value)) return 'has a comment behind it, which would be part of it. Leave it out';
  if (/^(?:export |set )?[A-Z][A-Z_]+=[^=]/.test(value))
    return 'begins with a name and =. Leave in what follows only';
  if (/^(?:\$\{[^}]*\}|\$\w+|%\w+%|<[^>]*>|\{\{.*\}\})$/.test(value))
    return 'is a place that nobody has filled in';
  return undefined;
}

export type DecodedText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'odd'; readonly what: string };

/** The text in the bytes of a file, which is UTF-8; a byte order mark in front is no part of it. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // Without a mark, Latin letters in UTF-16 show by the zero that is half of each.
  if (marked || bytes.subarray(0, 64).includes(0))
    return { kind: 'odd', what: 'looks like UTF-16 (PowerShell writes that with >). Save it as UTF-8' };
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'odd', what: 'is not text in UTF-8. Save it as UTF-8' };
  }
}
