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

/** Name of the fact that says which key a database is used with. */
export const MARKER = 'secrets.check';
const markerPlace = { guildId: '', column: 'Installation.secrets.check', row: MARKER };
const markerText = 'usher';

/** The marker of a database that is used with this key. */
export const sealedMarker = (key: Buffer): string => createSecrets(key).seal(markerText, markerPlace);

/** Which version a key opens the marker in; undefined when it is the marker of another key. */
function markerVersion(key: Buffer, sealed: string): Version | undefined {
  return (['v2', 'v1'] as const).find((version) => unseal(key, version, sealed, markerPlace) === markerText);
}

/** Whether this database is used with this key. */
export async function isKeyOf(installation: Facts, key: Buffer): Promise<boolean> {
  const sealed = await installation.find(MARKER);
  return sealed !== undefined && markerVersion(key, sealed) !== undefined;
}

/** Id of the key that this database is used with; undefined when there is none, or none can be told. */
export async function keyIdIn(installation: Facts): Promise<string | undefined> {
  const id = (await installation.find(MARKER))?.split('.')[1] ?? '';
  return /^[0-9a-f]{8}$/.test(id) ? id : undefined;
}

type Facts = Pick<Stores['installation'], 'find'>;

/** Whether this database has been used with a key. If so, a missing key file must not be replaced by a new key. */
export async function hasKeyMarker(installation: Facts): Promise<boolean> {
  return (await installation.find(MARKER)) !== undefined;
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
  const sealed = await installation.find(MARKER);
  if (sealed !== undefined) {
    const version = markerVersion(key, sealed);
    if (version === 'v2') return;
    if (version === undefined) throw wrongKey(keyIdOf(key), await keyIdIn(installation));
    await resealAll((text, place) => {
      const plain = unseal(key, 'v1', text, place);
      return plain === undefined ? undefined : createSecrets(key).seal(plain, place);
    });
  }
  await installation.set(MARKER, sealedMarker(key));
}

/** What begins with this was sealed by that key. */
export const sealedBy = (key: Buffer): string => `v2.${keyIdOf(key)}.`;

/** Seals with `fresh` what `old` has sealed; undefined for whatever is not the sealed text of this place. */
export function resealing(old: Buffer, fresh: Buffer): Reseal {
  const [opening, sealing] = [createSecrets(old), createSecrets(fresh)];
  return (text, place) => {
    const plain = opening.open(text, place);
    return plain === undefined ? undefined : sealing.seal(plain, place);
  };
}

/** The error for a key that is not that of the database; `keptAs` is the file in which that one still is. */
export function wrongKey(inUse: string, other = 'unknown', keptAs?: string): WrongKey {
  const why = inUse === other ? '' : ` (they were sealed with key ${other}, and the key in use is ${inUse})`;
  const where = keptAs === undefined ? '' : `, which is kept as ${keptAs}`;
  return new WrongKey(
    `The key does not belong to this database, so the tokens in it cannot be read${why}. ` +
      `Restore the secret.key that belongs to this database${where}. Nothing was changed.`,
  );
}
