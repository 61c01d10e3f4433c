/** The database: one way to read, one way to write, the same on SQLite and PostgreSQL. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createKeyedSemaphore } from '../../concurrency/keyed-semaphore.ts';
import { connectorOf, postgresPoolSize } from './connect.ts';
import type { Prisma, PrismaClient } from './generated/sqlite/client.ts';
import type { Dialect } from './url.ts';

/** What stores read with, and inside a transaction also write with. */
export type Queries = Prisma.TransactionClient;

export interface Database {
  readonly dialect: Dialect;
  /** Sees committed rows only; the database refuses every write through it. */
  readonly reader: Queries;
  /**
   * The only way to write: all of it or nothing. One at a time per `key`; waiting for a turn has no limit, the
   * transaction itself has 30 s. On PostgreSQL `work` may run again after a conflict with another process, so it
   * must do nothing but use `queries`.
   * @throws {Error} when called inside another transaction, which would wait for itself.
   */
  transaction<T>(key: string, work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How long a transaction may be open, and how long PostgreSQL may take to give a connection, in ms. */
const transactionLimits = { timeout: 30_000, maxWait: 30_000 };
const conflictTries = 5;

/**
 * Opens a database that has been migrated (see migrate.ts). Close it to end.
 *
 * Two clients, because the SQLite adapter does not keep a statement outside a transaction apart from an open
 * interactive transaction on the same connection: such a read would see uncommitted rows, and such a write would be
 * rolled back with it. The writer is therefore used through transactions only, in turns of our own, and reads
 * have a connection that cannot write.
 *
 * PostgreSQL transactions are READ COMMITTED and begin by locking the guild's row (stores.ts): everything that must
 * not interleave belongs to one guild, so this gives the same order as SERIALIZABLE for what we do, without its
 * false alarms between guilds.
 * @throws {DatabaseUnusable} when the URL is not understood.
 */
export async function openDatabase(url: string): Promise<Database> {
  const { target, factory: writing } = connectorOf(url, 'write');
  const { factory: reading } = connectorOf(url, 'read');
  const Client = await loadClient(target.dialect);
  const writer = new Client({
    adapter: writing,
    errorFormat: 'minimal',
    transactionOptions: transactionLimits,
  });
  await writer.$connect();
  const reader = new Client({ adapter: reading, errorFormat: 'minimal' });
  await reader.$connect();

  // SQLite has one writer at a time anyway. PostgreSQL: never more than there are connections, so that
  // nobody waits for one with the clock running.
  const semaphore = createKeyedSemaphore(target.dialect === 'sqlite' ? 1 : postgresPoolSize);
  const inside = new AsyncLocalStorage<{ open: boolean }>();

  return {
    dialect: target.dialect,
    reader,
    transaction(key, work) {
      if (inside.getStore()?.open)
        throw new Error('A transaction inside a transaction would wait for itself.');
      return semaphore.take(key, async () => {
        // Closed at the end, because what the work leaves running (a timer) may well write later.
        const transaction = { open: true };
        try {
          return await inside.run(transaction, () =>
            retryConflicts(() => writer.$transaction((queries) => work(queries))),
          );
        } finally {
          transaction.open = false;
        }
      });
    },
    async close() {
      await reader.$disconnect();
      await writer.$disconnect();
    },
  };
}

/** Loads the client of one database; the other one's query compiler is not read at all. */
async function loadClient(dialect: Dialect): Promise<typeof PrismaClient> {
  if (dialect === 'sqlite') return (await import('./generated/sqlite/client.ts')).PrismaClient;
  const { PrismaClient: Postgres } = await import('./generated/postgresql/client.ts');
  // The one cast between the two clients: they are generated from the same models (a test compares them), and
  // differ in type only by options that SQLite lacks.
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

/** P2034: deadlock or serialization failure; the transaction was rolled back and may be tried again. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2034';
}
