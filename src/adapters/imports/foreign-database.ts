/**
 * A SQLite file that somebody sent. Nothing in it may run: it is opened read-only and from a copy of our own, one with
 * views, triggers, virtual tables or computed columns is refused before anything but its list of contents was read, and
 * of plain tables only named columns are read, from the first row to the last, without a condition.
 * https://www.sqlite.org/security.html
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MOST_LETTERS, MOST_ROWS } from './limits.ts';
import { Unreadable } from './unreadable.ts';

const MAGIC = 'SQLite format 3\0';
/** Of the header: the versions needed to write and to read it. https://www.sqlite.org/fileformat2.html 1.3.3 */
const VERSIONS = { at: 18, rollback: 1 } as const;
const MOST_CONTENTS = 2_000;

export type Cell = string | null;

export interface ForeignDatabase {
  /** Names of the columns of a table; none of one that is not there. */
  columnsOf(table: string): ReadonlySet<string>;
  /** All rows, with these columns only: as text, and null for what is none or too long to be a name. */
  rowsOf(table: string, columns: readonly string[]): IterableIterator<Readonly<Record<string, Cell>>>;
  close(): void;
}

/** Opens a copy that nobody else needs: its header is changed. @throws {Unreadable} */
export function openForeign(path: string): ForeignDatabase {
  prepare(path);
  const db = guarded(() => new Database(path, { readonly: true, fileMustExist: true, timeout: 0 }));
  try {
    guarded(() => check(db));
  } catch (error) {
    db.close();
    throw error;
  }
  const columns = new Map<string, ReadonlySet<string>>();
  const columnsOf = (table: string): ReadonlySet<string> => {
    const known =
      columns.get(table) ?? new Set(guarded(() => listColumns(db, table)).map(({ name }) => name));
    columns.set(table, known);
    return known;
  };
  return {
    columnsOf,
    *rowsOf(table, names) {
      // `substr` makes texts of numbers, and nothing long comes here.
      const wanted = names.map(
        (name) => `substr(${quoted(name)}, 1, ${MOST_LETTERS + 1}) AS ${quoted(name)}`,
      );
      const rows = guarded(() => db.prepare(`SELECT ${wanted.join(', ')} FROM ${quoted(table)}`).iterate());
      let read = 0;
      try {
        for (;;) {
          const next = guarded(() => rows.next());
          if (next.done) return;
          read += 1;
          if (read > MOST_ROWS) throw new Unreadable('too-many');
          yield textsOf(next.value as Readonly<Record<string, unknown>>);
        }
      } finally {
        // Whoever needs no more lets go of the database.
        rows.return?.();
      }
    },
    close: () => void db.close(),
  };
}

/** Without its log the file is all there is: it is read as one that never had any. */
function prepare(path: string): void {
  const file = openSync(path, 'r+');
  try {
    const head = Buffer.alloc(100);
    if (readSync(file, head, 0, head.length, 0) < head.length) throw new Unreadable('other-form');
    if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Unreadable('other-form');
    writeSync(file, Buffer.from([VERSIONS.rollback, VERSIONS.rollback]), 0, 2, VERSIONS.at);
  } finally {
    closeSync(file);
  }
}

function check(db: Database.Database): void {
  for (const pragma of ['trusted_schema = OFF', 'cell_size_check = ON', 'ignore_check_constraints = ON'])
    db.pragma(pragma);
  const contents = db.prepare('SELECT type, name, rootpage, substr(sql, 1, 40) AS sql FROM sqlite_schema');
  const tables: string[] = [];
  let count = 0;
  for (const row of contents.iterate() as Iterable<Readonly<Record<string, unknown>>>) {
    count += 1;
    const isIndex = row.type === 'index';
    // Tables that are kept elsewhere, or nowhere, have no page of their own.
    const isTable =
      row.type === 'table' && Number(row.rootpage) > 0 && /^CREATE TABLE\b/i.test(String(row.sql));
    if (!(isIndex || isTable) || count > MOST_CONTENTS || typeof row.name !== 'string')
      throw new Unreadable('hostile');
    if (isTable) tables.push(row.name);
  }
  for (const table of tables)
    if (listColumns(db, table).some(({ hidden }) => hidden !== 0)) throw new Unreadable('hostile');
  if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') throw new Unreadable('damaged');
}

function listColumns(
  db: Database.Database,
  table: string,
): readonly { readonly name: string; readonly hidden: number }[] {
  const rows = db.prepare('SELECT name, hidden FROM pragma_table_xinfo(?)').all(table);
  return rows as { name: string; hidden: number }[];
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function textsOf(row: Readonly<Record<string, unknown>>): Readonly<Record<string, Cell>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && value.length <= MOST_LETTERS && value.trim() !== '' ? value.trim() : null,
    ]),
  );
}

/** What SQLite itself finds wrong is wrong with the file. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Database.SqliteError)
      throw new Unreadable(error.code === 'SQLITE_NOTADB' ? 'other-form' : 'damaged');
    throw error;
  }
}
