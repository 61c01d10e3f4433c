/** Backups in their folder: how many are kept. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBackups } from '../../../src/adapters/backup/backups.ts';
import { FakeClock } from '../../support/clock.ts';
import { migratedSqlite, type TemporaryDatabase } from '../../support/databases.ts';

let folder: string;
let database: TemporaryDatabase;
const clock = new FakeClock();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-backups-'));
  database = await migratedSqlite();
});
afterEach(async () => {
  await database.remove();
  await rm(folder, { recursive: true, force: true });
});

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Makes some, a minute apart. */
async function make(count: number, keep: number): Promise<void> {
  const backups = createBackups({
    ...{ database: database.url.slice('file:'.length), folder, keep, version: '1.2.3', clock, log: silent },
  });
  for (let made = 0; made < count; made += 1) {
    clock.advance(60_000);
    const outcome = await backups.make();
    if (outcome.kind !== 'made') throw new Error(JSON.stringify(outcome));
    expect(existsSync(outcome.backup.path), 'what was said to be made is there').toBe(true);
  }
}

it('the newest are kept, and nothing is touched that is not ours', async () => {
  await writeFile(join(folder, 'mine.txt'), 'mine');
  await make(3, 2);
  expect((await readdir(folder)).toSorted()).toEqual([
    'mine.txt',
    expect.stringMatching(/^usher-\d{8}T120200Z\.db\.gz$/),
    expect.stringMatching(/^usher-\d{8}T120300Z\.db\.gz$/),
  ]);
});

it('where none is made by itself, those that somebody asks for stay', async () => {
  await make(2, 0);
  expect(await readdir(folder)).toHaveLength(2);
});
