/** What Usher keeps: a database that takes no writes, a key that cannot be read, at the start and while running. */
import { execFileSync } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthCheck } from '../support/health-check.ts';
import { Stage } from '../support/stage.ts';
import { UsherProcess } from '../support/usher-process.ts';
import { caughtUp, jellyfinMember } from './actions.ts';

const LONG = { timeout: 120_000 };
/** Rights count for nothing to root, so that tests that run as root start Usher as somebody else. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

describe('a start', () => {
  let stage: Stage;
  let folder: string;
  beforeAll(async () => {
    [stage, folder] = await Promise.all([Stage.set(), mkdtemp(join(tmpdir(), 'usher-storage-'))]);
    await chmod(folder, 0o755);
  });
  afterAll(async () => {
    await Promise.all([stage.strike(), rm(folder, { recursive: true, force: true })]);
  });

  /** The data of a first start, which the second one finds changed by `spoil`. */
  async function startAgain(spoil: (data: string) => Promise<void>) {
    const data = await mkdtemp(join(folder, 'data-'));
    const env = { ...stage.env, DATA_DIR: data, DATABASE_URL: `file:${join(data, 'usher.db')}` };
    const user = isRoot ? { uid: NOBODY } : {};
    if (isRoot) await chown(data, NOBODY, NOBODY);
    const first = await new UsherProcess(folder, env, user).ready();
    await first.stop();
    await spoil(data);
    const identifies = stage.discord.gateway.identifies.length;
    const usher = new UsherProcess(folder, env, user);
    const { code } = await usher.ended();
    // What can fail for good is found before a session is used up.
    expect(stage.discord.gateway.identifies).toHaveLength(identifies);
    const said = usher.output.join('\n');
    expect(said).not.toMatch(/^\s+at .*\(?(file|node):/m);
    expect(said).not.toContain('Usher is ready');
    return { code, said, data };
  }

  /** Takes the right away: of a file of somebody else's where that can be made, of one's own otherwise. */
  const forbid = async (path: string, mode: number) => {
    await chmod(path, mode);
    if (isRoot) await chown(path, 0, 0);
  };
  const mend = isRoot ? `chown ${NOBODY}:${NOBODY}` : 'chmod u+';

  it('with a file beside the database that may not be written says so as well', async () => {
    const { code, said, data } = await startAgain(async (folder_) => {
      await writeFile(join(folder_, 'usher.db-wal'), '');
      await forbid(join(folder_, 'usher.db-wal'), 0o400);
    });
    expect(code).toBe(78);
    expect(said).toMatch(new RegExp(`Mend it with: .*${join(data, 'usher.db-wal')}`));
  });

  it.each([
    ['usher.db', 0o444],
    ['.', 0o555],
  ])(
    'with %s that may not be written ends with 78, whose it is, and the command that mends it',
    async (name, mode) => {
      const { code, said, data } = await startAgain((folder_) => forbid(join(folder_, name), mode));
      expect(code).toBe(78);
      const path = join(data, name);
      expect(said).toContain(
        `${path} ${isRoot ? 'belongs to 0:0 (root)' : 'may not be written by its owner'}`,
      );
      expect(said).toMatch(new RegExp(`Mend it with: ${mend.replace('+', '\\+')}.*${path}`));
      if (name === '.') await chmod(path, 0o755);
    },
  );

  it('with a key that may not be read ends with 78, whose it is, and the command that mends it', async () => {
    const { code, said, data } = await startAgain((folder_) => forbid(join(folder_, 'secret.key'), 0o000));
    expect(code).toBe(78);
    expect(said).toContain(`${join(data, 'secret.key')}`);
    expect(said).toContain(`Mend it with: ${mend}`);
  });

  it('with a folder in the place of the key ends with 78 and says so', async () => {
    const { code, said } = await startAgain(async (data) => {
      await rm(join(data, 'secret.key'));
      await mkdir(join(data, 'secret.key'));
    });
    expect(code).toBe(78);
    expect(said).toMatch(/secret\.key is a folder/);
  });
});

describe('while it runs', () => {
  const health = async (port: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${port}/health`);
    return { status: answer.status, body: await answer.json() };
  };

  it.skipIf(process.platform !== 'linux')(
    'a disk that is full is said to staff, in every reply and by the health check, and what ended follows',
    LONG,
    async () => {
      const stage = await Stage.set();
      try {
        await stage.start({ HTTP_PORT: '0' });
        const { port } = await stage.usher.logged('health is served');
        await stage.setUp();
        const uma = await jellyfinMember(stage, 'uma', 'Films');
        await stage.asOlga('/grant add', { member: uma.user, libraries: 'Shows', for: '10s' });
        await caughtUp(stage);
        expect((await health(port)).status).toBe(200);

        const limit = (bytes: string) =>
          execFileSync('prlimit', ['--pid', `${stage.usher.pid}`, `--fsize=${bytes}:unlimited`]);
        limit('1');
        const failed = await stage.asOlga('/grant add', { member: uma.user, libraries: 'Shows', for: '1d' });
        expect(failed.text).toMatch(/cannot write to its database(.|\n)*nothing was saved/);
        expect(failed.text).not.toContain('again in a minute');
        const said = (await stage.asOlga('/grant list')).text;
        expect(said).toContain('cannot write to its database right now');
        expect(await health(port)).toMatchObject({ status: 503, body: { database: false, key: true } });
        const told = /Usher cannot write to its database/;
        const channelSaid = (what: RegExp) => () => stage.audit.messages.some(({ text }) => what.test(text));
        await stage.discord.until('staff are told', channelSaid(told), 60_000);
        expect(stage.usher.running).toBe(true);

        limit('unlimited');
        await stage.discord.until(
          'staff hear of the end',
          channelSaid(/can write to its database again/),
          60_000,
        );
        await stage.den.http.until('out', () => String(stage.den.accessOf(uma.login)) === 'Films', 60_000);
        expect((await stage.asOlga('/grant list')).text).not.toContain('cannot write');
        expect((await health(port)).status).toBe(200);
        // The message that told it says that it is over.
        const about = stage.audit.messages.filter(({ text }) => /write to its database/.test(text));
        expect(about).toHaveLength(1);
        expect(about[0]?.text).not.toMatch(told);
      } finally {
        await stage.strike();
      }
    },
  );

  it('a database that was replaced, or a key that is gone, is no health', LONG, async () => {
    const stage = await Stage.set();
    try {
      await stage.start({ HTTP_PORT: '0' });
      const { port } = await stage.usher.logged('health is served');
      const [db, key] = ['usher.db', 'secret.key'].map((name) => join(stage.env.DATA_DIR ?? '', name));
      if (!db || !key) throw new Error('no paths');
      const text = await readFile(key, 'utf8');
      expect([await healthCheck({ HTTP_PORT: `${port}` }), await healthCheck({ HTTP_PORT: 'off' })]).toEqual([
        0, 0,
      ]);
      await rm(key);
      expect((await health(port)).body).toMatchObject({ key: false });
      await writeFile(key, text);
      expect((await health(port)).body).toMatchObject({ key: true, database: true });
      await copyFile(db, `${db}.copy`);
      await rename(`${db}.copy`, db);
      const line = await stage.usher.logged('the database takes no writes; nothing ends until it does');
      expect(line.why).toMatch(/usher\.db was moved, deleted or replaced while Usher runs/);
      expect(await health(port)).toMatchObject({ status: 503, body: { database: false } });
      expect(await healthCheck({ HTTP_PORT: `${port}` })).toBe(1);
      expect((await stage.asOlga('/settings show')).text).toContain('cannot write to its database');
    } finally {
      await stage.strike();
    }
  });
});
