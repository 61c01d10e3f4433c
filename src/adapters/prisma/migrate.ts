/**
 * Brings a database to the schema of this program at start. Uses Prisma's migrations and its history table, with
 * one addition: a migration and the note that it is finished are committed together. If the process is killed in
 * the middle, or the migration fails, nothing is left behind and the next start tries again.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { DatabaseBusy } from '../../app/ports/stores.ts';
import type { Clock } from '../../app/ports/time.ts';
import { type AdapterFactory, connectorOf } from './connect.ts';
import { damaged, explain, placeOf, withBackup, wordsOf } from './explain.ts';
import { migrationsFolder, noFilter, readMigrations, withSchemaEngine } from './schema-engine.ts';
import { DatabaseAway, DatabaseUnusable, type DatabaseUrl, type Dialect } from './url.ts';

export interface MigrationReport {
  /** Names of the migrations that were applied just now, oldest first. Usually none. */
  readonly applied: readonly string[];
  /** The backup of the SQLite file that was made before: `usher.db.before-<migration>.db.gz` in the same folder. */
  readonly backup?: string;
}

export interface MigrationOptions {
  readonly folder?: string;
  /** Makes a backup that `restore` takes; nothing is migrated before it is whole. Not asked of an empty database. */
  readonly backUp?: (from: string, to: string) => Promise<void>;
  /** Called before a database of PostgreSQL with data in it is migrated: a backup of it is the operator's. */
  readonly onUnsaved?: () => void;
}

/** How many backups of before a migration are kept. */
const KEPT = 3;

/** An arbitrary number for the lock under which processes migrate the same PostgreSQL database one after another. */
const advisoryLock = 4_872_331;

/**
 * Applies the migrations that the database lacks. Of a SQLite file that has tables, a backup is made first, in the
 * same folder and never over an earlier one. To go back: docs/upgrade.md. Takes about 0.1 s for an empty database, and
 * 10 ms when there is nothing to do.
 * @throws {DatabaseAway} when it cannot be reached, or another process has it.
 * @throws {DatabaseUnusable} when it cannot be opened, is newer than this program, or a migration fails.
 */
export async function migrateDatabase(
  url: string,
  clock: Clock,
  { folder = migrationsFolder, backUp, onUnsaved }: MigrationOptions = {},
): Promise<MigrationReport> {
  const { target, factory } = await connectorOf(url, 'migrate', clock);
  const migrations = readMigrations(target.dialect, folder);
  const adapter = await open(factory, target);
  try {
    // The lock is held until this connection closes. The engine has its own lock, but gives up after 10 s.
    if (target.dialect === 'postgresql') await run(adapter, `SELECT pg_advisory_lock(${advisoryLock})`);
    if (target.dialect === 'sqlite') await proveWhole(adapter, target);
    const history = await readHistory(adapter, target.dialect);
    const pending = pendingMigrations(history, migrations, target);
    const [next] = pending;
    if (next === undefined) return { applied: [] };

    if (target.dialect === 'postgresql') {
      if (history.hasTables) onUnsaved?.();
      return { applied: await apply(factory, migrations, history.unfinished) };
    }
    await adapter.dispose();
    const backup = history.hasTables ? await backedUp(target.path, next, backUp) : undefined;
    try {
      const applied = await apply(factory, migrations, history.unfinished);
      return backup === undefined ? { applied } : { applied, backup };
    } catch (error) {
      const explained = explain(error, target);
      if (backup === undefined) throw explained;
      if (!(explained instanceof DatabaseAway)) throw withBackup(explained, backup);
      // Nothing was changed. Whoever is restarted until the file is free would copy it each time.
      rmSync(backup);
      throw explained;
    }
  } catch (error) {
    throw explain(error, target);
  } finally {
    await adapter.dispose();
  }
}

// --------------------------------------------------------------------------------------- what is there

/** Reading all of it takes a second for each few hundred MB: larger ones are proven by the daily backup alone. */
const PROVEN_UP_TO_BYTES = 128 * 1024 * 1024;

/** Whether every page is what was written there: what is believed and is not true is worse than no start. */
async function proveWhole(
  adapter: SqlDriverAdapter,
  target: DatabaseUrl & { readonly path: string },
): Promise<void> {
  const { size } = statSync(target.path);
  if (size > PROVEN_UP_TO_BYTES) return;
  const [found = 'ok'] = await texts(adapter, 'PRAGMA quick_check(1)');
  if (found !== 'ok') throw new DatabaseUnusable(damaged(target, found));
}

interface History {
  readonly hasTables: boolean;
  readonly finished: readonly string[];
  /** Begun and never committed, because it was interrupted or failed. */
  readonly unfinished: readonly string[];
}

async function readHistory(adapter: SqlDriverAdapter, dialect: Dialect): Promise<History> {
  const tables = await texts(
    adapter,
    dialect === 'sqlite'
      ? `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
      : `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()`,
  );
  const hasTables = tables.some((table) => table !== '_prisma_migrations');
  if (!tables.includes('_prisma_migrations')) return { hasTables, finished: [], unfinished: [] };
  const names = (finished: string) =>
    texts(
      adapter,
      `SELECT migration_name FROM _prisma_migrations WHERE rolled_back_at IS NULL AND finished_at IS ${finished}`,
    );
  return { hasTables, finished: await names('NOT NULL'), unfinished: await names('NULL') };
}

function pendingMigrations(history: History, migrations: MigrationList, target: DatabaseUrl): string[] {
  const known = migrations.migrationDirectories.map(({ path }) => path);
  const unknown = history.finished.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new DatabaseUnusable(
      `The database ${placeOf(target)} is newer than this program: it has ${unknown.join(', ')}. ` +
        'Start the version of Usher that was running before, or put back a backup made before that migration. Nothing was changed.',
    );
  }
  if (history.hasTables && history.finished.length === 0 && history.unfinished.length === 0) {
    throw new DatabaseUnusable(
      `The database ${placeOf(target)} holds tables that Usher did not make. Give Usher an empty database of its own. Nothing was changed.`,
    );
  }
  return known.filter((name) => !history.finished.includes(name));
}

// --------------------------------------------------------------------------------------------- applying

async function apply(
  factory: AdapterFactory,
  migrations: MigrationList,
  unfinished: readonly string[],
): Promise<readonly string[]> {
  // The engine passes on little of the database's message, so the original error is kept here.
  const failure: { error?: Error } = {};
  try {
    return await withSchemaEngine(atomic(factory, migrations, failure), async (engine) => {
      // Safe, because a migration that was committed is always noted as finished (see `atomic`).
      for (const migrationName of unfinished) await engine.markMigrationRolledBack({ migrationName });
      const done = await engine.applyMigrations({ migrationsList: migrations, filters: noFilter });
      return done.appliedMigrationNames;
    });
  } catch (error) {
    throw failure.error ?? error;
  }
}

/** Runs each migration script in one transaction together with the note in the history that it is finished. */
function atomic(
  factory: AdapterFactory,
  migrations: MigrationList,
  failure: { error?: Error },
): AdapterFactory {
  const nameOf = new Map(
    migrations.migrationDirectories.flatMap(({ path, migrationFile: { content } }) =>
      content.tag === 'ok' ? [[content.value, path] as const] : [],
    ),
  );
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    async connect() {
      const adapter = await noting(failure, factory.connect());
      const queryRaw = adapter.queryRaw.bind(adapter);
      adapter.queryRaw = (query) => noting(failure, queryRaw(query));
      const executeRaw = adapter.executeRaw.bind(adapter);
      adapter.executeRaw = (query) => noting(failure, executeRaw(query));
      const script = adapter.executeScript.bind(adapter);
      const plain = (text: string) => noting(failure, script(text));
      adapter.executeScript = async (script) => {
        const name = nameOf.get(script);
        if (name === undefined) return plain(script);
        try {
          // On PostgreSQL, several statements in one message are one transaction.
          if (adapter.provider !== 'sqlite') await run(adapter, `${script};\n${finish(name, 'now()')}`);
          else await sqliteTransaction(adapter, plain, `${script};\n${finish(name, sqliteNow)}`);
        } catch (error) {
          failure.error ??= new Error(`Migration ${name} failed: ${wordsOf(error)}.`, { cause: error });
          throw error;
        }
      };
      return adapter;
    },
  };
}

/** Keeps the error when another program has locked the file. */
async function noting<T>(failure: { error?: Error }, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DatabaseBusy) failure.error = error;
    throw error;
  }
}

const sqliteNow = `strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')`;

function finish(name: string, now: string): string {
  return `UPDATE _prisma_migrations SET finished_at = ${now}
    WHERE migration_name = ${quote(name)} AND finished_at IS NULL AND rolled_back_at IS NULL;`;
}

async function sqliteTransaction(
  adapter: SqlDriverAdapter,
  execute: (script: string) => Promise<void>,
  script: string,
): Promise<void> {
  await execute('BEGIN IMMEDIATE');
  try {
    await execute(script);
    // Foreign keys are off while tables are copied, so rows that violate them are looked for before the commit.
    const broken = await texts(adapter, 'PRAGMA foreign_key_check');
    if (broken.length > 0) throw new Error(`rows without their parent in ${[...new Set(broken)].join(', ')}`);
    await execute('COMMIT');
  } catch (error) {
    await execute('ROLLBACK');
    throw error;
  }
}

async function backedUp(
  path: string,
  migration: string,
  backUp: MigrationOptions['backUp'],
): Promise<string> {
  if (!backUp) throw new Error('there is data, and nobody who makes a backup of it');
  const stem = `${path}.before-${migration}`;
  let backup = `${stem}.db.gz`;
  for (let n = 2; existsSync(backup); n += 1) backup = `${stem}-${n}.db.gz`;
  await backUp(path, backup);
  forgetOlder(path);
  return backup;
}

/** A start that fails again and again would fill the disk with them. */
function forgetOlder(path: string): void {
  const [folder, start] = [dirname(path), `${basename(path)}.before-`];
  const madeAt = (name: string) => statSync(join(folder, name)).mtimeMs;
  const backups = readdirSync(folder)
    .filter((name) => name.startsWith(start) && name.endsWith('.db.gz'))
    .toSorted((one, other) => madeAt(other) - madeAt(one));
  for (const name of backups.slice(KEPT)) rmSync(join(folder, name), { force: true });
}

// ------------------------------------------------------------------------------------------- connecting

async function open(factory: AdapterFactory, target: DatabaseUrl): Promise<SqlDriverAdapter> {
  try {
    const adapter = await factory.connect();
    await texts(adapter, 'SELECT 1');
    return adapter;
  } catch (error) {
    throw explain(error, target);
  }
}

async function run(adapter: SqlDriverAdapter, sql: string): Promise<void> {
  await adapter.executeRaw({ sql, args: [], argTypes: [] });
}

/** The first column of every row. */
async function texts(adapter: SqlDriverAdapter, sql: string): Promise<string[]> {
  const { rows } = await adapter.queryRaw({ sql, args: [], argTypes: [] });
  return rows.map(([first]) => String(first));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
