/** What a file of a tool holds. Runs in a thread of its own (thread.ts): it takes as long as the file makes it. */
import { readFileSync, statSync } from 'node:fs';
import type { ReadImport } from '../../app/ports/imports.ts';
import type { ImportTool } from '../../domain/imports/rows.ts';
import { type ForeignDatabase, openForeign } from './foreign-database.ts';
import { readJfaGo } from './jfa-go.ts';
import { MOST_TEXT_BYTES } from './limits.ts';
import { readTable } from './table-file.ts';
import { type Contents, readMembarr, readVodum, readWizarr } from './tables.ts';
import { Unreadable } from './unreadable.ts';

/** Reads a copy that nobody else needs. */
export function readFile(path: string, tool: ImportTool, now: Date): ReadImport {
  try {
    const { rows, openInvites } = READERS[tool](path, now);
    return rows.length > 0 ? { kind: 'read', rows, openInvites } : { kind: 'refused', why: 'empty' };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'refused', why: error.why };
    throw error;
  }
}

const inDatabase =
  (read: (db: ForeignDatabase, now: Date) => Contents) =>
  (path: string, now: Date): Contents => {
    const db = openForeign(path);
    try {
      return read(db, now);
    } finally {
      db.close();
    }
  };

const READERS: Readonly<Record<ImportTool, (path: string, now: Date) => Contents>> = {
  membarr: inDatabase(readMembarr),
  wizarr: inDatabase(readWizarr),
  vodum: inDatabase(readVodum),
  'jfa-go': (path, now) => readJfaGo(wholeOf(path), now),
  csv: (path) => readTable(wholeOf(path)),
};

function wholeOf(path: string): Buffer {
  if (statSync(path).size > MOST_TEXT_BYTES) throw new Unreadable('too-large');
  return readFileSync(path);
}
