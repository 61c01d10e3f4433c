/** One process at a time works on a database: two would each do what is due, and neither would know of the other. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { makeFolderOf } from './connect.ts';
import { explain, placeOf } from './explain.ts';
import { DatabaseAway, parseDatabaseUrl } from './url.ts';

export interface Held {
  release(): void;
}

/**
 * Keeps a SQLite database for this process until `release`, or until it ends, however that is: the lock is one of the
 * operating system on a file beside the database, which SQLite itself takes (sqlite.org/lockingv3.html). It is found by
 * way of every symlink and in every container that shares the folder. Readers of the database, such as a backup, are
 * not kept out. Of PostgreSQL nothing is held.
 * @throws {DatabaseAway} when another process has it, {DatabaseUnusable} when nothing can be kept there.
 */
export function holdDatabase(url: string): Held {
  const target = parseDatabaseUrl(url);
  if (target.dialect === 'postgresql') return { release() {} };
  makeFolderOf(target.path);
  let lock: Database.Database | undefined;
  try {
    lock = new Database(lockFile(target.path), { timeout: 0 });
    // No other file is made for it, and nothing is ever written.
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if (isHeld(error))
      throw new DatabaseAway(
        `The database ${placeOf(target)} is in use: Usher is running on it already, perhaps in another container or by another path. Stop that one first. Nothing was changed.`,
        { cause: error },
      );
    throw explain(error, target, 'cannot be kept for one process');
  }
  const held = lock;
  return { release: () => void held.close() };
}

const isHeld = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');

/** Beside the real file, whatever the path that was given. */
function lockFile(path: string): string {
  return `${realPath(path)}-lock`;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is not there yet.
    return join(realpathSync(dirname(path)), basename(path));
  }
}
