/** Text that people copied from somewhere: what cannot be seen in it, and what it looks like without that. */

/** Control and format characters (zero-width ones, marks of direction, a byte order mark), and blank letters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** On one line, without characters that nobody sees, and with plain letters in place of full-width ones. */
export const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\t-\r\u2028\u2029]+/g, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(/\p{Zs}+/gu, ' ')
    .trim();
