/** The real process on a database of the oldest version: it is brought up, is nobody else's, and gets another key. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { connectorOf } from '../../src/adapters/prisma/connect.ts';
import { migrateDatabase } from '../../src/adapters/prisma/migrate.ts';
import { migrationsFolder, readMigrations } from '../../src/adapters/prisma/schema-engine.ts';
import { libraryId } from '../standins/jellyfin/forms.ts';
import { insertOldRows } from '../support/old-rows.ts';
import { olderText } from '../support/older-texts.ts';
import { Stage } from '../support/stage.ts';
import { UsherProcess } from '../support/usher-process.ts';
import { openCode, redeem } from './actions.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const KEY = Buffer.alloc(32, 5);
/** As of the other processes of tests. */
const COMPILED = join(ROOT, 'node_modules/.cache/usher-compiled');

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());

/** What the oldest version has left behind. */
async function leaveOldData(data: string): Promise<void> {
  await mkdir(data);
  await writeFile(join(data, 'secret.key'), KEY.toString('base64'), { mode: 0o600 });
  const [oldest] = readMigrations('sqlite').migrationDirectories;
  const folder = join(stage.folder, 'oldest');
  await cp(join(migrationsFolder, 'sqlite', oldest?.path ?? ''), join(folder, 'sqlite', oldest?.path ?? ''), {
    recursive: true,
  });
  const url = `file:${join(data, 'usher.db')}`;
  await migrateDatabase(url, systemClock, { folder });
  const adapter = await (await connectorOf(url, 'migrate', systemClock)).factory.connect();
  await insertOldRows(adapter, {
    ...{ guildId: stage.guild.id, key: KEY, memberId: stage.ada.id },
    den: {
      ...{ url: stage.den.url, token: stage.den.apiKey, identity: stage.den.serverId },
      films: libraryId('Films'),
    },
  });
  const marker = olderText(KEY, 'usher', { guildId: '', column: 'Installation.secrets.check' });
  await adapter.executeScript(`INSERT INTO "Installation" VALUES ('secrets.check', '${marker}');`);
  await adapter.dispose();
}

/** What `npm run rotate-key` runs, in the environment of the bot. */
async function rotateKey(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(ROOT, 'src/rotate-key.ts'), ...args], {
    cwd: stage.folder,
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: COMPILED, ...stage.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  const [code] = await once(child, 'close');
  return { code, said };
}

const LONG = { timeout: 300_000 };

it(
  'takes over what an old version left, refuses a second process, and goes on with another key',
  LONG,
  async () => {
    const data = stage.env.DATA_DIR ?? '';
    await leaveOldData(data);
    const first = await stage.start();
    const files = await readdir(data);
    expect(files.filter((name) => /^usher\.db\.before-\d+_\w+\.db\.gz$/.test(name))).toHaveLength(1);
    const grants = await stage.asOlga('/grant list');
    for (const shown of ['#1', '#2', 'Films']) expect(grants.text).toContain(shown);
    const isFine = async () =>
      expect((await stage.asOlga('/server check', { server: 'Den' })).text).toMatch(
        /Den\*\* answers and takes the token/,
      );
    await isFine();

    await symlink(data, join(stage.folder, 'link'));
    const second = new UsherProcess(stage.folder, {
      ...stage.env,
      DATABASE_URL: `file:${join(stage.folder, 'link', 'usher.db')}`,
    });
    expect((await second.ended()).code).toBe(1);
    expect(second.output.join('\n')).toContain('Usher is running on it already');
    expect(await rotateKey()).toMatchObject({ code: 1, said: expect.stringContaining('Usher is running') });

    const code = await openCode(stage, { libraries: 'Films', for: '30d' });
    await first.kill();
    const given = await rotateKey([], { SECRET_KEY: KEY.toString('base64') });
    expect(given).toMatchObject({ code: 78, said: expect.stringContaining('take SECRET_KEY') });
    const done = await rotateKey();
    expect(done).toMatchObject({ code: 0, said: expect.stringMatching(/secret\.key is a new key/) });
    expect(done.said).not.toContain(KEY.toString('base64'));
    expect(await readFile(join(data, 'secret.key'), 'utf8')).not.toContain(KEY.toString('base64'));
    expect((await rotateKey(['--forget'])).said).toMatch(/Removed: .*secret\.key\.former-/);

    await stage.start();
    await isFine();
    expect((await redeem(stage, stage.ben, code)).text).toContain('Films');
  },
);
