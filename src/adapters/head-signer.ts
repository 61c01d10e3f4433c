/** Signs heads of the record with a key of its own. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HeadSigner } from '../app/ports/head-signer.ts';
import { headText } from '../domain/record.ts';

/** What is derived for heads from a key of the installation, and which key that is. */
interface HeadKey {
  readonly keyId: string;
  readonly bytes: Buffer;
}

/**
 * HMAC-SHA-256 with a key that is derived from that of the installation (keyring.ts), so that a signature tells nothing
 * about what else the key protects. docs/operating/record.md says how to check one without Usher.
 * @param former those of keys that were in use before, and that are still to be believed.
 */
export function createHeadSigner(own: HeadKey, former: readonly HeadKey[] = []): HeadSigner {
  const signatureOf = ({ bytes }: HeadKey, ...[guildId, head]: Parameters<HeadSigner['sign']>) =>
    createHmac('sha256', bytes).update(headText(guildId, head)).digest();
  return {
    sign: (guildId, head) => ({
      keyId: own.keyId,
      signature: signatureOf(own, guildId, head).toString('hex'),
    }),
    check(guildId, head) {
      const key = [own, ...former].find(({ keyId }) => keyId === head.keyId);
      if (!key) return 'other key';
      const found = Buffer.from(head.signature, 'hex');
      const right = signatureOf(key, guildId, head);
      return found.length === right.length && timingSafeEqual(found, right) ? 'signed' : 'not signed';
    },
  };
}
