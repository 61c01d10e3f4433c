import { writeFileSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/adapters/prisma/client.ts';
import { connectorOf } from '../../../src/adapters/prisma/connect.ts';
import { migrateDatabase } from '../../../src/adapters/prisma/migrate.ts';
import { migrationsFolder } from '../../../src/adapters/prisma/schema-engine.ts';
import { DatabaseAway } from '../../../src/adapters/prisma/url.ts';
import { DatabaseBusy } from '../../../src/app/ports/stores.ts';
import { FakeClock } from '../../support/clock.ts';
import { migratedSqlite, type TemporaryDatabase, temporarySqlite } from '../../support/databases.ts';
import { SECOND } from '../../support/moments.ts';

let place: TemporaryDatabase;
let clock: FakeClock;
const opened: Database[] = [];
/** Another program that has the file open. */
let other: SqlDriverAdapter;

// At once: nothing else passes the time here than `pass`.
const backUp = async (_from: string, to: string) => writeFileSync(to, '');

const pathOf = ({ url }: TemporaryDatabase) => url.slice('file:'.length);

async function open(): Promise<Database> {
  const db = await openDatabase(place.url, clock);
  opened.push(db);
  return db;
}

/** Lets time pass in steps, and everything that it wakes run in between. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    clock.advance(100);
    await new Promise(setImmediate);
  }
}

beforeEach(async () => {
  clock = new FakeClock();
  place = await migratedSqlite();
  other = await (await connectorOf(place.url, 'migrate', clock)).factory.connect();
});
afterEach(async () => {
  await other.dispose();
  for (const db of opened.splice(0)) await db.close();
  await place.remove();
});

const addGuild = (db: Database, id: string) =>
  db.transaction(id, (queries) => queries.guild.create({ data: { id } }));

describe('a file that another program has locked', () => {
  it('holds up what is written, not the process nor what is read, and nothing is lost or done twice', async () => {
    const db = await open();
    await other.executeScript('BEGIN IMMEDIATE');
    let ran = 0;
    const ids = ['1', '2', '3'];
    const begun = performance.now();
    const writing = ids.map((id) =>
      db.transaction(id, async (queries) => {
        ran += 1;
        await queries.guild.create({ data: { id } });
      }),
    );
    await pass(20 * SECOND);
    // Two hundred looks at the lock in this time: each of them may take a moment, not five seconds.
    expect(performance.now() - begun).toBeLessThan(4_000);
    expect([ran, db.isLocked()]).toEqual([0, true]);
    expect(await db.reader.guild.findMany()).toEqual([]);
    await other.executeScript('ROLLBACK');
    await pass(SECOND);
    await Promise.all(writing);
    expect([ran, db.isLocked()]).toEqual([3, false]);
    expect((await db.reader.guild.findMany()).map(({ id }) => id)).toEqual(ids);
  });

  it('for half a minute is given up with nothing done, and the next one asks once only', async () => {
    const db = await open();
    await other.executeScript('BEGIN IMMEDIATE');
    const [first, second] = [addGuild(db, '1'), addGuild(db, '2')].map((work) =>
      expect(work).rejects.toThrow(DatabaseBusy),
    );
    await pass(31 * SECOND);
    await first;
    await second;
    await other.executeScript('ROLLBACK');
    await addGuild(db, '3');
    expect((await db.reader.guild.findMany()).map(({ id }) => id)).toEqual(['3']);
    // Locked anew, much later: it is waited for as long as before.
    await pass(60 * SECOND);
    await other.executeScript('BEGIN IMMEDIATE');
    const later = addGuild(db, '4');
    await pass(5 * SECOND);
    await other.executeScript('ROLLBACK');
    await pass(SECOND);
    await later;
  });

  describe('at the start', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'usher-migrations-'));
      await cp(migrationsFolder, folder, { recursive: true });
    });
    afterEach(() => rm(folder, { recursive: true }));

    /** Whether it is migrated, and not only opened. */
    const isNewTo = {
      'a new file': async () => {
        await other.dispose();
        await place.remove();
        place = await temporarySqlite();
        other = await (await connectorOf(place.url, 'migrate', clock)).factory.connect();
      },
      'a known file': async () => {},
      'a file to be migrated': async () => {
        const more = join(folder, 'sqlite', '99990101000000_more');
        await mkdir(more);
        await writeFile(join(more, 'migration.sql'), 'ALTER TABLE "Guild" ADD COLUMN "more" TEXT;');
      },
    };

    it.each(Object.entries(isNewTo))(
      '%s is waited for; for too long, it is away, and not unusable',
      async (name, make) => {
        await make();
        await other.executeScript('BEGIN IMMEDIATE');
        const start = migrateDatabase(place.url, clock, { folder, backUp }).then(
          () => 'started',
          (error: Error) => error,
        );
        await pass(40 * SECOND);
        // Nothing is written to a known file, so nothing has to wait.
        if (name === 'a known file') return expect(await start).toBe('started');
        expect(await start).toBeInstanceOf(DatabaseAway);
        expect(String(await start)).toMatch(/usher\.db is locked by another program/);
        expect((await readdir(dirname(pathOf(place)))).filter((file) => file.includes('.before-'))).toEqual(
          [],
        );
        const again = migrateDatabase(place.url, clock, { folder, backUp });
        await pass(10 * SECOND);
        await other.executeScript('ROLLBACK');
        await other.dispose();
        // It looks again within a moment. From then on nobody waits.
        await pass(SECOND);
        expect((await again).applied.length).toBeGreaterThan(0);
        other = await (await connectorOf(place.url, 'migrate', clock)).factory.connect();
      },
    );
  });
});

it('is complete in one file when nothing was written for a while, for whoever copies it while Usher runs', async () => {
  await other.dispose();
  const db = await open();
  for (const id of ['1', '2', '3']) await addGuild(db, id);
  const copied = async () => {
    const copy = join(dirname(pathOf(place)), 'copy.db');
    await copyFile(pathOf(place), copy);
    const read = new DatabaseSync(copy, { readOnly: true });
    const guilds = read.prepare('SELECT "id" FROM "Guild"').all();
    read.close();
    return guilds.length;
  };
  expect(await copied()).toBe(0);
  await pass(21 * SECOND);
  await db.transaction('x', async () => {});
  expect(await readdir(dirname(pathOf(place)))).toContain('usher.db-wal');
  expect(await copied()).toBe(3);
});
