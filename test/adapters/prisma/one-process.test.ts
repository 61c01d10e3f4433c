/** One process at a time works on a database, however it finds it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import { openDatabase } from '../../../src/adapters/prisma/client.ts';
import { migrateDatabase } from '../../../src/adapters/prisma/migrate.ts';
import { holdDatabase } from '../../../src/adapters/prisma/one-process.ts';
import { DatabaseAway, DatabaseUnusable } from '../../../src/adapters/prisma/url.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'usher-one-process-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Another process that has it: until it is killed, and no sooner. */
async function another(path: string) {
  const module = new URL('../../../src/adapters/prisma/one-process.ts', import.meta.url);
  const program = `import { holdDatabase } from ${JSON.stringify(module.href)};
    globalThis.held = holdDatabase(${JSON.stringify(`file:${path}`)}); console.log('held'); setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

it('is refused by every path while another process has it, and free as soon as that one is killed', async () => {
  const data = join(folder, 'data');
  await mkdir(data);
  await symlink(data, join(folder, 'link'));
  await mkdir(join(folder, 'other'));
  await symlink(join(data, 'usher.db'), join(folder, 'other', 'theirs.db'));
  await writeFile(join(data, 'usher.db'), '');
  const first = await another(join(data, 'usher.db'));
  const paths = [
    ...[join(data, 'usher.db'), join(data, '..', 'data', 'usher.db')],
    ...[join(folder, 'link', 'usher.db'), join(folder, 'other', 'theirs.db')],
  ];
  for (const path of paths) {
    expect(() => holdDatabase(`file:${path}`), path).toThrow(DatabaseAway);
    expect(() => holdDatabase(`file:${path}`), path).toThrow(/is in use: Usher is running on it already/);
  }
  await first.kill();
  holdDatabase(`file:${paths[0]}`).release();
  const held = holdDatabase(`file:${paths[3]}`);
  expect(() => holdDatabase(`file:${paths[0]}`)).toThrow(DatabaseAway);
  held.release();
});

it('keeps nobody from reading it, and writes nothing beside an empty file', async () => {
  const url = `file:${join(folder, 'new', 'usher.db')}`;
  const held = holdDatabase(url);
  expect(await readdir(join(folder, 'new'))).toEqual(['usher.db-lock']);
  await migrateDatabase(url, systemClock);
  const db = await openDatabase(url, systemClock);
  expect(await db.reader.guild.count()).toBe(0);
  await db.close();
  held.release();
  expect(await readdir(join(folder, 'new'))).toEqual(['usher.db', 'usher.db-lock']);
});

it('says so where nothing can be kept', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(() => holdDatabase(`file:${join(folder, 'file', 'usher.db')}`)).toThrow(DatabaseUnusable);
  expect(() => holdDatabase(`file:${join(folder, 'file', 'usher.db')}`)).toThrow(
    /folder of the database cannot be made/,
  );
  await mkdir(join(folder, 'usher.db-lock'));
  expect(() => holdDatabase(`file:${join(folder, 'usher.db')}`)).toThrow(/cannot be opened for writing/);
});
