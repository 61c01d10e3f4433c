/** Errors of a database in sentences that say what is wrong, and what to do about it. */
import { dirname } from 'node:path';
import { isDriverAdapterError } from '@prisma/driver-adapter-utils';
import { DatabaseBusy } from '../../app/ports/stores.ts';
import { whyRefused } from '../usable-path.ts';
import { DatabaseAway, DatabaseUnusable, type DatabaseUrl } from './url.ts';

/** An error that says what is wrong with the database, and what to do about it. `failed`: what could not be done. */
export function explain(
  error: unknown,
  target: DatabaseUrl,
  failed = 'could not be brought up to date; it is as it was',
): DatabaseUnusable {
  if (error instanceof DatabaseUnusable) return error;
  const Unusable = isPassing(error) ? DatabaseAway : DatabaseUnusable;
  return new Unusable(sentence(error, target, failed), { cause: error });
}

/** Whether starting again may help: PostgreSQL starts or stops just now, or another process is not finished. */
const isPassing = (error: unknown): boolean =>
  error instanceof DatabaseBusy ||
  ['DatabaseNotReachable', 'SocketTimeout', 'TooManyConnections'].includes(kindOf(error) ?? '') ||
  /timeout exceeded when trying to connect|database is locked|is starting up|shutting down|connection terminated|terminating connection|ECONNRESET/i.test(
    wordsOf(error),
  );

const kindOf = (error: unknown) => driverErrorIn(error)?.kind;

function sentence(error: unknown, target: DatabaseUrl, failed: string): string {
  const place = placeOf(target);
  const kind = kindOf(error);
  const words = wordsOf(error);
  if (kind === 'DatabaseNotReachable' || /timeout exceeded when trying to connect/.test(words)) {
    return `PostgreSQL cannot be reached at ${place}. Check that it is running, and host and port in DATABASE_URL.`;
  }
  if (kind === 'AuthenticationFailed' || kind === 'DatabaseAccessDenied') {
    return `PostgreSQL at ${place} does not accept the user or the password in DATABASE_URL.`;
  }
  if (kind === 'DatabaseDoesNotExist') {
    return `There is no database ${place}. Create it (CREATE DATABASE …), or correct DATABASE_URL.`;
  }
  if (error instanceof DatabaseBusy || kind === 'SocketTimeout' || /database is locked/.test(words)) {
    return `The database ${place} is locked by another program. Is Usher already running, or a backup of it?`;
  }
  if (/disk image is malformed/.test(words)) return damaged(target, words);
  if (/not a database/.test(words)) {
    return `The file ${place} is not a SQLite database. Correct DATABASE_URL, or put a backup in its place.`;
  }
  if (/database or disk is full|EFBIG|No space left/i.test(words)) {
    return `The database ${place} cannot be written: the disk is full. Make room on it.`;
  }
  if (
    /unable to open database file|directory does not exist|EACCES|read-?only|permission denied|disk I\/O error/i.test(
      words,
    )
  ) {
    const why = target.dialect === 'sqlite' ? whyRefused(filesOf(target.path), 'write') : undefined;
    return `The database ${place} cannot be opened for writing: ${why ?? words.trim()}`;
  }
  return `The database ${place} ${failed}. ${words.trim()}`;
}

/** A part of the file is not what was written there: no program can mend that for sure, and a copy can. */
export function damaged(target: DatabaseUrl, found: string): string {
  return (
    `The database ${placeOf(target)} is damaged (${found.split('\n')[0]?.trim()}). Nothing was changed. ` +
    'Put back the newest backup: npm run restore -- FILE (they are in BACKUP_DIR, usually data/backups), ' +
    'and look after the disk: what has damaged one file may damage others.'
  );
}

/** The same with where the copy is that was made before. */
export function withBackup({ message, cause }: DatabaseUnusable, backup: string): DatabaseUnusable {
  return new DatabaseUnusable(`${message}\nA copy from before is in ${backup}.`, { cause });
}

/** What the database itself said. */
export function wordsOf(error: unknown): string {
  const told = driverErrorIn(error);
  if (told) return told.originalMessage ?? told.message ?? String(error);
  return error instanceof Error ? error.message : String(error);
}

/** Which database it is, for people. */
export function placeOf(target: DatabaseUrl): string {
  return target.dialect === 'sqlite' ? target.path : target.where;
}

/** The folder, because SQLite makes files beside the one of the database, and those files. */
const filesOf = (path: string): readonly string[] => [
  dirname(path),
  ...['', '-wal', '-shm', '-lock'].map((ending) => `${path}${ending}`),
];

interface DriverError {
  readonly kind?: string;
  readonly originalMessage?: string;
  readonly message?: string;
}

/** Thrown by the driver itself, or wrapped by the client in an error of a query. */
function driverErrorIn(error: unknown): DriverError | undefined {
  if (isDriverAdapterError(error)) return error.cause;
  if (!(error instanceof Error) || !('meta' in error)) return undefined;
  const { meta } = error;
  if (typeof meta !== 'object' || meta === null || !('driverAdapterError' in meta)) return undefined;
  const inner = meta.driverAdapterError;
  return isDriverAdapterError(inner) ? inner.cause : undefined;
}
