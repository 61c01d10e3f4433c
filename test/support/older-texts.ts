/** What versions before the binding to rows have sealed: bound to guild and column. */
import { createCipheriv, randomBytes } from 'node:crypto';
import { keyIdOf } from '../../src/adapters/secrets.ts';
import type { SealedPlace } from '../../src/app/ports/secrets.ts';

export function olderText(key: Buffer, plain: string, { guildId, column }: Omit<SealedPlace, 'row'>): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(JSON.stringify([guildId, column])));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `v1.${keyIdOf(key)}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
}
