/** Encryption of stored secrets (rule 10). */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Secrets } from '../app/ports/secrets.ts';
import type { Stores } from '../app/ports/stores.ts';

/** The key does not belong to this database, or its file is missing. The message says what to do. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey';
}

export const KEY_BYTES = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** First 8 hex digits of the SHA-256 of a key: tells keys apart without revealing them. */
export function keyIdOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

/**
 * AES-256-GCM. A sealed text is `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url. Guild and
 * column are authenticated as well, so a sealed text that is copied elsewhere cannot be opened.
 * @throws {Error} when the key does not have 32 bytes.
 */
export function createSecrets(key: Buffer): Secrets {
  if (key.length !== KEY_BYTES)
    throw new Error(`The key has ${key.length} bytes; it must have ${KEY_BYTES}.`);
  const keyId = keyIdOf(key);

  return {
    seal(plain, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(placeBytes(place));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `v1.${keyId}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
    },
    open(text, place) {
      const [version, sealedWith, nonceText, sealedText, ...rest] = text.split('.');
      if (version !== 'v1' || nonceText === undefined || sealedText === undefined || rest.length > 0) {
        throw new Error(`What is stored in ${place.column} is not a sealed text.`);
      }
      if (sealedWith !== keyId) {
        throw new WrongKey(
          `${place.column} was sealed with key ${shown(sealedWith)}, and the key in use is ${keyId}.`,
        );
      }
      const nonce = decode(nonceText);
      const sealed = decode(sealedText);
      try {
        if (nonce?.length !== nonceBytes || sealed === undefined || sealed.length < tagBytes) {
          throw new Error('malformed');
        }
        const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
        cipher.setAAD(placeBytes(place));
        cipher.setAuthTag(sealed.subarray(-tagBytes));
        return Buffer.concat([cipher.update(sealed.subarray(0, -tagBytes)), cipher.final()]).toString('utf8');
      } catch {
        // The cause is left out, because it could give hints about the content.
        throw new Error(`What is stored in ${place.column} was changed, or moved from another place.`);
      }
    },
  };
}

/** JSON keeps the two parts apart, so that no two places give the same bytes. */
function placeBytes({ guildId, column }: { readonly guildId: string; readonly column: string }): Buffer {
  return Buffer.from(JSON.stringify([guildId, column]), 'utf8');
}

/** Strict: accepts only the canonical base64url of a value, so that every change of the text is noticed. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function shown(keyId: string | undefined): string {
  return keyId !== undefined && /^[0-9a-f]{8}$/.test(keyId) ? keyId : 'unknown';
}

// --------------------------------------------------------------------- does the key belong to the database?

const marker = { key: 'secrets.check', place: { guildId: '', column: 'Installation.secrets.check' } };
const markerText = 'usher';

/** Whether this database has been used with a key. If so, a missing key file must not be replaced by a new key. */
export async function hasKeyMarker(installation: Stores['installation']): Promise<boolean> {
  return (await installation.find(marker.key)) !== undefined;
}

/** The error for a start without the key file on a database that has been used with a key. */
export function missingKey(path: string): WrongKey {
  return new WrongKey(
    `The key file ${path} is missing, and this database holds tokens sealed with it. ` +
      'Restore the secret.key that belongs to this database; a new one cannot open them. Nothing was changed.',
  );
}

/**
 * The first start leaves a sealed marker in the database; later starts open it. Changes nothing else.
 * @throws {WrongKey} when the database was used with another key.
 */
export async function checkKey(secrets: Secrets, installation: Stores['installation']): Promise<void> {
  const sealed = await installation.find(marker.key);
  if (sealed === undefined) {
    await installation.set(marker.key, secrets.seal(markerText, marker.place));
    return;
  }
  try {
    if (secrets.open(sealed, marker.place) === markerText) return;
  } catch (error) {
    const why = error instanceof WrongKey ? ` (${error.message})` : '';
    throw new WrongKey(
      `The key does not belong to this database, so the tokens in it cannot be read${why}. ` +
        'Restore the secret.key that belongs to this database. Nothing was changed.',
      { cause: error },
    );
  }
  throw new WrongKey('The marker of the key in this database is not ours. Nothing was changed.');
}
