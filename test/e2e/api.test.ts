/** A program asks the real process: from the token that an admin types to what the media server shows. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ask, askAt } from '../adapters/api/served.ts';
import { Stage } from '../support/stage.ts';
import { jellyfinMember } from './actions.ts';

let stage: Stage;
let url: string;
let token: string;
let ben: Awaited<ReturnType<typeof jellyfinMember>>;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start({ API: 'on', HTTP_PORT: '0', API_ORIGINS: 'https://shop.test' });
  url = `http://127.0.0.1:${(await stage.usher.logged('health is served')).port}`;
  await stage.setUp();
  ben = await jellyfinMember(stage, 'ben', 'Films');
  const made = await stage.asOlga('/api token create', { name: 'shop', scope: 'grants' });
  token = /ush_\w{36}/.exec(made.text)?.[0] ?? '';
});
afterAll(() => stage.strike());

const ask = (line: string, how: Ask = {}) => askAt(url, line, { token, ...how });
const idOf = async (name: string): Promise<string> =>
  (await ask('GET /v1/libraries')).body.items.find((one: { name: string }) => one.name === name).id;

it('gives what the server then shows, in the name of the program, and takes it again', async () => {
  const body = { userId: ben.user.id, libraryIds: [await idOf('Shows')], for: '30d', reason: 'order 77' };
  const given = await ask('POST /v1/grants', { body });
  expect([given.status, given.body.progress]).toEqual([201, 'applied']);
  expect(stage.den.accessOf(ben.login)).toContain('Shows');
  const id = given.headers.get('x-request-id');
  const [line] = await stage.audited(/grant\.created.*order 77/);
  expect(line).toMatch('API “shop” gave ben Shows on Den');
  expect(line).toMatch(`by API shop · request ${id}`);
  const ended = await ask(`DELETE /v1/grants/${given.body.number}`);
  expect([ended.status, ended.body.state]).toEqual([200, 'ended']);
  expect(stage.den.accessOf(ben.login)).not.toContain('Shows');
  expect((await ask('GET /v1/servers', { token: 'ush_wrong' })).status).toBe(401);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
});

it('lets pages of those origins ask that somebody named, and no others', async () => {
  const from = async (origin: string) =>
    (await ask('GET /v1/servers', { headers: { origin } })).headers.get('access-control-allow-origin');
  expect(await from('https://shop.test')).toBe('https://shop.test');
  expect(await from('https://evil.test')).toBeNull();
});

it('reads no more than 256 KB, and no bytes that are no JSON', async () => {
  const big = await ask('POST /v1/grants', { body: { reason: 'x'.repeat(300_000) } });
  expect([big.status, big.body.type]).toEqual([413, 'urn:usher:problem:too-large']);
  expect((await ask('POST /v1/grants', { body: '{"userId":' })).status).toBe(400);
  const xml = { 'content-type': 'text/xml' };
  expect((await ask('POST /v1/grants', { body: '<a/>', headers: xml })).status).toBe(415);
});

it('leaves no token in the log, nor in what is stored', async () => {
  const output = stage.usher.output.join('\n');
  expect(output).toContain('the API was asked');
  expect(output).not.toContain(token);
  expect(output).not.toContain(token.slice(4, 34));
});
