/** Which values DATABASE_URL may have. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export type Dialect = 'sqlite' | 'postgresql';

/** The database cannot be used as it is. The message says what is wrong and what to do, without the password. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
}

/** It cannot be used at the moment: another process has it, or it does not answer. Starting again may help. */
export class DatabaseAway extends DatabaseUnusable {}

export type DatabaseUrl =
  | { readonly dialect: 'sqlite'; readonly path: string }
  | {
      readonly dialect: 'postgresql';
      readonly url: URL;
      /** `host:port/database`, for people. */
      readonly where: string;
    };

/** Path of the file of a SQLite database; undefined for PostgreSQL. */
export function databaseFile(text: string): string | undefined {
  const target = parseDatabaseUrl(text);
  return target.dialect === 'sqlite' ? target.path : undefined;
}

/** The files of a SQLite database, whether they are there or not; none of PostgreSQL. */
export function databaseFiles(text: string): readonly string[] {
  const target = parseDatabaseUrl(text);
  if (target.dialect === 'postgresql') return [];
  return ['', '-wal', '-shm', '-journal'].map((ending) => `${target.path}${ending}`);
}

/** Whether there may be something in it. A file that is not there is made by a start, and by nothing else. */
export function isDatabaseThere(text: string): boolean {
  const target = parseDatabaseUrl(text);
  return target.dialect === 'postgresql' || existsSync(target.path);
}

/**
 * Reads a DATABASE_URL: `file:` with a path (relative to the working directory), or `postgresql://`.
 * @throws {DatabaseUnusable} for anything else. The message does not repeat the URL, which may hold a password.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
    if (path !== '' && !path.includes('?')) return { dialect: 'sqlite', path: resolve(path) };
  } else if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    return {
      dialect: 'postgresql',
      url,
      where: `${url.hostname}:${url.port === '' ? '5432' : url.port}${url.pathname}`,
    };
  }
  throw new DatabaseUnusable(
    'DATABASE_URL is not understood. Use file:./data/usher.db for SQLite, or postgresql://user:password@host:5432/database.',
  );
}
