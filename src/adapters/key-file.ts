/** Where the key of the secrets comes from. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
  const path = join(folder, 'secret.key');
  if (existsSync(path)) {
    const file = decodeText(usingPath('DATA_DIR', path, (keyFile) => readFileSync(keyFile)));
    const kept = Buffer.from(file.kind === 'text' ? file.text.trim() : '', 'base64');
    if (kept.length === KEY_BYTES) return kept;
    const damage =
      file.kind === 'odd'
        ? `it ${file.what}`
        : `it holds ${kept.length} bytes in base64 instead of ${KEY_BYTES}`;
    throw new WrongKey(
      `The key file ${path} is damaged: ${damage}. ` +
        'Restore the secret.key that belongs to this database. Nothing was changed.',
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
