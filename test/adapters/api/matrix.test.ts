/** Every route that is described, for everybody who may not have what it answers, and with whatever may be sent. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Place, World } from '../../app/world.ts';
import { HOUR, later } from '../../support/moments.ts';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { describedRoutes, lineOf, SCOPES, sample, scopesBelow } from './routes.ts';
import { type Ask, type Served, serveApi, tokenFor } from './served.ts';

const routes = await describedRoutes();
const named = routes.map((route) => [`${route.method} ${route.path}`, route] as const);

let world: World;
let tower: Place;
let api: Served;
/** Of everything that a path may name. */
const ids: Record<string, string> = {};
const tokens: Record<string, string> = {};
let addresses = 0;
const past = { name: 'Past', scope: 'admin' as const };

beforeAll(async () => {
  world = await World.open();
  tower = await world.addTower();
  // Each asks from an address of its own: guessing from one is limited, and that is not what this is about.
  api = await serveApi(world.app, { trustProxy: true });
  for (const scope of SCOPES) tokens[scope] = await tokenFor(world.app, GUILD, scope);
  tokens.theirs = await tokenFor(world.app, OTHER_GUILD, 'admin');
  tokens.expired = await tokenFor(world.app, GUILD, 'admin', { expiresAt: later(HOUR) });
  tokens.revoked = await tokenFor(world.app, GUILD, 'admin', { name: past.name });
  const [revoked] = (await world.app.apiTokens.list(GUILD)).filter(({ name }) => name === past.name);
  await world.app.apiTokens.revoke({ guildId: GUILD, actorId: STAFF, tokenId: revoked?.id ?? '' });
  world.clock.advance(2 * HOUR);
  const admin = { token: tokens.admin };
  const libraryIds = [tower.id('Movies')];
  const made = async (line: string, body: object) => await api.ask(line, { ...admin, body });
  const grant = await made('POST /v1/grants', { userId: ADA, libraryIds });
  Object.assign(ids, {
    ...{ serverId: tower.server.id, libraryId: tower.id('Movies'), userId: ADA, number: '1' },
    planId: (await made('POST /v1/plans', { name: 'Month', libraryIds })).body.id,
    inviteId: (await made('POST /v1/invites', { libraryIds })).body.id,
    operationId: grant.headers.get('location')?.split('/').at(-1),
  });
});
afterAll(async () => {
  await api.stop();
  await world.close();
});

describe.each(named)('%s', (_name, route) => {
  const ask = (token: string | undefined, how: Ask = {}) => {
    const body = sample(route, ids);
    addresses += 1;
    const headers = { 'x-forwarded-for': `10.0.${addresses >> 8}.${addresses & 255}` };
    return api.ask(lineOf(route, ids), { token, headers, ...(body !== undefined && { body }), ...how });
  };

  it('answers nobody without a token, with a wrong one, or with one that is over', async () => {
    const events = await world.countEvents();
    const wrong = [undefined, `${tokens.admin?.slice(0, -1)}-`, tokens.revoked, tokens.expired];
    for (const token of wrong) {
      const { status, headers } = await ask(token);
      expect(status).toBe(401);
      expect(headers.get('content-type')).toMatch('application/problem+json');
    }
    expect(await world.countEvents()).toBe(events);
  });

  it('answers whose scope is less that it is', async () => {
    for (const scope of scopesBelow(route)) {
      const { status, body } = await ask(tokens[scope]);
      expect([status, body.type]).toEqual([403, 'urn:usher:problem:insufficient-scope']);
    }
  });

  it('shows and changes nothing of another guild', async () => {
    const before = await world.rowsOf(GUILD);
    const { status, text } = await ask(tokens.theirs);
    if (route.path.includes('{')) expect(status).toBe(404);
    else if (route.body) expect(status).toBe(422);
    else expect(status).toBe(200);
    for (const secret of ['Movies', 'Month', ids.planId, ids.inviteId]) expect(text).not.toContain(secret);
    expect(await world.rowsOf(GUILD)).toBe(before);
  });

  it('answers whatever is sent with a problem at most', async () => {
    const junk = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '30d',
        'never',
        '2027-01-01',
        '9'.repeat(30),
        '\u0000',
        '\ud800',
        '<@1>',
        '%s',
      ),
      fc.string({ maxLength: 30, unit: 'binary' }),
      fc.integer(),
      fc.constantFrom(null, true, 1e308, -1, 0.5),
      fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
    );
    const field = (name: string) => fc.oneof(junk, fc.constantFrom(...valuesFor(name)));
    const names = Object.keys(route.body?.properties ?? {});
    const bodies = route.body
      ? fc.oneof(
          fc.record(Object.fromEntries(names.map((name) => [name, field(name)])), { requiredKeys: [] }),
          fc.jsonValue(),
        )
      : fc.constant(undefined);
    const paths = fc.record(
      Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, fc.oneof(fc.constant(id), words)])),
    );
    const queries = fc.oneof(
      fc.constant('?dryRun=true'),
      fc
        .record({
          name: fc.constantFrom('limit', 'cursor', 'state', 'userId', 'serverId', 'dryRun'),
          value: words,
        })
        .map(({ name, value }) => `?${name}=${encodeURIComponent(value)}`),
    );
    const runs = route.body ? 15 : 4;
    await fc.assert(
      fc.asyncProperty(bodies, paths, queries, async (body, named, query) => {
        const line = `${lineOf(route, named)}${route.method === 'GET' || !route.body ? query : '?dryRun=true'}`;
        const how = { token: tokens.admin, ...(body !== undefined && { body: JSON.stringify(body) }) };
        const { status, headers } = await api.ask(line, how);
        expect(status).toBeLessThan(500);
        if (status >= 400) expect(headers.get('content-type')).toMatch('application/problem+json');
      }),
      { numRuns: runs },
    );
  });
});

/** What a path or a query may hold that is no id: also what cannot be decoded. */
const words = fc
  .oneof(
    fc.string({ maxLength: 20, unit: 'grapheme-ascii' }),
    fc.constantFrom('0', '-1', '9'.repeat(25), '..', '%', 'ä🙂', '\u202e'),
  )
  .filter((text) => text !== '' && text !== '.' && text !== '..' && text.isWellFormed());

function valuesFor(name: string): readonly unknown[] {
  const known: Record<string, readonly unknown[]> = {
    userId: [ADA, '9'.repeat(20)],
    libraryIds: [[tower.id('Movies')], [tower.id('Movies'), 'nowhere'], []],
    planId: ['nowhere'],
    for: ['30d', 'never', '1M', '100y', '03/04/2027'],
    until: ['2030-01-01', 'tomorrow', '03/04/2027', 'never'],
    by: ['1d', 'never', '1M'],
  };
  return known[name] ?? ['word'];
}
