/** What Usher keeps, while it runs: a disk that is full, a database that was replaced, a key that is gone. */
import { execFileSync } from 'node:child_process';
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { healthCheck } from '../support/health-check.ts';
import { Stage } from '../support/stage.ts';
import { caughtUp, jellyfinMember } from './actions.ts';

const LONG = { timeout: 120_000 };

const health = async (port: unknown) => {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
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
