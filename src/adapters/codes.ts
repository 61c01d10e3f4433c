/** Invite codes, passwords and ids. */
import { createHmac, hkdfSync, randomInt } from 'node:crypto';
import type { Codes } from '../app/ports/secrets.ts';

/** Digits and capitals without the look-alikes 0 O, 1 I L. These are 31 symbols, so a code of 16 has 79 bits. */
export const codeAlphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
export const codeLength = 16;

/** Letters and digits without look-alikes. A password of 20 has 115 bits. */
const passwordSets = ['ABCDEFGHJKMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789'] as const;
const passwordLength = 20;

const idAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 71 bits. Short, because ids are part of Discord's custom ids (100 characters) and nonces (25). */
const idLength = 12;

/** @param key the secret key of this installation, 32 bytes. Codes are hashed with a key derived from it. */
export function createCodes(key: Buffer): Codes {
  const hmacKey = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'invite-code', 32));

  return {
    newCode() {
      const code = pick(codeAlphabet, codeLength);
      return (code.match(/.{4}/g) ?? []).join('-');
    },
    normalise(typed) {
      const symbols = typed.replace(/[\s\p{Pd}_]/gu, '');
      // Plain letters only: the upper case of some others is two letters, such as ß.
      if (symbols.length !== codeLength || !/^[0-9a-z]+$/i.test(symbols)) return undefined;
      const code = symbols.toUpperCase();
      return [...code].every((symbol) => codeAlphabet.includes(symbol)) ? code : undefined;
    },
    hmac: (normalised) => createHmac('sha256', hmacKey).update(normalised).digest('hex'),
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
