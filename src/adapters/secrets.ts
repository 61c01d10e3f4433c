/** Encryption of stored secrets (rule 10). */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { SealedPlace, Secrets } from '../app/ports/secrets.ts';
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
 * AES-256-GCM. A sealed text is `v2.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url. Guild, column
 * and row are authenticated as well, so a sealed text that is copied elsewhere cannot be opened. A `v1` of older
 * versions is bound to guild and column only: it is sealed anew once (`checkKey`), and never opened afterwards.
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
      cipher.setAAD(placeBytes('v2', place));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `v2.${keyId}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
    },
    open: (text, place) => unseal(key, 'v2', text, place),
  };
}

type Version = 'v1' | 'v2';

/** Undefined for whatever is not the sealed text of this place and this key. */
function unseal(key: Buffer, version: Version, text: string, place: SealedPlace): string | undefined {
  const [found, sealedWith, nonceText = '', sealedText = '', ...rest] = text.split('.');
  if (found !== version || sealedWith !== keyIdOf(key) || rest.length > 0) return undefined;
  const nonce = decode(nonceText);
  const sealed = decode(sealedText);
  if (nonce?.length !== nonceBytes || sealed === undefined || sealed.length < tagBytes) return undefined;
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(placeBytes(version, place));
    cipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([cipher.update(sealed.subarray(0, -tagBytes)), cipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** JSON keeps the parts apart, so that no two places give the same bytes. */
function placeBytes(version: Version, { guildId, column, row }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify(version === 'v1' ? [guildId, column] : [guildId, column, row]), 'utf8');
}

/** Strict: accepts only the canonical base64url of a value, so that every change of the text is noticed. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

// --------------------------------------------------------------------- does the key belong to the database?

const marker = {
  key: 'secrets.check',
  place: { guildId: '', column: 'Installation.secrets.check', row: 'secrets.check' },
};
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

/** Seals a text of an older version for the row that it is in; undefined when it is none of that guild and column. */
export type Reseal = (text: string, place: SealedPlace) => string | undefined;

/**
 * The first start leaves a sealed marker in the database; later starts open it. A marker of an older version says that
 * whatever is sealed is not bound to its row yet: then `resealAll` is run, and the marker is sealed anew when it is
 * done. Killed before that, the next start does it again.
 * @throws {WrongKey} when the database was used with another key. Nothing was changed then.
 */
export async function checkKey(
  key: Buffer,
  installation: Stores['installation'],
  resealAll: (reseal: Reseal) => Promise<void>,
): Promise<void> {
  const secrets = createSecrets(key);
  const sealed = await installation.find(marker.key);
  if (sealed !== undefined) {
    const opened = (version: Version) => unseal(key, version, sealed, marker.place) === markerText;
    if (opened('v2')) return;
    if (!opened('v1')) throw wrongKey(key, sealed);
    await resealAll((text, place) => {
      const plain = unseal(key, 'v1', text, place);
      return plain === undefined ? undefined : secrets.seal(plain, place);
    });
  }
  await installation.set(marker.key, secrets.seal(markerText, marker.place));
}

function wrongKey(key: Buffer, sealed: string): WrongKey {
  const sealedWith = sealed.split('.')[1] ?? '';
  const [inUse, other] = [keyIdOf(key), /^[0-9a-f]{8}$/.test(sealedWith) ? sealedWith : 'unknown'];
  const why = inUse === other ? '' : ` (they were sealed with key ${other}, and the key in use is ${inUse})`;
  return new WrongKey(
    `The key does not belong to this database, so the tokens in it cannot be read${why}. ` +
      'Restore the secret.key that belongs to this database. Nothing was changed.',
  );
}
