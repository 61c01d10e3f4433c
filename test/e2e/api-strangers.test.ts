/**
 * The real process, and everybody who may not have what they ask for: each route for each kind of token, ten thousand
 * who guess, clients that dawdle, and a kill between “it is decided” and the end.
 */
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describedRoutes, lineOf, SCOPES, sample, scopesBelow } from '../adapters/api/routes.ts';
import { type Ask, askAt } from '../adapters/api/served.ts';
import { Stage } from '../support/stage.ts';
import { jellyfinMember } from './actions.ts';

/** It has no types of its own. */
const Database: new (path: string) => { exec(sql: string): void; close(): void } = createRequire(
  import.meta.url,
)('better-sqlite3');

const routes = await describedRoutes();
const ENV = { API: 'on', HTTP_PORT: '0', TRUST_PROXY: '1', DISCORD_GUILD_ID: '' };
const tokens: Record<string, string> = {};
const ids: Record<string, string> = {};
let stage: Stage;
let url: string;
let ben: Awaited<ReturnType<typeof jellyfinMember>>;
let asked = 0;

async function start(): Promise<void> {
  await stage.start(ENV);
  url = `http://127.0.0.1:${(await stage.usher.logged('health is served')).port}`;
}

/** Each from an address of its own, as a proxy tells it: who guesses is limited by address. */
function ask(line: string, how: Ask = {}) {
  asked += 1;
  const from = `10.1.${asked >> 8}.${asked & 255}`;
  return askAt(url, line, { ...how, headers: { 'x-forwarded-for': from, ...how.headers } });
}
const asAdmin = (line: string, body?: object) => ask(line, { token: tokens.admin, ...(body && { body }) });

beforeAll(async () => {
  stage = await Stage.set();
  await start();
  await stage.setUp();
  ben = await jellyfinMember(stage, 'ben', 'Films');
  const make = async (name: string, scope: string, guild = stage.guild) => {
    const options = { name, scope, expires: '1h' };
    const { text } = await stage.discord.as(stage.olga).in(guild).command('api token create', options);
    tokens[name] = /ush_\w{36}/.exec(text)?.[0] ?? '';
    expect([name, tokens[name]]).not.toEqual([name, '']);
  };
  for (const scope of SCOPES) await make(scope, scope);
  await make('theirs', 'admin', stage.discord.addGuild({ name: 'Elsewhere', owner: stage.olga }));
  await make('expired', 'admin');
  await make('revoked', 'admin');
  await (await stage.asOlga('/api token revoke', { token: 'revoked' })).click('Revoke');
  const database = new Database(join(stage.folder, 'data', 'usher.db'));
  database.exec(
    `UPDATE "ApiToken" SET "expiresAt" = '2020-01-01T00:00:00.000+00:00' WHERE "name" = 'expired'`,
  );
  database.close();
  const shows = (await asAdmin('GET /v1/libraries')).body.items.find(
    ({ name }: { name: string }) => name === 'Shows',
  );
  const libraryIds = [shows.id];
  Object.assign(ids, {
    ...{ libraryId: shows.id, serverId: shows.serverId, userId: ben.user.id, number: '1' },
    planId: (await asAdmin('POST /v1/plans', { name: 'Month', libraryIds })).body.id,
    inviteId: (await asAdmin('POST /v1/invites', { libraryIds })).body.id,
  });
});
afterAll(() => stage.strike());

it('ends truly what was decided when it is killed between 202 and the end', async () => {
  const fault = stage.den.http.fault({ path: /./, times: Number.POSITIVE_INFINITY, dropBefore: true });
  const headers = { 'idempotency-key': 'order-77' };
  const give = { token: tokens.grants, body: { userId: ben.user.id, libraryIds: [ids.libraryId] }, headers };
  const given = await ask('POST /v1/grants', give);
  expect([given.status, given.body.progress]).toEqual([202, 'waiting']);
  const operation = given.headers.get('location') ?? '';
  ids.operationId = operation.split('/').at(-1) ?? '';
  await stage.usher.kill();
  fault.lift();
  await start();
  await expect
    .poll(async () => (await asAdmin(`GET ${operation}`)).body.progress, { timeout: 20_000, interval: 100 })
    .toBe('applied');
  expect(stage.den.accessOf(ben.login)).toContain('Shows');
  const again = await ask('POST /v1/grants', give);
  expect([again.status, again.body.number]).toEqual([202, given.body.number]);
  const other = await ask('POST /v1/grants', { ...give, body: { ...give.body, for: '1d' } });
  expect(other.body).toMatchObject({ status: 422, type: 'urn:usher:problem:key-reused' });
});

it('shows and changes nothing for whoever may not have it: each route, each kind of token', async () => {
  const access = JSON.stringify(stage.den.accessOf(ben.login));
  const problems: unknown[] = [];
  const wrong = `${tokens.admin?.slice(0, -1)}${tokens.admin?.endsWith('a') ? 'b' : 'a'}`;
  for (const route of routes) {
    const body = sample(route, ids);
    const less = scopesBelow(route);
    const isNamed = route.path.includes('{');
    const theirs = isNamed ? 404 : route.body ? 422 : 200;
    const each: [string, string | undefined, number][] = [
      ['none', undefined, 401],
      ['wrong', wrong, 401],
      ['revoked', tokens.revoked, 401],
      ['expired', tokens.expired, 401],
      ['theirs', tokens.theirs, theirs],
      ...less.map((scope): [string, string | undefined, number] => [scope, tokens[scope], 403]),
    ];
    const line = lineOf(route, ids);
    const answers = await Promise.all(
      each.map(async ([kind, token, status]) => {
        const { text, ...answer } = await ask(line, { token, ...(body && { body }) });
        const isShown = ['Films', 'Shows', 'Month', 'ben'].some((secret) => text.includes(secret));
        return answer.status === status && !isShown ? [] : [line, kind, status, answer.status, text];
      }),
    );
    problems.push(...answers.filter(({ length }) => length > 0));
  }
  expect(routes.length).toBeGreaterThan(25);
  expect(problems).toEqual([]);
  expect(JSON.stringify(stage.den.accessOf(ben.login))).toBe(access);
  const { body } = await asAdmin('GET /v1/audit?limit=100');
  const programs = body.items.flatMap(
    ({ program }: { program: { name: string } | null }) => program?.name ?? [],
  );
  expect(new Set(programs)).toEqual(new Set(['admin', 'grants']));
});

it('goes on for everybody else while ten thousand guess at once, and others dawdle', async () => {
  const { port } = new URL(url);
  const dawdling = Array.from({ length: 100 }, () => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /v1/grants HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    return socket;
  });
  const logged = stage.usher.output.length;
  const guesses = Array.from({ length: 100 }, (_guesser, index) => guess(Number(port), index, 100));
  const [known, ready, seen] = await Promise.all([
    ask('GET /v1/servers', { token: tokens.admin, headers: { 'x-forwarded-for': '10.9.9.9' } }),
    fetch(`${url}/health/ready`),
    stage.asOlga('/server list'),
  ]);
  expect([known.status, ready.status]).toEqual([200, 200]);
  expect(seen.text).toContain('Den');
  const statuses = (await Promise.all(guesses)).flat();
  expect(statuses).toHaveLength(10_000);
  expect(statuses.filter((status) => status !== '401' && status !== '429')).toEqual([]);
  expect(statuses.filter((status) => status === '429').length).toBeGreaterThan(9_000);
  // The log is no place that guessers can fill.
  expect(stage.usher.output.length - logged).toBeLessThan(1_000);
  for (const socket of dawdling) socket.destroy();
});

it('leaves no token in the log', () => {
  const output = stage.usher.output.join('\n');
  for (const token of Object.values(tokens)) expect(output).not.toContain(token.slice(4, 34));
  expect(output).not.toContain('ush_guess');
});

/** Asks many times by one connection, all at once; resolves to the statuses. All connections are of one address. */
function guess(port: number, index: number, count: number): Promise<readonly string[]> {
  const socket = connect(port, '127.0.0.1');
  const lines = Array.from(
    { length: count },
    (_guess, each) =>
      `GET /v1/servers HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.9.9.9\r\nAuthorization: Bearer ush_guess${index}x${each}\r\n\r\n`,
  );
  socket.write(lines.join(''));
  let told = '';
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      told += bytes;
      const statuses = [...told.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);
      if (statuses.length < count) return;
      socket.destroy();
      resolve(statuses);
    });
  });
}
