import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import { openDatabase } from '../../../src/adapters/prisma/client.ts';
import { createWriteProof } from '../../../src/adapters/prisma/storage-check.ts';
import { createStores } from '../../../src/adapters/prisma/stores.ts';
import { DatabaseAway, DatabaseUnusable } from '../../../src/adapters/prisma/url.ts';
import { FakeClock } from '../../support/clock.ts';
import { migratedSqlite, type PostgresServer, startPostgres } from '../../support/databases.ts';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function proofOn(url: string, clock = new FakeClock()) {
  const db = await openDatabase(url, systemClock);
  const { installation } = createStores(db, { newId: () => 'x' }).stores;
  return { proof: createWriteProof(url, installation, clock), installation, close: () => db.close() };
}

it.each(['SQLite', 'PostgreSQL'])(
  'on %s is a write, of two seconds ago at most for who asks often',
  async (kind) => {
    const database = await (kind === 'SQLite' ? migratedSqlite() : postgres.createMigrated());
    const clock = new FakeClock();
    const { proof, installation, close } = await proofOn(database.url, clock);
    const written = async () => {
      const at = await installation.find('database.written');
      return at && (Date.parse(at) - start) / 1000;
    };
    const start = clock.now().getTime();
    expect([await proof.look(), await written()]).toEqual([undefined, 0]);
    clock.advance(1_000);
    expect([await proof.look(), await written()]).toEqual([undefined, 0]);
    expect([await proof.look('now'), await written()]).toEqual([undefined, 1]);
    clock.advance(2_000);
    expect([await proof.look(), await written()]).toEqual([undefined, 3]);
    await close();
    await database.remove();
  },
);

it('says what PostgreSQL says when it takes no writes, and when it does not answer, without the password', async () => {
  const database = await postgres.createMigrated();
  const { proof, close } = await proofOn(`${database.url}?options=-c%20default_transaction_read_only%3Don`);
  const failure = await proof.prove().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DatabaseUnusable);
  expect(failure).not.toBeInstanceOf(DatabaseAway);
  expect(String(failure)).toMatch(/cannot be opened for writing: .*read-only transaction/);
  await close();

  const away = new URL(database.url);
  away.port = '1';
  const { proof: none, close: end } = await proofOn(away.href);
  await expect(none.prove()).rejects.toThrow(DatabaseAway);
  const said = (await none.look()) ?? '';
  expect(said).toMatch(/PostgreSQL cannot be reached at 127\.0\.0\.1:1\//);
  expect(said).not.toContain(away.password);
  await end();
  await database.remove();
});
