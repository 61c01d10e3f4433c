/**
 * Makes one backup of a SQLite database that is in use, in a process of its own: nothing that people wait for stands
 * still meanwhile, and the memory that it takes is given back. Its parent reads what it prints. `VACUUM INTO` copies
 * what was committed when it began, in one piece, and blocks no writer; the online backup API would begin anew with
 * every write of the running process (sqlite.org/backup.html, sqlite.org/lang_vacuum.html).
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import Database from 'better-sqlite3';
import { type Manifest, writeManifest } from './manifest.ts';

export interface BackupOrder {
  /** The database in use. */
  readonly from: string;
  /** Where the backup is to be: it is not there before it is whole. */
  readonly to: string;
  readonly madeAt: string;
  readonly version: string;
}

export type BackupReply =
  | { readonly kind: 'made'; readonly manifest: Manifest }
  | { readonly kind: 'failed'; readonly what: string };

/** How long it waits for a locked database. */
const PATIENCE_MS = 30_000;

async function make({ from, to, madeAt, version }: BackupOrder): Promise<Manifest> {
  const [copy, packed] = [`${to}.copy`, `${to}.part`];
  const leavings = [copy, `${copy}-journal`, packed];
  await Promise.all(leavings.map((path) => rm(path, { force: true })));
  try {
    const source = new Database(from, { readonly: true, fileMustExist: true, timeout: PATIENCE_MS });
    try {
      source.prepare('VACUUM INTO ?').run(copy);
    } finally {
      source.close();
    }
    const manifest = checked(copy, { madeAt, version });
    await pipeline(createReadStream(copy), createGzip(), createWriteStream(packed, { mode: 0o600 }));
    await flushed(packed);
    await rename(packed, to);
    return manifest;
  } finally {
    await Promise.all(leavings.map((path) => rm(path, { force: true })));
  }
}

/** @throws when the copy is not sound. */
function checked(path: string, made: Pick<Manifest, 'madeAt' | 'version'>): Manifest {
  const copy = new Database(path, { fileMustExist: true });
  try {
    const found: unknown = copy.pragma('integrity_check', { simple: true });
    if (found !== 'ok') throw new Error(`the database is damaged: ${String(found)}`);
    return writeManifest(copy, made);
  } finally {
    copy.close();
  }
}

/** On the disk, so that a power cut after the backup does not leave an empty file. */
async function flushed(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

// Alone as a program, and not where only its types are wanted.
if (import.meta.main) {
  // What people wait for comes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const order: BackupOrder = JSON.parse(process.argv[2] ?? '');
  const reply = await make(order).then(
    (manifest): BackupReply => ({ kind: 'made', manifest }),
    (error: unknown): BackupReply => ({
      kind: 'failed',
      what: error instanceof Error ? error.message : String(error),
    }),
  );
  console.log(JSON.stringify(reply));
}
