/** What a machine does to whoever runs on it for years: the disk is full, the database is away, no name is found. */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startPostgres } from '../support/databases.ts';
import { Stage } from '../support/stage.ts';
import { caughtUp, expectUnbrokenRecord, jellyfinMember, namesFoundBy } from './actions.ts';

const LONG = { timeout: 240_000 };

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());

const data = () => join(stage.folder, 'data');
const isOut = (login: Parameters<Stage['den']['accessOf']>[0]) => () =>
  String(stage.den.accessOf(login)) === 'Films';
const alerted = (what: RegExp) => () => stage.audit.messages.some(({ text }) => what.test(text));

/** A disk of its own for the data, small enough to be filled; undefined where nobody may mount one. */
async function smallDisk(): Promise<{ unmount(): void } | undefined> {
  await mkdir(data(), { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', data()], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { unmount: () => execFileSync('umount', ['--lazy', data()]) };
}

it(
  'a full disk: record, log and backup say so, nothing is half written, and all of it goes on by itself',
  LONG,
  async ({ skip }) => {
    const disk = await smallDisk();
    if (!disk) return skip('nobody may mount a disk here');
    try {
      stage.discord.world.owner = stage.olga;
      await stage.start();
      await stage.setUp();
      const uma = await jellyfinMember(stage, 'uma', 'Films');
      await stage.asOlga('/grant add', { member: uma.user, libraries: 'Shows', for: '20s' });
      await caughtUp(stage);

      const filler = join(data(), 'filler');
      const fill = async (): Promise<void> => {
        for (;;) await writeFile(filler, Buffer.alloc(256 * 1024), { flag: 'a' });
      };
      await expect(fill()).rejects.toThrow(/ENOSPC/);
      const note = (text: string) => stage.asOlga('/member note', { member: uma.user, text });
      // What was reserved before is written full first.
      let refused = await note('x'.repeat(450));
      for (let tries = 0; tries < 60 && !/nothing was saved/.test(refused.text); tries += 1)
        refused = await note(`${tries} ${'x'.repeat(450)}`);
      expect(refused.text).toMatch(/cannot write to its database(.|\n)*nothing was saved/);
      await stage.usher.logged('the log file cannot be written; it is tried again');
      const backup = await stage.asOlga('/admin backup');
      await backup.until(/No backup was made/);
      expect(backup.text).toMatch(/the disk is full/);
      const backups = await readdir(join(data(), 'backups')).catch(() => []);
      expect(backups).toEqual([]);
      await stage.discord.until('staff are told', alerted(/Usher cannot write to its database/), 60_000);

      await rm(filler);
      await stage.discord.until('staff hear of the end', alerted(/can write to its database again/), 60_000);
      await stage.den.http.until('out', isOut(uma.login), 60_000);
      await stage.usher.logged('the log file is written again', 0, 90_000);
      const lost = stage.usher.logs.filter(({ msg }) => msg.startsWith('the log file cannot be written'));
      expect(lost).toHaveLength(1);
      const made = await stage.asOlga('/admin backup');
      await made.until(/The backup is made/);
      await stage.audited(/grant\.ended/, 1, 60_000);
      await caughtUp(stage);
      expectUnbrokenRecord(stage);
      // What was said while the file could not be written is in it.
      const kept = await readFile(join(data(), 'logs', 'usher.log'), 'utf8');
      const lines = kept
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ msg }) => msg)).toContain('the log file cannot be written; it is tried again');
      expect(lines.map(({ msg }) => msg)).toContain('a backup could not be made');
    } finally {
      await stage.usher.kill();
      disk.unmount();
    }
  },
);

it(
  'PostgreSQL that hangs, and is gone for a minute: it is said, and what is due is done when it is back',
  LONG,
  async () => {
    const postgres = await startPostgres();
    const database = await postgres.createDatabase();
    const way = await wayTo(database.url);
    try {
      await stage.start({ DATABASE_URL: way.url });
      await stage.setUp();
      const uma = await jellyfinMember(stage, 'uma', 'Films');
      await stage.asOlga('/grant add', { member: uma.user, libraries: 'Shows', for: '40s' });
      await caughtUp(stage);
      // It knows from its start where staff are told; what is set meanwhile, half a minute later.
      await stage.usher.stop();
      await stage.start({ DATABASE_URL: way.url, HTTP_PORT: '0' });
      const { port } = await stage.usher.logged('health is served');

      // A network that loses everything: nothing is answered, and nothing is refused.
      way.hang();
      const waits = await stage.discord
        .as(stage.olga)
        .in(stage.guild)
        .command('grant list', {}, { until: 'ack' });
      expect(waits.acknowledgedAfterMs).toBeLessThan(3_000);
      await waits.until('The database does not answer right now');

      const beganAt = Date.now();
      way.close();
      const failed = await stage.asOlga('/grant list');
      expect(failed.acknowledgedAfterMs).toBeLessThan(3_000);
      expect(failed.text).toMatch(/cannot write to its database right now(.|\n)*nothing was saved/);
      await stage.usher.logged('the database takes no writes; nothing ends until it does', 0, 60_000);
      expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(503);
      // The channel is known from before: no database can be asked for it.
      await stage.discord.until('staff are told', alerted(/Usher cannot write to its database/), 60_000);
      await new Promise((wake) => setTimeout(wake, beganAt + 60_000 - Date.now()));
      expect(stage.usher.running).toBe(true);

      way.open();
      await stage.discord.until('staff hear of the end', alerted(/can write to its database again/), 60_000);
      const about = stage.audit.messages.filter(({ text }) => /write to its database/.test(text));
      expect(about.map(({ text }) => text)).toEqual([
        expect.stringContaining('1 grant was to end meanwhile'),
      ]);
      await stage.den.http.until('out', isOut(uma.login), 90_000);
      await stage.audited(/grant\.ended/, 1, 60_000);
      await caughtUp(stage);
      expectUnbrokenRecord(stage);
      expect((await stage.asOlga('/grant list')).text).toContain('uma');
    } finally {
      await stage.usher.stop();
      await way.end();
      await database.remove();
      await postgres.stop();
    }
  },
);

/**
 * The same database by another port, which can be shut (connections break, and new ones are refused), or lose all that
 * is sent.
 */
async function wayTo(url: string) {
  const target = new URL(url);
  const real = { port: Number(target.port), host: target.hostname };
  const sockets = new Set<Socket>();
  let isHanging = false;
  const server = createServer((client) => {
    const there = connect(real);
    for (const socket of [client, there]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        there.destroy();
        sockets.delete(socket);
      });
    }
    if (!isHanging) client.pipe(there).pipe(client);
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  target.host = `127.0.0.1:${port}`;
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  const hang = () => {
    isHanging = true;
    for (const socket of sockets) socket.unpipe().pause();
  };
  const open = () => {
    isHanging = false;
    return listen(port);
  };
  return { url: target.href, close, hang, open, end: async () => close() };
}

it('names that are not found: nothing ends, and what was due is done as soon as they are', LONG, async () => {
  const names = join(stage.folder, 'names');
  await writeFile(names, '');
  const byName = (url: string, name: string) => {
    const named = new URL(url);
    named.hostname = name;
    return named.href.replace(/\/$/, '');
  };
  await stage.start({
    ...namesFoundBy(names),
    DISCORD_API_URL: `${byName(stage.discord.url, 'discord.test')}/api`,
    PLEX_TV_URL: byName(stage.plexTv.url, 'plex.test'),
    PLEX_CLIENTS_URL: byName(stage.plexTv.url, 'plex.test'),
  });
  await stage.asOlga('/settings channel', { purpose: 'audit', channel: stage.audit });
  const den = { name: 'Den', url: byName(stage.den.url, 'den.test'), token: stage.den.apiKey };
  await stage.addServer('jellyfin', den);
  const uma = await jellyfinMember(stage, 'uma', 'Films');
  await stage.asOlga('/grant add', { member: uma.user, libraries: 'Shows', for: '40s' });
  await caughtUp(stage);
  expect(stage.den.accessOf(uma.login)).toEqual(['Films', 'Shows']);

  await rm(names);
  await stage.usher.logged('a media server could not be read', stage.usher.logs.length, 60_000);
  expect(stage.den.accessOf(uma.login)).toEqual(['Films', 'Shows']);
  expect(stage.usher.running).toBe(true);

  await writeFile(names, '');
  await stage.den.http.until('out', isOut(uma.login), 120_000);
  await stage.audited(/grant\.ended/, 1, 90_000);
  expectUnbrokenRecord(stage);
});
