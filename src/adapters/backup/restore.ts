/**
 * Puts a backup in the place of the database. Everything is verified before anything is touched, and the file that was
 * there is kept under another name. The next start finds a note that it happened (`app/observe/restored.ts`).
 */
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { RESTORED_FROM } from '../../app/ports/backups.ts';
import { type Manifest, NotABackup, readManifest } from './manifest.ts';

/** Why nothing was restored, in a sentence with what to do. */
export class NotRestored extends Error {
  override readonly name = 'NotRestored';
}

export interface RestoreOptions {
  readonly file: string;
  /** Path of the database that is to be replaced; it need not be there. */
  readonly database: string;
  /** Names of the migrations that this program knows. */
  readonly known: readonly string[];
  readonly now: Date;
  /** @throws when the key of this installation is not that of the backup, whose facts `find` reads. */
  readonly checkKey: (find: (key: string) => string | undefined) => Promise<void>;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where the database is that was there before; null when there was none. */
  readonly kept: string | null;
  /** What the old database knows and the backup does not; undefined when it could not be read. */
  readonly since: Since | undefined;
}

/** What became of grants since the backup: their numbers, in the order of guilds and numbers. */
interface Since {
  /** Made: whoever has such access is a stranger to the backup. */
  readonly made: readonly number[];
  /** Over, ended early or paused: the backup would give the access once more. */
  readonly closed: readonly number[];
  /** With another end or state. */
  readonly changed: readonly number[];
}

/** @throws {NotRestored} with the database as it was. */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { file, database, now } = options;
  const part = `${database}.restoring`;
  try {
    await unpack(file, part);
    const copy = opened(part, file);
    let manifest: Manifest;
    try {
      manifest = await verified(copy, options);
      note(copy, manifest);
    } finally {
      copy.close();
    }
    const kept = takeAway(database, now);
    renameSync(part, database);
    return { manifest, kept, since: kept === null ? undefined : since(kept, database) };
  } finally {
    for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${part}${ending}`, { force: true });
  }
}

async function unpack(file: string, to: string): Promise<void> {
  if (!existsSync(file)) throw new NotRestored(`There is no file ${file}. Nothing was changed.`);
  try {
    await pipeline(createReadStream(file), createGunzip(), createWriteStream(to, { mode: 0o600 }));
  } catch (error) {
    const what = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    if (/ENOSPC/.test(what))
      throw new NotRestored(`There is no room for the backup beside ${to}. Nothing was changed.`);
    throw new NotRestored(
      `${file} is damaged or no backup of Usher: it cannot be unpacked (${what}). Nothing was changed.`,
    );
  }
}

function opened(path: string, file: string): Database.Database {
  try {
    const copy = new Database(path, { fileMustExist: true });
    if (copy.pragma('integrity_check', { simple: true }) === 'ok') return copy;
    copy.close();
  } catch {}
  throw new NotRestored(`${file} is damaged: what is in it is no sound database. Nothing was changed.`);
}

async function verified(
  copy: Database.Database,
  { file, known, checkKey }: RestoreOptions,
): Promise<Manifest> {
  const manifest = manifestIn(copy, file);
  const migrations = z.array(z.object({ name: z.string() })).parse(
    copy
      .prepare(
        // What a newer version has tried, and could not do, is none of it.
        'SELECT "migration_name" AS name FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL',
      )
      .all(),
  );
  const newer = migrations.filter(({ name }) => !known.includes(name));
  if (newer.length > 0)
    throw new NotRestored(
      `${file} was made by Usher ${manifest.version}, which is newer than this program. Restore it with that version. Nothing was changed.`,
    );
  const fact = copy.prepare('SELECT "value" FROM "Installation" WHERE "key" = ?');
  const found = z.object({ value: z.string() }).optional();
  await checkKey((key) => found.parse(fact.get(key))?.value);
  return manifest;
}

function manifestIn(copy: Database.Database, file: string): Manifest {
  try {
    return readManifest(copy);
  } catch (error) {
    const what = error instanceof NotABackup ? error.message : 'is no database of Usher';
    throw new NotRestored(`${file} ${what}. Nothing was changed.`);
  }
}

function note(copy: Database.Database, { madeAt }: Manifest): void {
  copy
    .prepare('INSERT OR REPLACE INTO "Installation" ("key", "value") VALUES (?, ?)')
    .run(RESTORED_FROM, madeAt);
}

/**
 * Moves the database away. Whoever has it open holds a lock on it in WAL mode, so that its journal cannot be changed
 * back: then nothing is done.
 */
function takeAway(database: string, now: Date): string | null {
  if (!existsSync(database)) return null;
  try {
    const old = new Database(database, { fileMustExist: true, timeout: 0 });
    try {
      old.pragma('journal_mode = DELETE');
    } finally {
      old.close();
    }
  } catch (error) {
    if (error instanceof Error && /locked|busy/i.test(error.message))
      throw new NotRestored(
        `${database} is in use: Usher is running. Stop it, then restore. Nothing was changed.`,
      );
    // What is damaged is kept as well, and is no reason not to put something sound in its place.
  }
  const kept = freeName(`${database}.before-restore-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`);
  renameSync(database, kept);
  for (const ending of ['-wal', '-shm', '-journal'])
    if (existsSync(`${database}${ending}`)) renameSync(`${database}${ending}`, `${kept}${ending}`);
  return kept;
}

function freeName(name: string): string {
  let free = name;
  for (let n = 2; existsSync(free); n += 1) free = `${name}-${n}`;
  return free;
}

const grants = z.array(
  z.object({
    key: z.string(),
    number: z.number(),
    state: z.string(),
    expiresAt: z.unknown(),
  }),
);

/** Undefined when the old database cannot be read. */
function since(old: string, restored: string): Since | undefined {
  try {
    const [was, is] = [grantsIn(old), grantsIn(restored)];
    const inBackup = new Map(is.map((grant) => [grant.key, grant]));
    const [made, closed, changed]: [number[], number[], number[]] = [[], [], []];
    for (const grant of was) {
      const then = inBackup.get(grant.key);
      const [gaveThen, gives] = [isOpen(then?.state), isOpen(grant.state)];
      if (!then) made.push(grant.number);
      else if (gaveThen && !gives) closed.push(grant.number);
      else if (then.state !== grant.state || then.expiresAt !== grant.expiresAt) changed.push(grant.number);
    }
    return { made, closed, changed };
  } catch {
    return undefined;
  }
}

const isOpen = (state: string | undefined) => state === 'active' || state === 'scheduled';

function grantsIn(path: string): z.infer<typeof grants> {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const rows = db
      .prepare(
        'SELECT "guildId" || "id" AS key, "number", "state", "expiresAt" FROM "Grant" ORDER BY "guildId", "number"',
      )
      .all();
    return grants.parse(rows);
  } finally {
    db.close();
  }
}
