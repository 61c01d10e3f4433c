/** What Usher keeps is nobody else's to read: the folder of the data, the key in it and the database. */
import { chmodSync, statSync } from 'node:fs';
import { parse, resolve } from 'node:path';
import type { Log } from '../app/ports/log.ts';

const OTHERS = 0o077;
/** On a folder: whoever may write there may not delete what is of others. So it is meant for several, as `/tmp` is. */
const SHARED = 0o1000;

/** What is asked of the file system. */
export interface Files {
  readonly stat: (path: string) => { readonly mode: number; readonly uid: number } | undefined;
  readonly chmod: (path: string, mode: number) => void;
}

const REAL: Files = {
  stat: (path) => statSync(path, { throwIfNoEntry: false }),
  chmod: chmodSync,
};

/**
 * Takes from others what they may do with these; what is not there is left out. Says what was mended, and what could
 * not be, which is no reason to stop: some file systems know no modes, and some files belong to somebody else.
 */
export function keepFromOthers(paths: readonly string[], log: Log, files = REAL): void {
  let isSaid = false;
  for (const path of paths) {
    try {
      const before = files.stat(path);
      if (before === undefined || (before.mode & OTHERS) === 0) continue;
      if (before.mode & SHARED || resolve(path) === parse(resolve(path)).root) {
        log.warn({ path, mode: shown(before.mode) }, 'others share this folder: give Usher one of its own');
        continue;
      }
      files.chmod(path, before.mode & 0o7777 & ~OTHERS);
      const after = files.stat(path)?.mode ?? 0;
      if ((after & OTHERS) === 0)
        log.warn(
          { path, was: shown(before.mode), now: shown(after) },
          'others could read what Usher keeps here; now they cannot',
        );
      else if (!isSaid) {
        isSaid = true;
        log.warn(
          { path },
          'this file system knows no modes: see that nobody else can read what Usher keeps here',
        );
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === undefined) throw error;
      log.warn(
        { path, code, owner: ownerOf(path, files) },
        'others can read what Usher keeps here, and Usher may not change that: its owner can, with chmod go=',
      );
    }
  }
}

function ownerOf(path: string, files: Files): number | undefined {
  try {
    return files.stat(path)?.uid;
  } catch {
    return undefined;
  }
}

const shown = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
