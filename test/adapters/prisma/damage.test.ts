/** A database of which a disk has lost a part: found before anything is read from it, wherever the part is. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import { migrateDatabase } from '../../../src/adapters/prisma/migrate.ts';
import { DatabaseUnusable } from '../../../src/adapters/prisma/url.ts';

const PAGE = 4_096;
let folder: string;
let whole: Buffer;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-damage-'));
  path = join(folder, 'usher.db');
  await migrateDatabase(`file:${path}`, systemClock);
  const db = new Sqlite(path);
  const guild = db.prepare('INSERT INTO "Guild" ("id") VALUES (?)');
  db.transaction(() => {
    for (let number = 0; number < 2_000; number += 1) guild.run(`guild-${number}`);
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  whole = await readFile(path);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const begin = async (): Promise<unknown> => {
  try {
    return await migrateDatabase(`file:${path}`, systemClock);
  } catch (error) {
    return error;
  }
};

it('that is whole begins', async () => expect(await begin()).toEqual({ applied: [] }));

it.each(['the second page', 'one in the middle', 'the last one', 'the end of the file'])(
  'without %s does not begin, says what to do, and is not touched',
  async (which) => {
    const bytes = Buffer.from(whole);
    const pages = bytes.length / PAGE;
    const page = { 'the second page': 1, 'one in the middle': Math.floor(pages / 2) }[which] ?? pages - 1;
    if (which === 'the end of the file') await writeFile(path, bytes.subarray(0, bytes.length - 20 * PAGE));
    else await writeFile(path, bytes.fill(0xab, page * PAGE, (page + 1) * PAGE));
    const before = await readFile(path);
    const error = await begin();
    expect(error).toBeInstanceOf(DatabaseUnusable);
    expect(String(error)).toContain(`The database ${path} is damaged`);
    expect(String(error)).toContain('npm run restore -- ');
    expect(await readFile(path)).toEqual(before);
  },
);
