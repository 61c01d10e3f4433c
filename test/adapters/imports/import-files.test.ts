/** Files are fetched from Discord alone, as much as may be, and are gone afterwards. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImportFiles } from '../../../src/adapters/imports/import-files.ts';
import { type Answer, HttpStandIn } from '../../standins/http.ts';
import { FakeClock } from '../../support/clock.ts';
import { TestLog } from '../discord/setup.ts';
import { databaseFile, MEMBARR } from './files.ts';

const MIA = '112233445566778899';
const MB = 1024 * 1024;
const files = new Map<string, Answer>();
const http = new HttpStandIn({ unknownRoute: () => ({ status: 404, body: 'gone' }) });
let origin: string;
let folder: string;
let appDb: Buffer;

beforeAll(async () => {
  http.route('GET', '/cdn/:name', ({ params }) => files.get(params.name ?? '') ?? { status: 404 });
  origin = await http.listen();
  folder = mkdtempSync(join(tmpdir(), 'usher-imports-'));
  const made = databaseFile(join(folder, 'app.db'), MEMBARR.membarr, {
    clients: [{ discord_username: MIA, email: null, jellyfin_username: 'mia' }],
  });
  appDb = readFileSync(made);
  files.set('app.db', { status: 200, body: appDb });
});
afterAll(async () => {
  await http.stop();
  rmSync(folder, { recursive: true });
});

const own = () => join(folder, 'imports');
const create = (options: { readonly readWithinMs?: number; readonly apiUrl?: string } = {}) =>
  createImportFiles({
    ...{ folder: own(), apiUrl: `${origin}/api`, clock: new FakeClock(), log: new TestLog() },
    ...options,
  });
const attached = (url: string, size = 1) => ({ name: 'app.db', size, url });
const at = (name: string) => attached(`${origin}/cdn/${name}`);

it('fetches, reads, and leaves nothing behind', async () => {
  expect(await create().read(at('app.db'), 'membarr')).toMatchObject({
    kind: 'read',
    rows: [{ discordId: MIA, account: 'mia' }],
  });
  expect(readdirSync(own())).toEqual([]);
});

it('removes what a killed process left, and not what another one reads right now', async () => {
  const left = (name: string, minutesAgo: number) => {
    mkdirSync(join(own(), name), { recursive: true });
    writeFileSync(join(own(), name, 'copy'), 'addresses');
    const then = new Date(new FakeClock().now().getTime() - minutesAgo * 60_000);
    utimesSync(join(own(), name), then, then);
  };
  left('file-left', 3);
  left('file-being-read', 1);
  await create().read(at('app.db'), 'membarr');
  expect(existsSync(join(own(), 'file-left'))).toBe(false);
  expect(existsSync(join(own(), 'file-being-read'))).toBe(true);
  rmSync(join(own(), 'file-being-read'), { recursive: true });
});

describe('asks nobody but Discord', () => {
  it.each([
    'http://cdn.discordapp.com/attachments/1/2/app.db',
    'https://cdn.discordapp.com.example.org/app.db',
    'https://cdn.discordapp.com:8443/app.db',
    'https://user@example.org/cdn.discordapp.com',
    'https://discord.com/app.db',
    'file:///etc/passwd',
    'data:text/csv,account',
    'not an address',
  ])('%s', async (url) => {
    expect(await create().read(attached(url), 'csv')).toEqual({ kind: 'refused', why: 'elsewhere' });
  });

  it('and not the stand-in where it is not the Discord that is asked', async () => {
    const files = create({ apiUrl: 'https://discord.com/api' });
    const before = http.requests.length;
    expect(await files.read(at('app.db'), 'membarr')).toEqual({ kind: 'refused', why: 'elsewhere' });
    expect(http.requests).toHaveLength(before);
  });
});

it('follows no redirect, unpacks nothing, and takes no error for a file', async () => {
  const address = { location: `${origin}/cdn/app.db` };
  files.set('moved', { status: 302, headers: address, body: 'moved' });
  files.set('packed', { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'x' });
  files.set('nothing', { status: 200, body: '' });
  const all = create();
  for (const name of ['moved', 'packed', 'missing'])
    expect(await all.read(at(name), 'membarr')).toEqual({ kind: 'refused', why: 'not-fetched' });
  expect(await all.read(at('nothing'), 'membarr')).toEqual({ kind: 'refused', why: 'empty' });
});

it('stops at what it says it is, and at what it is', async () => {
  const all = create();
  const before = http.requests.length;
  expect(await all.read(attached(`${origin}/cdn/app.db`, 50 * MB), 'membarr')).toMatchObject({
    why: 'too-large',
  });
  expect(http.requests).toHaveLength(before);
  files.set('large', { status: 200, body: Buffer.alloc(50 * MB) });
  expect(await all.read(at('large'), 'membarr')).toMatchObject({ why: 'too-large' });
  expect(readdirSync(own())).toEqual([]);
});

it('a file that is cut off on its way is not read', async () => {
  const fault = http.fault({ path: /app\.db/, cutAfterBytes: 5_000 });
  expect(await create().read(at('app.db'), 'membarr')).toEqual({ kind: 'refused', why: 'not-fetched' });
  fault.lift();
});

it('ends a thread that takes too long, and starts another for the next file', async () => {
  const slow = await create({ readWithinMs: 1 }).read(at('app.db'), 'membarr');
  expect(slow).toEqual({ kind: 'refused', why: 'too-much' });
  expect(await create().read(at('app.db'), 'membarr')).toMatchObject({ kind: 'read' });
});
