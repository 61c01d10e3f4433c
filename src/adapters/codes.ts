/** Invite codes, passwords and ids. */
import { createHmac, hkdfSync, randomInt } from 'node:crypto';
import type { Codes } from '../app/ports/secrets.ts';

/** Digits and capitals without 0 O, 1 I L: 31 symbols, so 16 of them hold 79 bits. */
export const codeAlphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
export const codeLength = 16;

/** Capitals, small letters and digits without look-alikes; 20 of them hold 115 bits. */
const passwordSets = ['ABCDEFGHJKMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789'] as const;
const passwordLength = 20;

const idAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 71 bits; short, because ids travel in Discord's custom ids (100 characters) and nonces (25). */
const idLength = 12;

/** @param key the installation's secret key, 32 bytes; codes are hashed with a key derived from it. */
export function createCodes(key: Buffer): Codes {
  const hmacKey = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'invite-code', 32));

  return {
    newCode() {
      const code = pick(codeAlphabet, codeLength);
      return (code.match(/.{4}/g) ?? []).join('-');
    },
    normalise(typed) {
      const symbols = typed.replace(/[\s\p{Pd}_]/gu, '');
      // Plain letters only: upper case makes two of some others.
      if (symbols.length !== codeLength || !/^[0-9a-z]+$/i.test(symbols)) return undefined;
      const code = symbols.toUpperCase();
      return [...code].every((symbol) => codeAlphabet.includes(symbol)) ? code : undefined;
    },
    hmac: (normalised) => createHmac('sha256', hmacKey).update(normalised).digest('hex'),
    newPassword() {
      const all = passwordSets.join('');
      // Drawn again until each kind is in it, which servers may ask for; without moving symbols about afterwards.
      for (;;) {
        const password = pick(all, passwordLength);
        if (passwordSets.every((set) => [...password].some((symbol) => set.includes(symbol))))
          return password;
      }
    },
    newId,
  };
}

/** An id for a row: needs no key. */
export const newId = (): string => pick(idAlphabet, idLength);

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
