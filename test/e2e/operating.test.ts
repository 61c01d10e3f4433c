/** What whoever operates Usher can read of it by HTTP, from the real process. */
import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { caughtUp, jellyfinMember } from './actions.ts';

let stage: Stage;
let port: unknown;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start({ HTTP_PORT: '0' });
  stage.discord.world.owner = stage.olga;
  port = (await stage.usher.logged('health is served')).port;
  await stage.setUp();
});
afterAll(() => stage.strike());

const get = (path: string, how: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, how);
/** The value of a sample, such as `usher_guilds` or `usher_jobs_total{task="sync"}`; undefined without one. */
const valueIn = (text: string, sample: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${sample} `))
    ?.slice(sample.length + 1);

it('says that it lives and that it is ready, and nothing else is there', async () => {
  expect(await (await get('/health/live')).json()).toEqual({ status: 'ok' });
  const ready = await get('/health/ready');
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({
    status: 'ok',
    ...{ discord: true, database: true, key: true, loop: true, outbox: true },
    reasons: [],
  });
  for (const [path, how] of [
    ['/', {}],
    ['/health/ready/', {}],
    ['/metrics?x', {}],
    ['/metrics', { method: 'POST' }],
  ] as const)
    expect((await get(path, how)).status).toBe(404);
});

it('counts what happens, without a word about people', async () => {
  const ben = await jellyfinMember(stage, 'ben', 'Films');
  await stage.asOlga('/grant add', { member: ben.user, libraries: 'Shows', for: '30d' });
  await caughtUp(stage);
  expect((await get('/metrics')).headers.get('content-type')).toContain('text/plain');
  const read = async () => (await get('/metrics')).text();
  // An interaction is counted when its last answer is given, and a job when it has ended.
  const counted = [
    'usher_interactions_total{kind="command",command="grant add",outcome="answered"}',
    'usher_job_seconds_count{task="enforce",outcome="ok"}',
  ];
  for (const sample of counted)
    await expect
      .poll(async () => Number(valueIn(await read(), sample)), { timeout: 20_000 })
      .toBeGreaterThanOrEqual(1);
  const text = await read();
  const host = new URL(stage.den.url).host;
  const asked = `usher_media_server_requests_total{host="${host}",outcome="answered"}`;
  expect(Number(valueIn(text, asked))).toBeGreaterThan(3);
  expect(Number(valueIn(text, 'usher_deliveries_total{kind="audit",outcome="sent"}'))).toBeGreaterThan(1);
  expect(valueIn(text, 'usher_media_servers{status="online"}')).toBe('2');
  expect(valueIn(text, 'usher_discord_connected')).toBe('1');
  expect(valueIn(text, 'usher_guilds')).toBe('1');
  expect(valueIn(text, 'usher_accounts_overdue')).toBe('0');
  expect(text).toMatch(/^usher_server_work_seconds_count\{outcome="ok"\} [1-9]/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  // No ids of Discord, no names, no tokens.
  expect(text).not.toMatch(/\{[^}]*\d{15,}/);
  for (const word of ['ben', 'olga', stage.plexOwner.token]) expect(text.toLowerCase()).not.toContain(word);
});

it('shows staff what it noted about their community, and whoever runs it all the rest', async () => {
  const { host } = new URL(stage.den.url);
  const down = stage.den.http.fault({ path: /./, dropBefore: true, times: Number.POSITIVE_INFINITY });
  await stage.asOlga('/library sync', { server: 'Den' });
  await stage.usher.logged('a media server could not be read');
  down.lift();
  const view = () => stage.asOlga('/logs view', { level: 'warn', contains: 'den' });
  await expect
    .poll(async () => (await view()).text)
    .toMatch(/a media server could not be read\n.*server=Den/);
  const whole = (await stage.asOlga('/logs view', { contains: 'installation' })).text;
  expect(whole).toContain('which only you see');
  stage.discord.world.owner = stage.ada;
  const theirs = (await stage.asOlga('/logs view')).text;
  expect(theirs).toContain('an interaction was handled');
  expect(theirs).not.toContain(host);
  expect((await stage.asOlga('/logs view', { contains: 'installation' })).text).toContain(
    'Nothing was noted',
  );
  stage.discord.world.owner = stage.olga;
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

it.skipIf(!hasPromtool)('is what Prometheus reads, by its own rules', async () => {
  const input = await (await get('/metrics')).text();
  expect(input).toContain('\nusher_');
  // It lints every metric, also those of Node that are not ours to name.
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  expect(`${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('usher_'))).toEqual([]);
});

it('is named in the dashboard and in the alert rules, which name nothing else', async () => {
  const text = await (await get('/metrics')).text();
  const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const used = execFileSync('grep', ['-rhoE', '(usher|nodejs|process)_[a-z_0-9]+', 'docs/operating'], {
    encoding: 'utf8',
  });
  const names = [...new Set(used.trim().split('\n'))];
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !known.has(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([]);
});
