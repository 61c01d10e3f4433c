/** Signs heads of the record with a key of its own. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { HeadSigner } from '../app/ports/head-signer.ts';
import { headText } from '../domain/record.ts';
import { keyIdOf } from './secrets.ts';

/**
 * HMAC-SHA-256 with a key that is derived from that of the installation (HKDF-SHA-256, no salt, `record-head`), so that
 * a signature tells nothing about what else the key protects. docs/operating/record.md says how to check one without
 * Usher.
 */
export function createHeadSigner(key: Buffer): HeadSigner {
  const hmacKey = Buffer.from(hkdfSync('sha256', key, '', 'record-head', 32));
  const keyId = keyIdOf(key);
  const signatureOf = (...[guildId, head]: Parameters<HeadSigner['sign']>) =>
    createHmac('sha256', hmacKey).update(headText(guildId, head)).digest();
  return {
    sign: (guildId, head) => ({ keyId, signature: signatureOf(guildId, head).toString('hex') }),
    check(guildId, head) {
      if (head.keyId !== keyId) return 'other key';
      const found = Buffer.from(head.signature, 'hex');
      const right = signatureOf(guildId, head);
      return found.length === right.length && timingSafeEqual(found, right) ? 'signed' : 'not signed';
    },
  };
}
