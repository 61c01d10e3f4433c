import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Queries } from '../../../src/adapters/prisma/client.ts';
import { isolationContract } from '../../contracts/isolation.ts';
import { outboxContract } from '../../contracts/outbox.ts';
import { resealContract } from '../../contracts/reseal.ts';
import { expectChain, storesContract } from '../../contracts/stores.ts';
import { dataStoresContract } from '../../contracts/stores-data.ts';
import { engineStoresContract } from '../../contracts/stores-engine.ts';
import { grantStoresContract } from '../../contracts/stores-grants.ts';
import { recordStoreContract } from '../../contracts/stores-record.ts';
import { serverStoresContract } from '../../contracts/stores-servers.ts';
import {
  migratedSqlite,
  type OpenStores,
  openMigrated,
  openStores,
  type PostgresServer,
  startPostgres,
  type TemporaryDatabase,
} from '../../support/databases.ts';
import { here } from '../../support/people.ts';

describe('SQLite', () => {
  contracts(fresh(migratedSqlite), 40);
});

describe('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  const open = fresh(() => server.createMigrated());
  contracts(open, 20);

  it('tries a transaction again that PostgreSQL broke off in a deadlock', async () => {
    const { db } = await open();
    const guilds = ['1', '2'];
    await db.transaction('x', (queries) => queries.guild.createMany({ data: guilds.map((id) => ({ id })) }));
    const bothHoldOne = Promise.withResolvers<void>();
    let holding = 0;
    let attempts = 0;
    const addTo = (queries: Queries, id = '') =>
      queries.guild.update({ where: { id }, data: { grantNumber: { increment: 1 } } });
    await Promise.all(
      [guilds, guilds.toReversed()].map(([first, second]) =>
        db.transaction(`${first} before ${second}`, async (queries) => {
          attempts += 1;
          await addTo(queries, first);
          holding += 1;
          if (holding === 2) bothHoldOne.resolve();
          await bothHoldOne.promise;
          await addTo(queries, second);
        }),
      ),
    );
    // One of the transactions, or both, had to be repeated.
    expect(attempts).toBeGreaterThan(2);
    expect((await db.reader.guild.findMany()).map(({ grantNumber }) => grantNumber)).toEqual([2, 2]);
  });

  it('keeps the numbers of a guild without gaps when two processes write at once', async () => {
    const database = await server.createMigrated();
    const processes = await Promise.all([openStores(database.url), openStores(database.url)]);
    const appended = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        processes[n % 2 === 0 ? 0 : 1].stores.transaction(here, ({ audit }) =>
          audit.append({ action: 'grant.created', actorId: null, facts: { grant: n }, at: new Date(0) }),
        ),
      ),
    );
    expect(new Set(appended.map(({ number }) => number)).size).toBe(60);
    await expectChain(processes[0], here, 60);
    for (const one of processes) await one.close();
    await database.remove();
  });
});

/** Each in a block of its own: what one opens before its tests is not opened for those of the others. */
function contracts(open: () => Promise<OpenStores>, isolationRuns: number): void {
  describe('stores', () => storesContract(open));
  describe('stores of servers', () => serverStoresContract(open));
  describe('stores of grants', () => grantStoresContract(open));
  describe('stores of what is kept', () => dataStoresContract(open));
  describe('stores of the record', () => recordStoreContract(open));
  describe('stores of the engine', () => engineStoresContract(open));
  describe('outbox', () => outboxContract(open));
  describe('what older versions have sealed', () => resealContract(open));
  describe('guild isolation', () => isolationContract(open, isolationRuns));
}

/** Opens a new database for each test, and closes and removes it afterwards. */
function fresh(make: () => Promise<TemporaryDatabase>): () => Promise<OpenStores> {
  const endings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  });
  return async () => {
    const database = await make();
    endings.push(database.remove);
    const stores = await openMigrated(database.url);
    endings.push(stores.close);
    return stores;
  };
}
