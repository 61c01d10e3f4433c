/** The files of the log: `usher.log`, which is written, and older ones, of which `usher.log.1` is the newest. */
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Paths of all that are there, newest first. Files of other names are nobody's business here. */
export async function listParts(path: string): Promise<readonly string[]> {
  const numbers = await olderNumbers(path);
  return [path, ...numbers.map((number) => `${path}.${number}`)];
}

/** Makes room for a new file: each that is there gets the next number. */
export async function shiftParts(path: string): Promise<void> {
  for (const number of (await olderNumbers(path)).toReversed())
    await rename(`${path}.${number}`, `${path}.${number + 1}`);
  await rename(path, `${path}.1`);
}

async function olderNumbers(path: string): Promise<readonly number[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path));
  return names
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,5}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .toSorted((one, other) => one - other);
}
