/** Driver adapters for both databases: how connections are opened and what they may do. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { Clock } from '../../app/ports/time.ts';
import { wordsOf } from './explain.ts';
import { FileLock } from './file-lock.ts';
import { createGiveWay, type GiveWay } from './give-way.ts';
import { DatabaseUnusable, type DatabaseUrl, parseDatabaseUrl } from './url.ts';

export const postgresPoolSize = 10;

/**
 * What a connection is for:
 * - `write`: interactive transactions only.
 * - `read`: the database refuses every write.
 * - `migrate`: one connection, on SQLite without foreign keys, because tables are altered by copying them.
 * - `diff`: for developers; an empty database in which the engine may replay the migrations.
 */
export type Role = 'write' | 'read' | 'migrate' | 'diff';

/** How long SQLite itself waits for a locked file, in ms. It stops the whole process meanwhile (see file-lock.ts). */
const busyTimeoutMs = 5;
/** How many values a SQLite statement may have. Prisma assumes 999 and would refuse long lists of ids. */
const sqliteMaxValues = 32_766;
/** How long to wait for a connection to PostgreSQL before giving up, in ms. */
const connectTimeoutMs = 10_000;
/** How long to wait for what is read from PostgreSQL. The longest reading, of a thousand events, takes some ms. */
const readTimeoutMs = 30_000;

// WAL: readers and the writer do not wait for each other. FULL: committed transactions survive a power cut. The
// usual setting with WAL is NORMAL, which may lose the last ones, and with them the record of an access change.
const sqlitePragmas: Record<Role, readonly string[]> = {
  write: ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON'],
  read: ['synchronous = FULL', 'foreign_keys = ON', 'query_only = ON'],
  migrate: ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = OFF'],
  diff: [],
};

export type AdapterFactory = SqlMigrationAwareDriverAdapterFactory;

export interface Connector {
  readonly target: DatabaseUrl;
  readonly factory: AdapterFactory;
  /** Whether something waits now because another program has locked the file. */
  readonly isLocked: () => boolean;
}

/**
 * A driver adapter for a DATABASE_URL and a role. Opens no connection yet; the folder of a SQLite file is created. The
 * driver of the other database is not loaded.
 * @throws {DatabaseUnusable} when the URL is not understood, or the folder cannot be made.
 */
export async function connectorOf(url: string, role: Role, clock: Clock): Promise<Connector> {
  const target = parseDatabaseUrl(url);
  if (target.dialect !== 'sqlite')
    return { target, factory: await postgresFactory(target.url, role), isLocked: () => false };
  const lock = new FileLock(clock);
  const patience = { lock, giveWay: createGiveWay(clock) };
  const factory = await sqliteFactory(target.path, role, patience);
  return { target, factory, isLocked: () => lock.isWaitedFor };
}

/** @throws {DatabaseUnusable} when it cannot be made. */
export function makeFolderOf(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DatabaseUnusable(`The folder of the database cannot be made: ${wordsOf(error)}.`, {
      cause: error,
    });
  }
}

/** What statements wait for before they run. */
interface Patience {
  readonly lock: FileLock;
  readonly giveWay: GiveWay;
}

async function sqliteFactory(path: string, role: Role, patience: Patience): Promise<AdapterFactory> {
  makeFolderOf(path);
  const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3');
  const inner = new PrismaBetterSqlite3({ url: `file:${path}`, timeout: busyTimeoutMs });
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    async connectToShadowDb() {
      const adapter = await inner.connectToShadowDb();
      // The engine replays whole migrations through executeRaw, which takes only one statement with this adapter.
      adapter.executeRaw = async ({ sql }) => {
        await adapter.executeScript(sql);
        return 0;
      };
      return adapter;
    },
    // The adapter has no setting for PRAGMAs. They belong to a connection, so they are executed on each new one.
    async connect() {
      const adapter = await inner.connect();
      try {
        const pragmas = sqlitePragmas[role].map((pragma) => `PRAGMA ${pragma};`).join('\n');
        await patience.lock.whenFree(() => adapter.executeScript(pragmas));
      } catch (error) {
        await adapter.dispose();
        throw error;
      }
      adapter.getConnectionInfo = () => ({ maxBindValues: sqliteMaxValues, supportsRelationJoins: false });
      return waitingFor(patience, adapter);
    },
  };
}

/**
 * The same connection, on which everything waits for the lock without stopping the process, and many statements do not
 * stop it either. A transaction takes the lock when it begins, so that nothing in it has to wait, and nothing of it is
 * done twice.
 */
function waitingFor({ lock, giveWay }: Patience, adapter: SqlDriverAdapter): SqlDriverAdapter {
  const givingWay = <T extends Pick<SqlDriverAdapter, 'queryRaw' | 'executeRaw'>>(to: T): T => {
    const [queryRaw, executeRaw] = [to.queryRaw.bind(to), to.executeRaw.bind(to)];
    to.queryRaw = (query) => giveWay(() => queryRaw(query));
    to.executeRaw = (query) => giveWay(() => executeRaw(query));
    return to;
  };
  givingWay(adapter);
  const [queryRaw, executeRaw] = [adapter.queryRaw.bind(adapter), adapter.executeRaw.bind(adapter)];
  const executeScript = adapter.executeScript.bind(adapter);
  adapter.queryRaw = (query) => lock.whenFree(() => queryRaw(query));
  adapter.executeRaw = (query) => lock.whenFree(() => executeRaw(query));
  adapter.executeScript = (script) => lock.whenFree(() => executeScript(script));
  const startTransaction = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (isolation) => {
    const transaction = await startTransaction(isolation);
    const run = (sql: string) => transaction.executeRaw({ sql, args: [], argTypes: [] });
    try {
      // The adapter's BEGIN takes no lock, and if it failed, no other transaction could begin any more.
      await run('COMMIT');
      await lock.whenFree(() => run('BEGIN IMMEDIATE'));
      return givingWay(transaction);
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  };
  return adapter;
}

async function postgresFactory(url: URL, role: Role): Promise<AdapterFactory> {
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const address = new URL(url);
  if (role === 'read') {
    // Set in the URL, because options in the URL override the settings of the pool.
    const options = address.searchParams.get('options');
    address.searchParams.set('options', `${options ?? ''} -c default_transaction_read_only=on`.trim());
  }
  // By this name others know that Usher runs (one-process.ts), so it is not the one that the URL may have.
  address.searchParams.set('application_name', `usher ${role}`);
  const isSingle = role === 'migrate' || role === 'diff';
  const inner = new PrismaPg({
    connectionString: address.href,
    max: isSingle ? 1 : postgresPoolSize,
    // Seen as running also while nothing is written.
    min: role === 'write' ? 1 : 0,
    // A lock that a connection holds would go with it, in the middle of a migration that takes its time.
    ...(isSingle && { idleTimeoutMillis: 0 }),
    connectionTimeoutMillis: connectTimeoutMs,
    // A connection that a network has lost is found out, and whoever reads does not wait for a quarter of an hour.
    keepAlive: true,
    ...(role === 'read' && { query_timeout: readTimeoutMs }),
  });
  return role === 'diff' ? describable(inner) : inner;
}

/**
 * The engine reads columns of type "char" when it inspects a PostgreSQL schema, and this driver adapter does not
 * know that type (prisma/orm#27403): the columns are cast in the query and renamed in the result. As its shadow
 * database the engine gets the empty database itself: the adapter's own way of making one fails with a connection
 * string, because the database named in the string wins.
 */
function describable(inner: PrismaPg): AdapterFactory {
  async function connect(): Promise<SqlDriverAdapter> {
    const adapter = await inner.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw({ ...query, sql: query.sql.replace(charExpressions, '$&::text') });
      const columnTypes = result.columnTypes.map((type, index) =>
        charColumns.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  }
  return { provider: inner.provider, adapterName: inner.adapterName, connect, connectToShadowDb: connect };
}

const charExpressions = /\b(constr\.contype(?= AS)|con\.conf(del|upd)type(?=,))/g;
const charColumns = new Set(['constraint_type', 'confdeltype', 'confupdtype']);
