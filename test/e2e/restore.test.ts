/** A backup is made while Usher runs, and put back: nothing is reopened unasked, and nothing sound is lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { caughtUp, jellyfinMember } from './actions.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LONG = { timeout: 120_000 };

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.set();
  stage.discord.world.owner = stage.olga;
  await stage.start();
  await stage.setUp();
});
afterEach(() => stage.strike());

/** What `npm run restore` runs, in the environment of the bot. */
async function restore(file: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(ROOT, 'src/restore.ts'), file], {
    cwd: stage.folder,
    env: { PATH: process.env.PATH ?? '', ...stage.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  const [code] = await once(child, 'close');
  return { code, said };
}

/** Makes a backup from Discord; the path of its file. */
async function backUp(): Promise<string> {
  const made = await stage.asOlga('/admin backup');
  await made.until(/The backup is made: [\d.]+ MB, checked/);
  return /`([^`]+\.db\.gz)`/.exec(made.text)?.[1] ?? 'no path';
}
const database = () => join(stage.folder, 'data', 'usher.db');

it('what was ended since is not given again until an admin has looked', LONG, async () => {
  const uma = await jellyfinMember(stage, 'uma', 'Films');
  const given = await stage.asOlga('/grant add', { member: uma.user, libraries: 'Shows', for: '30d' });
  await given.until(/Grant #\d+/);
  const number = /Grant #(\d+)/.exec(given.text)?.[1] ?? '';
  await caughtUp(stage);

  const file = await backUp();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await stage.audited(/backup\.made/);
  const info = (await stage.asOlga('/admin info')).text;
  for (const fact of [
    /Usher \d+\.\d+\.\d+/,
    /Connected to Discord: 1 community/,
    /Last backup .* ago, [\d.]+ MB/,
  ])
    expect(info).toMatch(fact);

  await stage.asOlga('/grant revoke', { grant: number });
  const isOut = () => String(stage.den.accessOf(uma.login)) === 'Films';
  await stage.den.http.until('out', isOut, 30_000);

  const refused = await restore(file);
  expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('is in use: Usher is running') });
  await stage.usher.stop();
  const { code, said } = await restore(file);
  expect([code, said]).toEqual([0, expect.stringMatching(/Restored .*usher\.db from the backup of/)]);
  expect(said).toContain(`active in it: grants #${number}.`);
  const kept = (await readdir(join(stage.folder, 'data'))).filter((name) => /before-restore/.test(name));
  expect(kept).toHaveLength(1);

  await stage.start();
  await stage.audited(/server\.frozen.*Den/);
  await stage.asOlga('/library sync');
  expect(stage.den.accessOf(uma.login)).toEqual(['Films']);
  const shown = await stage.asOlga('/server show', { server: 'Den' });
  expect(shown.text).toMatch(/restored from a backup of/);
});

it('a file that is not sound, newer, or of another key changes nothing', LONG, async () => {
  const file = await backUp();
  await stage.usher.stop();
  const before = await readFile(database());
  const bytes = await readFile(file);
  const at = (name: string) => join(stage.folder, name);
  const plain = gunzipSync(bytes);

  await writeFile(at('cut.db.gz'), bytes.subarray(0, bytes.length / 2));
  await writeFile(at('text.db.gz'), gzipSync('hello'));
  await writeFile(
    at('torn.db.gz'),
    gzipSync(Buffer.concat([plain.subarray(0, 8_192), plain.subarray(16_384)])),
  );
  const table = await import('better-sqlite3');
  const changed = async (name: string, sql: string) => {
    await writeFile(at('changed.db'), plain);
    const db = new table.default(at('changed.db'));
    db.exec(sql);
    db.close();
    await writeFile(at(name), gzipSync(await readFile(at('changed.db'))));
  };
  await changed('fewer.db.gz', 'DELETE FROM "Library"; DELETE FROM "Server"');
  await changed('unmarked.db.gz', `DELETE FROM "Installation" WHERE "key" = 'backup.manifest'`);
  await changed(
    'newer.db.gz',
    `UPDATE "_prisma_migrations" SET "migration_name" = '29991231000000_later' WHERE "migration_name" = (SELECT MAX("migration_name") FROM "_prisma_migrations");
     UPDATE "Installation" SET "value" = json_set("value", '$.schema', '29991231000000_later') WHERE "key" = 'backup.manifest'`,
  );
  for (const [name, why] of [
    ['missing.db.gz', /There is no file/],
    ['cut.db.gz', /damaged or no backup/],
    ['text.db.gz', /damaged/],
    ['torn.db.gz', /damaged/],
    ['fewer.db.gz', /was changed afterwards/],
    ['unmarked.db.gz', /no backup that Usher has made/],
    ['newer.db.gz', /newer than this program/],
  ] as const) {
    const { code, said } = await restore(at(name));
    expect([name, code, said]).toEqual([name, 1, expect.stringMatching(why)]);
  }
  const { code, said } = await restore(file, { SECRET_KEY: Buffer.alloc(32, 9).toString('base64') });
  expect([code, said]).toEqual([1, expect.stringMatching(/key does not belong/)]);
  expect(await readFile(database())).toEqual(before);
  expect((await readdir(join(stage.folder, 'data'))).filter((name) => /restor/.test(name))).toEqual([]);
  await copyFile(file, at('good.db.gz'));
  expect((await restore(at('good.db.gz'))).code).toBe(0);
  await stage.start();
});

it('on another machine it begins with the key, and says so without', LONG, async () => {
  const uma = await jellyfinMember(stage, 'uma', 'Films');
  const file = await backUp();
  await stage.usher.stop();
  const other = join(stage.folder, 'other');
  const env = { DATA_DIR: other, DATABASE_URL: `file:${join(other, 'usher.db')}` };
  await mkdir(other);
  const without = await restore(file, env);
  expect([without.code, without.said]).toEqual([1, expect.stringMatching(/secret\.key/)]);
  // Nothing is begun but the lock, and no key is made that would be taken for the right one.
  expect(await readdir(other)).toEqual(['usher.db-lock']);
  await copyFile(join(stage.folder, 'data', 'secret.key'), join(other, 'secret.key'));
  expect((await restore(file, env)).code).toBe(0);
  await stage.start(env);
  await stage.audited(/server\.frozen.*Den/);
  expect((await stage.asOlga('/grant list')).text).toContain('uma');
  expect(stage.den.accessOf(uma.login)).toEqual(['Films']);
});

it('a restart is asked about, is on the record, and ends with 0; nobody else may', async () => {
  const asked = await stage.asOlga('/admin restart');
  const done = asked.click('Restart');
  expect(await stage.usher.ended()).toMatchObject({ code: 0 });
  expect((await done).text).toContain('starts anew');
  await stage.start();
  await stage.audited(/app\.restarted/);
  stage.discord.world.owner = stage.ada;
  for (const command of ['info', 'backup', 'restart'])
    expect((await stage.asOlga(`/admin ${command}`)).text.toLowerCase()).toContain('whoever runs usher');
});
