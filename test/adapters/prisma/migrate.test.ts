import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { schemaFor } from '../../../prisma/schemas.ts';
import { backUpTo } from '../../../src/adapters/backup/backups.ts';
import { restore } from '../../../src/adapters/backup/restore.ts';
import { systemClock } from '../../../src/adapters/clock.ts';
import { openDatabase } from '../../../src/adapters/prisma/client.ts';
import { connectorOf } from '../../../src/adapters/prisma/connect.ts';
import { migrateDatabase } from '../../../src/adapters/prisma/migrate.ts';
import {
  diffScript,
  migrationsFolder,
  readMigrations,
  schemaTarget,
  withSchemaEngine,
} from '../../../src/adapters/prisma/schema-engine.ts';
import type { Dialect } from '../../../src/adapters/prisma/url.ts';
import {
  type PostgresServer,
  startPostgres,
  type TemporaryDatabase,
  temporarySqlite,
} from '../../support/databases.ts';
import { ann, here } from '../../support/people.ts';

let server: PostgresServer;
let folder: string;
let database: TemporaryDatabase;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-migrations-'));
  await cp(migrationsFolder, folder, { recursive: true });
});
afterEach(async () => {
  await database.remove();
  await rm(folder, { recursive: true, force: true });
});

/** Where it is not about what is in it. */
const backUp = (_from: string, to: string) => writeFile(to, '');

const pathOf = (url: string) => url.slice('file:'.length);
const names = (dialect: Dialect) => readMigrations(dialect).migrationDirectories.map(({ path }) => path);

async function addMigration(dialect: Dialect, name: string, sql: string): Promise<void> {
  await mkdir(join(folder, dialect, name), { recursive: true });
  await writeFile(join(folder, dialect, name, 'migration.sql'), sql);
}

describe.each<Dialect>(['sqlite', 'postgresql'])('%s', (dialect) => {
  beforeEach(async () => {
    database = dialect === 'sqlite' ? await temporarySqlite() : await server.createDatabase();
  });

  const guildsIn = async () => {
    const db = await openDatabase(database.url, systemClock);
    const guilds = await db.reader.guild.findMany({ select: { id: true } });
    await db.close();
    return guilds.map(({ id }) => id);
  };
  const addGuild = async (id: string) => {
    const db = await openDatabase(database.url, systemClock);
    // By hand: the client would name columns that an older schema does not have.
    await db.transaction(id, (queries) =>
      queries.$executeRawUnsafe(`INSERT INTO "Guild" ("id") VALUES ('${id}')`),
    );
    await db.close();
  };

  it('migrates an empty database once, with a history that Prisma knows', async () => {
    expect(await migrateDatabase(database.url, systemClock)).toEqual({ applied: names(dialect) });
    expect(await migrateDatabase(database.url, systemClock)).toEqual({ applied: [] });
    const { factory } = await connectorOf(database.url, 'migrate', systemClock);
    const said = await withSchemaEngine(factory, (engine) =>
      engine.diagnoseMigrationHistory({
        migrationsList: readMigrations(dialect),
        optInToShadowDatabase: false,
        filters: { externalTables: [], externalEnums: [] },
      }),
    );
    expect(said).toEqual({
      editedMigrationNames: [],
      failedMigrationNames: [],
      hasMigrationsTable: true,
      history: null,
    });
  });

  it('has migrations that lead exactly to the schema', async () => {
    const missing = await withSchemaEngine(
      (await connectorOf(database.url, 'diff', systemClock)).factory,
      (engine) =>
        diffScript(
          engine,
          { tag: 'migrations', ...readMigrations(dialect) },
          schemaTarget(schemaFor(dialect)),
        ),
    );
    expect(missing, 'run `npm run migrate:new NAME`').toBeUndefined();
  });

  it('applies what is new and keeps what is there', async () => {
    await migrateDatabase(database.url, systemClock, { folder, backUp });
    await addGuild(here);
    await addMigration(dialect, '99990101000000_more', 'ALTER TABLE "Guild" ADD COLUMN "more" TEXT;');
    expect((await migrateDatabase(database.url, systemClock, { folder, backUp })).applied).toEqual([
      '99990101000000_more',
    ]);
    expect(await guildsIn()).toEqual([here]);
  });

  it('finds what an older version owed to Discord, each in the line of its kind', async () => {
    for (const name of names(dialect).filter((name) => name >= '20261127105000_fair_turns'))
      await rm(join(folder, dialect, name), { recursive: true });
    await migrateDatabase(database.url, systemClock, { folder, backUp });
    await addGuild(here);
    const rows = [
      ['line 1', 'channel', 'c', 1, 'audit', 'sent'],
      ['line 2', 'channel', 'c', 2, 'audit', 'owed'],
      ['alert 1', 'channel', 'c', 3, 'alert', 'owed'],
      ['line 3', 'channel', 'c', 4, 'audit', 'owed'],
      ['role 1', 'dm', ann, 1, 'role', 'owed'],
      ['dm 1', 'dm', ann, 2, 'notice', 'owed'],
      ['dm 2', 'dm', ann, 3, 'notice', 'owed'],
    ];
    const old = await openDatabase(database.url, systemClock);
    await old.transaction(here, async (queries) => {
      for (const [id, kind, sink, sequence, content, state] of rows)
        await queries.$executeRawUnsafe(
          `INSERT INTO "Delivery" ("guildId", "id", "kind", "sink", "sequence", "content", "state", "dueAt")
           VALUES ('${here}', '${id}', '${kind}', '${sink}', ${sequence}, '{"kind":"${content}"}', '${state}', '2026-01-01T00:00:00.000+00:00')`,
        );
    });
    await old.close();
    await migrateDatabase(database.url, systemClock, { backUp });
    const db = await openDatabase(database.url, systemClock);
    const found = await db.reader.delivery.findMany({
      where: { lane: { not: null } },
      orderBy: { id: 'asc' },
    });
    await db.close();
    expect(found.map(({ id, kind, lane }) => [id, kind, lane])).toEqual([
      ['alert 1', 'alert', `alert ${here}`],
      ['dm 1', 'dm', `dm ${here}`],
      ['line 2', 'audit', `audit ${here}`],
      ['role 1', 'role', `role ${here}`],
    ]);
  });

  it('undoes a migration that fails, says so, and tries again next time', async () => {
    await migrateDatabase(database.url, systemClock, { folder, backUp });
    await addGuild(here);
    const name = '99990101000000_bad';
    await addMigration(dialect, name, `DELETE FROM "Guild";\nINSERT INTO "Nothing" VALUES (1);`);
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(migrateDatabase(database.url, systemClock, { folder, backUp })).rejects.toThrow(
        /it is as it was\. Migration 99990101000000_bad failed/,
      );
      expect(await guildsIn()).toEqual([here]);
    }
    await addMigration(dialect, name, 'ALTER TABLE "Guild" ADD COLUMN "more" TEXT;');
    expect((await migrateDatabase(database.url, systemClock, { folder, backUp })).applied).toEqual([name]);
  });

  it('takes up a migration that was cut off', async () => {
    await migrateDatabase(database.url, systemClock, { folder, backUp });
    const db = await openDatabase(database.url, systemClock);
    await db.transaction('x', (queries) =>
      queries.$executeRawUnsafe(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count)
         VALUES ('x', 'x', '99990101000000_more', '2026-01-01T00:00:00.000+00:00', 0)`,
      ),
    );
    await db.close();
    await addMigration(dialect, '99990101000000_more', 'ALTER TABLE "Guild" ADD COLUMN "more" TEXT;');
    expect((await migrateDatabase(database.url, systemClock, { folder, backUp })).applied).toEqual([
      '99990101000000_more',
    ]);
    expect((await migrateDatabase(database.url, systemClock, { folder, backUp })).applied).toEqual([]);
  });

  it('refuses a database that a newer program made, and one of somebody else', async () => {
    await addMigration(dialect, '99990101000000_newer', 'ALTER TABLE "Guild" ADD COLUMN "more" TEXT;');
    await migrateDatabase(database.url, systemClock, { folder, backUp });
    await expect(migrateDatabase(database.url, systemClock)).rejects.toThrow(
      /is newer than this program: it has 99990101000000_newer\. Start the version/,
    );
    const other = dialect === 'sqlite' ? await temporarySqlite() : await server.createDatabase();
    const adapter = await (await connectorOf(other.url, 'migrate', systemClock)).factory.connect();
    await adapter.executeScript('CREATE TABLE theirs (id INTEGER);');
    await adapter.dispose();
    await expect(migrateDatabase(other.url, systemClock)).rejects.toThrow(/tables that Usher did not make/);
    await other.remove();
  });
});

describe('SQLite', () => {
  beforeEach(async () => {
    database = await temporarySqlite();
  });

  it('is backed up before a migration when it holds data, and an older version puts that back', async () => {
    const path = pathOf(database.url);
    const backups = async () => (await readdir(dirname(path))).filter((name) => name.endsWith('.db.gz'));
    const before = (from: string, to: string) =>
      backUpTo({ from, to, madeAt: '2026-11-27T12:00:00.000Z', version: '1.2.3' });
    const migrate = () => migrateDatabase(database.url, systemClock, { folder, backUp: before });
    const oldest = names('sqlite').at(0) ?? '';
    for (const name of names('sqlite').slice(1)) await rm(join(folder, 'sqlite', name), { recursive: true });
    await migrateDatabase(database.url, systemClock, { folder });
    expect(await backups()).toEqual([]);
    await expect(migrateDatabase(database.url, systemClock)).rejects.toThrow('nobody who makes a backup');

    await addMigration('sqlite', '99990101000000_bad', 'INSERT INTO "Nothing" VALUES (1);');
    await expect(migrate()).rejects.toThrow(`A copy from before is in ${path}.before-`);
    await addMigration('sqlite', '99990101000000_bad', 'DELETE FROM "Guild";');
    const { backup } = await migrate();
    expect(backup).toBe(`${path}.before-99990101000000_bad-2.db.gz`);
    expect((await stat(backup ?? '')).mode & 0o777).toBe(0o600);
    const { manifest } = await restore({
      ...{ file: backup ?? '', database: path, known: [oldest], now: new Date(0) },
      checkKey: async () => {},
    });
    expect(manifest).toMatchObject({ version: '1.2.3', schema: oldest });

    // As many as there are room for: the newest.
    for (const number of [1, 2, 3]) {
      await addMigration(
        'sqlite',
        `9999010100000${number}_more`,
        `ALTER TABLE "Guild" ADD COLUMN "n${number}" TEXT;`,
      );
      await migrateDatabase(database.url, systemClock, { folder, backUp });
    }
    expect(await backups()).toHaveLength(3);
    expect(await backups()).toContain('usher.db.before-99990101000003_more.db.gz');
  });

  it('is not touched while no backup can be made', async () => {
    await migrateDatabase(database.url, systemClock, { folder });
    await addMigration('sqlite', '99990101000000_more', 'ALTER TABLE "Guild" ADD COLUMN "more" TEXT;');
    const full = async () => {
      throw new Error('ENOSPC: no space left on device');
    };
    const before = readFileSync(pathOf(database.url));
    await expect(migrateDatabase(database.url, systemClock, { folder, backUp: full })).rejects.toThrow(
      /the disk is full\. Make room/,
    );
    expect(readFileSync(pathOf(database.url))).toEqual(before);
  });

  it('keeps rows that refer to a table which a migration copies, and refuses rows left without a parent', async () => {
    await migrateDatabase(database.url, systemClock, { folder, backUp });
    const db = await openDatabase(database.url, systemClock);
    await db.transaction(here, async (queries) => {
      await queries.guild.create({ data: { id: here } });
      await queries.member.create({ data: { guildId: here, userId: ann } });
    });
    await db.close();
    const copy = 'CREATE TABLE new AS SELECT * FROM "Guild"; DROP TABLE "Guild";';
    await addMigration(
      'sqlite',
      '99990101000000_orphans',
      `${copy} CREATE TABLE "Guild" ("id" TEXT PRIMARY KEY);`,
    );
    await expect(migrateDatabase(database.url, systemClock, { folder, backUp })).rejects.toThrow(
      'rows without their parent in Member',
    );
    await addMigration(
      'sqlite',
      '99990101000000_orphans',
      `PRAGMA foreign_keys=OFF; ${copy} CREATE TABLE "Guild" ("id" TEXT NOT NULL PRIMARY KEY, "zone" TEXT);
       INSERT INTO "Guild" SELECT "id", "zone" FROM new; DROP TABLE new; PRAGMA foreign_keys=ON;`,
    );
    expect((await migrateDatabase(database.url, systemClock, { folder, backUp })).applied).toHaveLength(1);
    const again = await openDatabase(database.url, systemClock);
    expect(await again.reader.member.count()).toBe(1);
    await again.close();
  });

  it('has its PRAGMAs on both connections', async () => {
    await migrateDatabase(database.url, systemClock);
    const db = await openDatabase(database.url, systemClock);
    const pragmas = async (queries: typeof db.reader) => {
      const values: Record<string, string> = {};
      for (const name of ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'query_only']) {
        const [row] = await queries.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`);
        values[name] = String(Object.values(row ?? {})[0]);
      }
      return values;
    };
    const common = { journal_mode: 'wal', synchronous: '2', foreign_keys: '1', busy_timeout: '5' };
    expect(await db.transaction('x', pragmas)).toEqual({ ...common, query_only: '0' });
    expect(await pragmas(db.reader)).toEqual({ ...common, query_only: '1' });
    await db.close();
  });

  it('says what is wrong with a file that is none, or that cannot be opened', async () => {
    const path = pathOf(database.url);
    await writeFile(path, 'this is a letter to my aunt, and it is long enough to have a header'.repeat(40));
    await expect(migrateDatabase(database.url, systemClock)).rejects.toThrow(
      `${path} is not a SQLite database`,
    );
    await rm(path);
    await mkdir(path);
    await expect(migrateDatabase(database.url, systemClock)).rejects.toThrow(
      `${path} cannot be opened for writing`,
    );
    await expect(migrateDatabase('mysql://user:secret@host/db', systemClock)).rejects.toThrow(
      /^DATABASE_URL is not understood/,
    );
    await expect(migrateDatabase('mysql://user:secret@host/db', systemClock)).rejects.not.toThrow('secret');
  });

  it('makes its folder', async () => {
    const deeper = `file:${join(dirname(pathOf(database.url)), 'a', 'b', 'usher.db')}`;
    await migrateDatabase(deeper, systemClock);
    expect(existsSync(pathOf(deeper))).toBe(true);
  });
});

describe('PostgreSQL', () => {
  beforeEach(async () => {
    database = await server.createDatabase();
  });

  it('is migrated by one of many processes that start at once', async () => {
    const reports = await Promise.all(
      Array.from({ length: 6 }, () => migrateDatabase(database.url, systemClock)),
    );
    expect(reports.flatMap(({ applied }) => applied)).toEqual(names('postgresql'));
  });

  it('keeps others out for as long as a migration takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const connect = async () =>
      await (await connectorOf(database.url, 'migrate', systemClock)).factory.connect();
    const ask = async (adapter: SqlDriverAdapter, sql: string) =>
      (await adapter.queryRaw({ sql, args: [], argTypes: [] })).rows;
    const adapter = await connect();
    await ask(adapter, 'SELECT pg_advisory_lock(1)::text');
    // Longer than connections without work are kept.
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    const other = await connect();
    expect(await ask(other, 'SELECT pg_try_advisory_lock(1)')).toEqual([[false]]);
    await adapter.dispose();
    await other.dispose();
  });

  it.each<[string, { port?: string; password?: string; pathname?: string }, RegExp]>([
    ['nobody listens', { port: '1' }, /cannot be reached at 127\.0\.0\.1:1\/usher_\d+\. Check/],
    ['the password is wrong', { password: 'topsecret' }, /does not accept the user or the password/],
    ['there is no such database', { pathname: '/none' }, /There is no database .*\/none\. Create it/],
  ])('says so when %s, and shows no password', async (_name, change, words) => {
    const url = new URL(database.url);
    Object.assign(url, change);
    const failed = migrateDatabase(url.href, systemClock);
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.not.toThrow(url.password);
  });
});

describe('the schema', () => {
  beforeEach(async () => {
    database = await temporarySqlite();
  });

  const models = (schema: string) => schema.slice(schema.indexOf('/// Facts about this installation'));

  it('has the same models for both databases, and one place for them', () => {
    expect(models(schemaFor('postgresql'))).toBe(models(schemaFor('sqlite')));
    expect(schemaFor('postgresql')).toContain('provider = "postgresql"');
    const fields = (dialect: Dialect) => {
      const file = `../../../src/adapters/prisma/generated/${dialect}/internal/class.ts`;
      const [line] =
        readFileSync(new URL(file, import.meta.url), 'utf8').match(/config\.runtimeDataModel = .*/) ?? [];
      return line;
    };
    expect(fields('sqlite')).toBeDefined();
    expect(fields('postgresql')).toBe(fields('sqlite'));
  });

  it('has the same migrations for both databases', () => {
    const folders = (dialect: Dialect) =>
      readdirSync(join(migrationsFolder, dialect)).filter((name) => name !== 'migration_lock.toml');
    expect(folders('sqlite')).toEqual(folders('postgresql'));
  });

  it('documents every table and column, and puts the guild first in every key', () => {
    const lines = schemaFor('sqlite').split('\n');
    const bare = lines.filter(
      (line, n) =>
        /^(model | {2}\w+ +(String|Int|Boolean|DateTime)\b)/.test(line) &&
        !/^ *\/\/\//.test(lines[n - 1] ?? ''),
    );
    expect(bare).toEqual([]);
    const keys = lines.filter((line) => line.includes('@@id('));
    expect(keys.filter((line) => !line.includes('@@id([guildId, '))).toEqual([]);
  });
});
