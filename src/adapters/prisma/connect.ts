/** Driver adapters for both databases: how a connection is opened, and what it may do. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { type DatabaseUrl, parseDatabaseUrl } from './url.ts';

/** Connections in each PostgreSQL pool. */
export const postgresPoolSize = 10;

/**
 * What a connection is for.
 * - `write`: interactive transactions, and nothing else.
 * - `read`: the database itself refuses every write.
 * - `migrate`: one connection, foreign keys off on SQLite (a table is altered there by copying it).
 * - `diff`: for developers, on an empty database in which the engine may replay the migrations.
 */
export type Role = 'write' | 'read' | 'migrate' | 'diff';

/** Milliseconds that SQLite waits for another process (a backup tool, `sqlite3`) to let go of the file. */
const busyTimeoutMs = 5_000;
/** How many values one SQLite statement may carry. Prisma assumes 999 and would refuse long lists of ids. */
const sqliteMaxValues = 32_766;
/** Milliseconds until an unreachable PostgreSQL is called unreachable. */
const connectTimeoutMs = 10_000;

// WAL: readers and the writer do not wait for each other. FULL: what is committed survives a power cut; the
// default of WAL would be NORMAL, which may lose the last transactions, and with them the record of an access change.
const sqlitePragmas: Record<Role, readonly string[]> = {
  write: ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON'],
  read: ['synchronous = FULL', 'foreign_keys = ON', 'query_only = ON'],
  migrate: ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = OFF'],
  diff: [],
};

export type AdapterFactory = SqlMigrationAwareDriverAdapterFactory;

/**
 * A driver adapter for this DATABASE_URL and role. Opens nothing yet; the folder of a SQLite file is made.
 * @throws {DatabaseUnusable} when the URL is not understood.
 */
export function connectorOf(
  url: string,
  role: Role,
): { readonly target: DatabaseUrl; readonly factory: AdapterFactory } {
  const target = parseDatabaseUrl(url);
  const factory =
    target.dialect === 'sqlite' ? sqliteFactory(target.path, role) : postgresFactory(target.url, role);
  return { target, factory };
}

function sqliteFactory(path: string, role: Role): AdapterFactory {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const inner = new PrismaBetterSqlite3({ url: `file:${path}`, timeout: busyTimeoutMs });
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    async connectToShadowDb() {
      const adapter = await inner.connectToShadowDb();
      // The engine replays whole migrations through executeRaw, which takes one statement only here.
      adapter.executeRaw = async ({ sql }) => {
        await adapter.executeScript(sql);
        return 0;
      };
      return adapter;
    },
    // The adapter has no setting for PRAGMAs; they belong to a connection, so they are run on each as it opens.
    async connect() {
      const adapter = await inner.connect();
      try {
        await adapter.executeScript(sqlitePragmas[role].map((pragma) => `PRAGMA ${pragma};`).join('\n'));
      } catch (error) {
        await adapter.dispose();
        throw error;
      }
      adapter.getConnectionInfo = () => ({ maxBindValues: sqliteMaxValues, supportsRelationJoins: false });
      return adapter;
    },
  };
}

function postgresFactory(url: URL, role: Role): AdapterFactory {
  const address = new URL(url);
  if (role === 'read') {
    // In the URL, because what it says there wins over a setting of the pool.
    const options = address.searchParams.get('options');
    address.searchParams.set('options', `${options ?? ''} -c default_transaction_read_only=on`.trim());
  }
  const inner = new PrismaPg({
    connectionString: address.href,
    application_name: `usher ${role}`,
    max: role === 'migrate' || role === 'diff' ? 1 : postgresPoolSize,
    connectionTimeoutMillis: connectTimeoutMs,
  });
  return role === 'diff' ? describable(inner) : inner;
}

/**
 * The engine's look at a PostgreSQL schema reads columns of type "char", which this driver adapter does not know
 * (prisma/orm#27403): they are cast on the way out and named on the way back. The engine's shadow database is the
 * empty one it was given, because the adapter's own way to make one does not work with a connection string, where
 * the database name of the string wins.
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
