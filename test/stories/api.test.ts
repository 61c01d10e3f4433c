/** Programs that mean no good, and some that are slow, before the real process. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ask, askAt } from '../adapters/api/served.ts';
import { jellyfinMember } from '../e2e/actions.ts';
import { Stage } from '../support/stage.ts';

let stage: Stage;
let url: string;
let token: string;

async function start(): Promise<void> {
  await stage.start({ API: 'on', HTTP_PORT: '0' });
  url = `http://127.0.0.1:${(await stage.usher.logged('health is served')).port}`;
}

beforeAll(async () => {
  stage = await Stage.set();
  await start();
  await stage.setUp();
  const made = await stage.asOlga('/api token create', { name: 'shop', scope: 'grants' });
  token = /ush_\w{36}/.exec(made.text)?.[0] ?? '';
});
afterAll(() => stage.strike());

const ask = (line: string, how: Ask = {}) => askAt(url, line, { token, ...how });

it('goes on where it was killed between the answer and the end', async () => {
  const ben = await jellyfinMember(stage, 'ben', 'Films');
  const { items } = (await ask('GET /v1/libraries')).body;
  const shows = items.find(({ name }: { name: string }) => name === 'Shows');
  const body = { userId: ben.user.id, libraryIds: [shows.id] };
  await stage.den.stop();
  const headers = { 'idempotency-key': 'order-78' };
  const waiting = await ask('POST /v1/grants', { body, headers });
  expect(waiting.status).toBe(202);
  const operation = waiting.headers.get('location');
  await stage.usher.kill();
  await stage.den.start();
  await start();
  expect((await ask('POST /v1/grants', { body, headers })).body.number).toBe(waiting.body.number);
  await expect
    .poll(async () => (await ask(`GET ${operation}`)).body.progress, { timeout: 60_000 })
    .toBe('applied');
  expect(stage.den.accessOf(ben.login)).toContain('Shows');
}, 180_000);

it('ends truly a sync that it was killed in the middle of', async () => {
  const { items } = (await ask('GET /v1/servers')).body;
  const den = items.find(({ name }: { name: string }) => name === 'Den');
  const hanging = stage.den.http.fault({ path: /./, times: Number.POSITIVE_INFINITY, hang: true });
  const answer = await ask(`POST /v1/servers/${den.id}/sync`);
  expect([answer.status, answer.body.progress]).toEqual([202, 'waiting']);
  await stage.usher.kill();
  hanging.lift();
  await start();
  const operation = async () => (await ask(`GET ${answer.headers.get('location')}`)).body;
  await expect
    .poll(async () => (await operation()).progress, { timeout: 30_000, interval: 200 })
    .toBe('applied');
  expect((await operation()).sync).toMatchObject({ serverId: den.id, isSynced: true, libraries: 2 });
});

it('10,000 wrong tokens shut out nobody, and hold up no command', async () => {
  expect((await ask('GET /v1/servers')).status).toBe(200);
  const wrong = Array.from({ length: 20 }, async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 500; count += 1)
      statuses.push((await askAt(url, 'GET /v1/servers', { token: `ush_${'x'.repeat(36)}` })).status);
    return statuses;
  });
  const slowest: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    const begun = performance.now();
    expect((await stage.asOlga('/server list')).text).toContain('Tower');
    slowest.push(performance.now() - begun);
  }
  const statuses = (await Promise.all(wrong)).flat();
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(130);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect((await ask('GET /v1/servers')).status).toBe(200);
  expect(Math.max(...slowest)).toBeLessThan(10_000);
}, 180_000);

it('closes connections that do not say what they want', async () => {
  const sockets = Array.from({ length: 50 }, () => connect(Number(new URL(url).port), '127.0.0.1'));
  const closed = sockets.map(
    (socket) =>
      new Promise<string>((resolve) => {
        let text = '';
        socket.on('data', (some) => {
          text += some;
        });
        socket.on('close', () => resolve(text));
        socket.write('GET /v1/servers HTTP/1.1\r\nHost: x\r\n');
      }),
  );
  expect((await ask('GET /v1/servers')).status).toBe(200);
  for (const text of await Promise.all(closed)) expect(text).toMatch('408');
}, 60_000);
