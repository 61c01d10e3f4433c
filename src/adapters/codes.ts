/** Invite codes, passwords, tokens and ids. */
import { createHmac, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Codes, ReadCode } from '../app/ports/secrets.ts';

/** Digits and capitals without the look-alikes 0 O, 1 I L. These are 31 symbols, so a code of 16 has 79 bits. */
export const codeAlphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
export const codeLength = 16;

/** Letters and digits without look-alikes. A password of 20 has 115 bits. */
const passwordSets = ['ABCDEFGHJKMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789'] as const;
const passwordLength = 20;

const idAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 71 bits. Short, because ids are part of Discord's custom ids (100 characters) and nonces (25). */
const idLength = 12;

const TOKEN_PREFIX = 'ush_';
/** 178 bits, and the checksum behind them: what is mistyped or made up is known without asking the database. */
const TOKEN = { random: 30, checksum: 6 } as const;

/**
 * `key` is what codes are hashed with, `former` what they were hashed with before: a code that somebody has cannot be
 * hashed anew, because nobody else knows it.
 */
export function createCodes(key: Buffer, former: readonly Buffer[] = []): Codes {
  const hmacWith = (by: Buffer, normalised: string) =>
    createHmac('sha256', by).update(normalised).digest('hex');

  return {
    newCode() {
      const code = pick(codeAlphabet, codeLength);
      return (code.match(/.{4}/g) ?? []).join('-');
    },
    read,
    normalise(typed) {
      const found = read(typed);
      return found.kind === 'code' ? found.code : undefined;
    },
    hmac: (normalised) => hmacWith(key, normalised),
    hmacs: (normalised) => [key, ...former].map((by) => hmacWith(by, normalised)),
    newToken() {
      const random = pick(idAlphabet, TOKEN.random);
      return `${TOKEN_PREFIX}${random}${checksumOf(random)}`;
    },
    isToken(text) {
      const body = text.startsWith(TOKEN_PREFIX) ? text.slice(TOKEN_PREFIX.length) : '';
      const random = body.slice(0, TOKEN.random);
      return body.length === TOKEN.random + TOKEN.checksum && body.slice(TOKEN.random) === checksumOf(random);
    },
    newPassword() {
      const all = passwordSets.join('');
      // Servers may ask for a symbol of each kind. Drawing again keeps the choice even; placing one would not.
      for (;;) {
        const password = pick(all, passwordLength);
        if (passwordSets.every((set) => [...password].some((symbol) => set.includes(symbol))))
          return password;
      }
    },
    newId,
  };
}

/** An id for a new row. Needs no secret key. */
export const newId = (): string => pick(idAlphabet, idLength);

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** CRC-32 in the digits of an id. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  while (digits.length < TOKEN.checksum) {
    digits = idAlphabet.charAt(rest % idAlphabet.length) + digits;
    rest = Math.floor(rest / idAlphabet.length);
  }
  return digits;
}

/** What markdown puts around or into a code, and backslashes that keep it from doing so. */
const MARKDOWN = /[*`~|\\]/g;
/** Hyphens and dashes of every kind; underscores are taken for one. */
const DASHES = /[\p{Pd}_\u02d7\u2043\u2212]/gu;
const INVISIBLE = /[\p{Cf}\p{Variation_Selector}]|\u034f/gu;

const SYMBOL = `[${codeAlphabet}]`;
const GROUP = `${SYMBOL}{4}`;
/** Four groups and hyphens between them, with nothing else close to them. */
const GROUPS = new RegExp(`(?<![0-9A-Z-])${GROUP}(?:-${GROUP}){3}(?![0-9A-Z]|-[0-9A-Z])`, 'gi');
/** The same, with letters right before or behind them: a line break was lost on the way. */
const GLUED = new RegExp(`(?<![0-9A-Z-])${GROUP}(?:-${GROUP}){3}(?=[A-Z]?[a-z])`, 'g');
/** Four groups of capitals with blanks or line breaks between them. */
const SPACED = new RegExp(
  `(?<![0-9A-Za-z-])(?=(${GROUP}(?:[\\s-]+${GROUP}){3})(?![0-9A-Za-z]|-[0-9A-Za-z]))`,
  'g',
);
/** What somebody calls a code, up to the end of its symbols. */
const CALLED = /\bcode\b[^0-9A-Za-z]*((?:[0-9A-Z][\s-]*){16})(?![0-9A-Z])/gi;
/** One word, in which hyphens may be. */
const WORD = /[0-9A-Z]+(?:-+[0-9A-Z]+)*/gi;

/** Shorter words are not counted as a try, unless nothing else was typed. */
const LIKE_A_CODE = { least: 12, most: 20, alone: 8 } as const;

/** Finds the code in whatever was pasted: the best way of looking that finds one decides. */
function read(typed: string): ReadCode {
  const text = typed.normalize('NFKC').replace(INVISIBLE, '').replace(MARKDOWN, '').replace(DASHES, '-');
  const words = text.match(WORD) ?? [];
  const ways: readonly (() => readonly string[])[] = [
    () => [text],
    () => text.match(GROUPS) ?? [],
    () => words,
    () => text.match(GLUED) ?? [],
    () => [...text.matchAll(SPACED)].map(([, code = '']) => code),
    () => [...text.matchAll(CALLED)].map(([, code = '']) => code),
  ];
  for (const way of ways) {
    const found = [...new Set(way().flatMap((part) => codeOf(part) ?? []))];
    const [code] = found;
    if (code !== undefined) return found.length === 1 ? { kind: 'code', code } : { kind: 'several' };
  }
  const lengths = words.map((word) => symbolsOf(word).length);
  const isLikeOne =
    lengths.some((length) => length >= LIKE_A_CODE.least && length <= LIKE_A_CODE.most) ||
    (words.length === 1 && /^[\s0-9A-Z-]*$/i.test(text) && symbolsOf(text).length >= LIKE_A_CODE.alone) ||
    isGrouped(text);
  return { kind: isLikeOne ? 'mistyped' : 'none' };
}

const symbolsOf = (text: string): string => text.replace(/[\s-]/g, '');

/** Its symbols in capitals; undefined when it is none. */
function codeOf(text: string): string | undefined {
  const symbols = symbolsOf(text);
  // Plain letters only: the upper case of some others is two letters, such as ß.
  if (symbols.length !== codeLength || !/^[0-9a-z]+$/i.test(symbols)) return undefined;
  const code = symbols.toUpperCase();
  return [...code].every((symbol) => codeAlphabet.includes(symbol)) ? code : undefined;
}

/** Letters and digits in groups, about as many as a code has, and nothing else. */
function isGrouped(text: string): boolean {
  const { length } = symbolsOf(text);
  const groups = text.trim().split(/[\s-]+/);
  return (
    length >= LIKE_A_CODE.least &&
    length <= LIKE_A_CODE.most &&
    groups.every((group) => /^[0-9A-Z]{3,5}$/i.test(group))
  );
}
