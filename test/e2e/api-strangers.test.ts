/** The real process, and everybody who may not have what they ask for: each route, each kind of token. */
import { createRequire } from 'node:module';
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
const tokens: Record<string, string> = {};
const ids: Record<string, string> = {};
let stage: Stage;
let url: string;
let ben: Awaited<ReturnType<typeof jellyfinMember>>;
let asked = 0;

/** Each from an address of its own, as a proxy tells it: who guesses is limited by address. */
function ask(line: string, how: Ask = {}) {
  asked += 1;
  const from = `10.1.${asked >> 8}.${asked & 255}`;
  return askAt(url, line, { ...how, headers: { 'x-forwarded-for': from, ...how.headers } });
}
const asAdmin = (line: string, body?: object) => ask(line, { token: tokens.admin, ...(body && { body }) });

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start({ API: 'on', HTTP_PORT: '0', TRUST_PROXY: '1', DISCORD_GUILD_ID: '' });
  url = `http://127.0.0.1:${(await stage.usher.logged('health is served')).port}`;
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

it('does once what is asked under a key, and nothing else under it', async () => {
  const give = { token: tokens.grants, headers: { 'idempotency-key': 'order-77' } };
  const body = { userId: stage.ada.id, libraryIds: [ids.libraryId] };
  const given = await ask('POST /v1/grants', { ...give, body });
  // Ada has no account there yet: that is waited for.
  expect([given.status, given.body.progress]).toEqual([202, 'needs-person']);
  ids.operationId = given.headers.get('location')?.split('/').at(-1) ?? '';
  const again = await ask('POST /v1/grants', { ...give, body });
  expect([again.status, again.body.number]).toEqual([202, given.body.number]);
  const other = await ask('POST /v1/grants', { ...give, body: { ...body, for: '1d' } });
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

it('leaves no token in the log', () => {
  const output = stage.usher.output.join('\n');
  for (const token of Object.values(tokens)) expect(output).not.toContain(token.slice(4, 34));
});
