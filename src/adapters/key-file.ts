/** Where the key of the secrets comes from. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../app/ports/log.ts';
import type { Stores } from '../app/ports/stores.ts';
import { decodeText } from '../domain/typed-text.ts';
import { hasKeyMarker, KEY_BYTES, missingKey, WrongKey } from './secrets.ts';
import { usingPath } from './usable-path.ts';

/**
 * The key that was given in base64, or that of the folder, made at the first start.
 * @throws {WrongKey} when the file is damaged, or missing although the database was used with one.
 * @throws {PathUnusable} when it cannot be read or made.
 */
export async function ensureKey(options: {
  readonly given: string | undefined;
  readonly folder: string;
  readonly installation: Stores['installation'];
  readonly log: Log;
}): Promise<Buffer> {
  const { given, folder, installation, log } = options;
  if (given !== undefined) return Buffer.from(given, 'base64');
  const path = keyPath(folder);
  if (existsSync(path)) {
    const read = readKey(path);
    if (read.kind === 'key') return read.key;
    throw new WrongKey(
      `The key file ${path} ${read.what}. Restore the secret.key that belongs to this database. Nothing was changed.`,
    );
  }
  // A new key could not open what this database holds.
  if (await hasKeyMarker(installation)) throw missingKey(path);
  const key = randomBytes(KEY_BYTES);
  const text = `${key.toString('base64')}\n`;
  usingPath('DATA_DIR', path, (keyFile) => writeFileSync(keyFile, text, { mode: 0o600, flag: 'wx' }));
  log.warn({ path }, 'a secret key was made; back it up, without it the stored tokens cannot be read');
  return key;
}

/** Whether a start would find this key: it is in memory, and its file may be gone, or not be readable any more. */
export function isKeyThere(
  { given, folder }: { readonly given: string | undefined; readonly folder: string },
  key: Buffer,
): boolean {
  if (given !== undefined) return true;
  try {
    const read = readKey(keyPath(folder));
    return read.kind === 'key' && read.key.equals(key);
  } catch {
    return false;
  }
}

export const keyPath = (folder: string): string => join(folder, 'secret.key');

/** @throws {PathUnusable} when it cannot be read. */
function readKey(
  path: string,
): { readonly kind: 'key'; readonly key: Buffer } | { readonly kind: 'odd'; readonly what: string } {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isFolder)
    return { kind: 'odd', what: 'is a folder and not a file, as Docker makes one where it misses a file' };
  const file = decodeText(usingPath('DATA_DIR', path, (keyFile) => readFileSync(keyFile)));
  if (file.kind === 'odd') return { kind: 'odd', what: `is damaged: it ${file.what}` };
  const key = Buffer.from(file.text.trim(), 'base64');
  if (key.length === KEY_BYTES) return { kind: 'key', key };
  return { kind: 'odd', what: `is damaged: it holds ${key.length} bytes in base64 instead of ${KEY_BYTES}` };
}
