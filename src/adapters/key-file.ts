/**
 * Where the key of the secrets comes from. Beside `secret.key` there may be `secret.key.next`, while another takes its
 * place, and `secret.key.former-<id>`, which backups made before need. No key is ever lost on the way.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Log } from '../app/ports/log.ts';
import type { Stores } from '../app/ports/stores.ts';
import { decodeText } from '../domain/typed-text.ts';
import {
  hasKeyMarker,
  isKeyOf,
  KEY_BYTES,
  keyIdIn,
  keyIdOf,
  missingKey,
  WrongKey,
  wrongKey,
} from './secrets.ts';
import { usingPath } from './usable-path.ts';

/**
 * The key that was given in base64, or that of the folder, made at the first start. A change of the key that was cut
 * off is finished, or taken back.
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
  await settle(folder, installation, log);
  if (existsSync(path)) {
    const read = readKey(path);
    if (read.kind === 'odd')
      throw new WrongKey(
        `The key file ${path} ${read.what}. Restore the secret.key that belongs to this database. Nothing was changed.`,
      );
    const wanted = await keyIdIn(installation);
    const inUse = keyIdOf(read.key);
    if (wanted !== undefined && wanted !== inUse && existsSync(formerPath(folder, wanted)))
      throw wrongKey(inUse, wanted, formerPath(folder, wanted));
    return read.key;
  }
  // A new key could not open what this database holds.
  if (await hasKeyMarker(installation)) throw missingKey(path);
  const key = randomBytes(KEY_BYTES);
  usingPath('DATA_DIR', path, (keyFile) => writeKey(keyFile, key));
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

/** The files of keys that are there, and that of the key in use. */
export const keyFiles = (folder: string): readonly string[] => [
  keyPath(folder),
  nextPath(folder),
  ...formerKeys(folder),
];

/** Keys that were in use before, by their files. */
const formerKeys = (folder: string): readonly string[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => /^secret\.key\.former-[0-9a-f]{8}$/.test(name))
    .map((name) => join(folder, name));

/** Removes them, and returns which they were. */
export function forgetFormerKeys(folder: string): readonly string[] {
  const former = formerKeys(folder);
  for (const path of former) usingPath('DATA_DIR', path, (file) => rmSync(file));
  return former;
}

const keyPath = (folder: string): string => join(folder, 'secret.key');
const nextPath = (folder: string): string => join(folder, 'secret.key.next');
const formerPath = (folder: string, keyId: string): string => join(folder, `secret.key.former-${keyId}`);

/**
 * Puts `fresh` in the place of the key. Killed at any moment, one of the files holds the key that the database is used
 * with, and the next start finds it. What fails leaves everything to that start, too: whether `commit` was heard may
 * not be known.
 * @param commit makes the database one of the fresh key, all of it or nothing.
 * @returns where the former key is kept.
 */
export async function replaceKey(
  folder: string,
  key: Buffer,
  fresh: Buffer,
  commit: () => Promise<void>,
): Promise<string> {
  const former = formerPath(folder, keyIdOf(key));
  usingPath('DATA_DIR', folder, () => {
    writeKey(former, key);
    writeKey(nextPath(folder), fresh);
  });
  await commit();
  usingPath('DATA_DIR', folder, () => moveKey(nextPath(folder), keyPath(folder)));
  return former;
}

/** After a change of the key that was cut off: the key of this database is in its place, and no other is lost. */
async function settle(folder: string, installation: Stores['installation'], log: Log): Promise<void> {
  const next = nextPath(folder);
  if (!existsSync(next)) return;
  const read = readKey(next);
  if (read.kind === 'odd') return;
  const isOurs = await isKeyOf(installation, read.key);
  const to = isOurs ? keyPath(folder) : formerPath(folder, keyIdOf(read.key));
  usingPath('DATA_DIR', next, () => moveKey(next, to));
  if (isOurs) log.info({ path: to }, 'a change of the secret key that was cut off was finished');
  else
    log.warn(
      { path: to },
      'a change of the secret key that was cut off was taken back; nothing uses that key',
    );
}

/** All of it is on the disk before it has its name, and anything is sealed with it. */
function writeKey(path: string, key: Buffer): void {
  const part = `${path}.part`;
  writeFileSync(part, `${key.toString('base64')}\n`, { mode: 0o600, flush: true });
  moveKey(part, path);
}

function moveKey(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** So that a power cut does not undo a name. Not every system can do that to a folder. */
function syncFolder(folder: string): void {
  try {
    const opened = openSync(folder, 'r');
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  } catch {}
}

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
