/** One form for texts that people take for the same, whatever keyboard or server they came from. Pure. */

/**
 * Never visible, or decoration: zero-width characters, soft hyphens and direction marks, variation selectors, fillers,
 * and double quotes, which our own texts put around names.
 */
const DROPPED = /[\p{Cf}\p{Variation_Selector}]|[\u115f\u1160\u3164\uffa0"“”„‟«»\uff02]|\u034f/gu;
const DASHES = /[\p{Pd}\u02d7\u2043\u2212]/gu;
const APOSTROPHES = /[‘’‛ʼ´`]/g;
/**
 * How much is compared of a text. Names are shorter, and a stranger's may be made to cost: a normal form takes the
 * square of the marks on one letter, and makes eighteen letters of some.
 */
const COMPARED = 200;
/** ASCII without the above, and the dot behind a server: most names need no more than small letters. */
const PLAIN = /^[\x20\x21\x23-\x5f\x61-\x7e·]*$/;
const PLAIN_PUNCTUATION = /[^a-z0-9$+<=>^|~,]+/g;
const PUNCTUATION = /[^\p{L}\p{N}\p{M}\p{S},]+/gu;

/**
 * The same letters in any case, width and normal form, with any dash, quotes or blanks. A comma stays, because it may
 * end a name in a list: `Movies ， 4K` is `movies,4k`.
 */
export function fold(text: string): string {
  const compared = text.length > COMPARED ? beginningOf(text) : text;
  const letters = PLAIN.test(compared) ? compared.toLowerCase() : plainLetters(compared);
  return letters.replace(/\s+/g, ' ').replace(/ ?, ?/g, ',').trim();
}

/** Of what is seen, or what is behind hundreds of characters that nobody sees would be nothing at all. */
const beginningOf = (text: string): string =>
  text.replace(DROPPED, '').replace(/\s+/g, ' ').trimStart().slice(0, COMPARED);

/** As it is written, in one normal form. */
export const plainly = (text: string): string => text.slice(0, COMPARED).normalize('NFC').trim();

function plainLetters(text: string): string {
  // Small letters may be written in several ways as well, so the normal form is made once more.
  return text
    .normalize('NFKC')
    .slice(0, COMPARED)
    .toLowerCase()
    .normalize('NFKC')
    .slice(0, COMPARED)
    .replace(DROPPED, '')
    .replace(DASHES, '-')
    .replace(APOSTROPHES, "'");
}

/**
 * A folded text, or a part of it, with a blank for all punctuation but commas: `attic - movies`, `Attic/Movies` and
 * `Attic · Movies` are the same. Of nothing but punctuation all of it stays.
 */
export function loosen(folded: string): string {
  const punctuation = PLAIN.test(folded) ? PLAIN_PUNCTUATION : PUNCTUATION;
  return folded.replaceAll("'", '').replace(punctuation, ' ').replace(/ ?, ?/g, ',').trim() || folded;
}
