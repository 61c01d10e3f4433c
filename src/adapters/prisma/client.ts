/** The database: one way to read and one way to write, the same for SQLite and PostgreSQL. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Clock } from '../../app/ports/time.ts';
import { createKeyedSemaphore } from '../../concurrency/keyed-semaphore.ts';
import { whenQuiet } from '../../concurrency/when-quiet.ts';
import { type AdapterFactory, connectorOf, postgresPoolSize } from './connect.ts';
import type { Prisma, PrismaClient } from './generated/sqlite/client.ts';
import type { Dialect } from './url.ts';

/** For reading, and inside a transaction also for writing. */
export type Queries = Prisma.TransactionClient;

export interface Database {
  readonly dialect: Dialect;
  /** Sees committed rows only. The database refuses every write through it. */
  readonly reader: Queries;
  /**
   * The only way to write: everything that `work` does is committed, or nothing. Transactions with the same `key`
   * run one after another. Waiting for that has no time limit; the transaction itself has 30 s. On PostgreSQL
   * `work` may run again after a conflict with another process, so it must do nothing but use `queries`.
   * @throws {Error} when called inside another transaction, which would wait for itself.
   */
  transaction<T>(key: string, work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Whether a transaction waits now because another program has locked the database. */
  isLocked(): boolean;
  close(): Promise<void>;
}

/**
 * How long a transaction may be open, and how long it may take to begin: until PostgreSQL gives a connection, or a
 * SQLite file is free (file-lock.ts has less patience than this), in ms.
 */
const transactionLimits = { timeout: 30_000, maxWait: 60_000 };
const conflictTries = 5;
/**
 * When nothing was written for so long, what is in the `-wal` file of SQLite is copied into the file itself, so that it
 * is complete for those who copy it alone while Usher runs.
 */
const QUIET_MS = 20_000;

/**
 * Opens a database that has been migrated already (see migrate.ts). Close it to end.
 *
 * There are two connections because of the SQLite adapter. It does not keep statements apart from an interactive
 * transaction that is open on the same connection: a read would see uncommitted rows, and a write would be rolled
 * back together with the transaction. The writer is therefore used for transactions only, one at a time, and reads
 * have a connection that cannot write. The client before them is one, because each takes 10 MB.
 *
 * PostgreSQL transactions are READ COMMITTED and begin by locking the row of their guild (stores.ts). Everything
 * that must not interleave belongs to one guild, so for our writes this is as good as SERIALIZABLE, without its
 * false conflicts between guilds.
 * @throws {DatabaseUnusable} when the URL is not understood.
 */
export async function openDatabase(url: string, clock: Clock, makeClient = newClient): Promise<Database> {
  const { target, factory: writing, isLocked } = await connectorOf(url, 'write', clock);
  const { factory: reading } = await connectorOf(url, 'read', clock);
  const inside = new AsyncLocalStorage<Turn>();
  const { factory, writer } = joined(reading, writing, () => begin(inside.getStore()));
  const client = await makeClient(target.dialect, factory);
  await client.$connect();

  // SQLite has one writer at a time anyway. On PostgreSQL there are never more transactions than connections,
  // because waiting for a connection counts towards the time limit of a transaction.
  const semaphore = createKeyedSemaphore(target.dialect === 'sqlite' ? 1 : postgresPoolSize);
  const quiet = whenQuiet(clock, QUIET_MS, async () => {
    if (target.dialect !== 'sqlite') return;
    // It takes its turn, because a transaction may be open on this connection. PASSIVE waits for nobody. What fails
    // is tried again after the next transaction: everything is in `-wal` as before.
    const checkpoint = async () =>
      await writer()?.queryRaw({ sql: 'PRAGMA wal_checkpoint(PASSIVE)', args: [], argTypes: [] });
    await semaphore.take('checkpoint', checkpoint).catch(() => undefined);
  });

  return {
    dialect: target.dialect,
    reader: client,
    transaction(key, work) {
      if (inside.getStore()?.open)
        throw new Error('A transaction inside a transaction would wait for itself.');
      return semaphore.take(key, async () => {
        try {
          return await retryConflicts(async () => {
            // Marked as closed at the end, because a timer that `work` started may begin a transaction of its own
            // later.
            const turn: Turn = { open: true, begun: false };
            try {
              return await inside.run(turn, () => client.$transaction((queries) => work(queries)));
            } finally {
              turn.open = false;
            }
          });
        } finally {
          quiet.disturb();
        }
      });
    },
    isLocked,
    async close() {
      quiet.stop();
      await client.$disconnect();
    },
  };
}

/** One transaction of ours, as it is known to whatever it calls. */
interface Turn {
  open: boolean;
  /** Its connection has been taken. */
  begun: boolean;
}

/** Prisma begins transactions of its own for some writes: those are no way around `transaction`. */
function begin(turn: Turn | undefined): void {
  if (!turn?.open || turn.begun) throw new Error('The database is read-only outside of its transactions.');
  turn.begun = true;
}

/** Statements go to the one connection, transactions to the other. */
function joined(reading: AdapterFactory, writing: AdapterFactory, onBegin: () => void) {
  let writer: SqlDriverAdapter | undefined;
  const factory = {
    provider: reading.provider,
    adapterName: reading.adapterName,
    async connect() {
      const write = await writing.connect();
      const read = await reading.connect();
      const dispose = read.dispose.bind(read);
      writer = write;
      read.startTransaction = async (isolation) => {
        onBegin();
        return await write.startTransaction(isolation);
      };
      read.dispose = async () => {
        await dispose();
        await write.dispose();
      };
      return read;
    },
  };
  return { factory, writer: () => writer };
}

/** Makes a client that is not connected yet. */
export async function newClient(dialect: Dialect, adapter: SqlDriverAdapterFactory): Promise<PrismaClient> {
  const Client = await loadClient(dialect);
  return new Client({ adapter, errorFormat: 'minimal', transactionOptions: transactionLimits });
}

/** Loads the client of one database. The query compiler of the other one is not loaded at all. */
async function loadClient(dialect: Dialect): Promise<typeof PrismaClient> {
  if (dialect === 'sqlite') return (await import('./generated/sqlite/client.ts')).PrismaClient;
  const { PrismaClient: Postgres } = await import('./generated/postgresql/client.ts');
  // The only cast between the two clients. They are generated from the same models (a test compares them), and
  // their types differ only in options that SQLite lacks.
  return Postgres as unknown as typeof PrismaClient;
}

async function retryConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === conflictTries || !isConflict(error)) throw error;
    }
  }
}

/** P2034: a deadlock or a serialization failure. The transaction was rolled back and may be tried again. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2034';
}
