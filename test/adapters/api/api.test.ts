/** What programs ask, by HTTP, in front of the real use cases. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Place, takeDown, World } from '../../app/world.ts';
import { DAY, HOUR, later } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { type Ask, type Served, serveApi, tokenFor } from './served.ts';

let world: World;
let tower: Place;
let api: Served;
let token: string;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  api = await serveApi(world.app);
  token = await tokenFor(world.app, GUILD, 'admin', { name: 'shop' });
});
afterEach(async () => {
  await api.stop();
  await world.close();
});

const ask = (line: string, how: Ask = {}) => api.ask(line, { token, ...how });

describe('who asks', () => {
  it('shows a token that is good, of this guild, and not over', async () => {
    const expired = await tokenFor(world.app, GUILD, 'read', { expiresAt: later(HOUR) });
    expect((await ask('GET /v1/servers', { token: expired })).status).toBe(200);
    world.clock.advance(HOUR);
    const wrong = [undefined, '', 'ush_', token.slice(0, -1), `${token}x`, expired, token.toUpperCase()];
    for (const one of wrong) {
      const { status, body, headers } = await ask('GET /v1/servers', { token: one });
      expect([status, body.type]).toEqual([401, 'urn:usher:problem:unauthorized']);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(headers.get('content-type')).toMatch('application/problem+json');
    }
    expect((await ask(`GET /v1/servers?token=${token}`, { token: undefined })).status).toBe(401);
  });

  it('has no token any more when it is revoked, and when Usher has left the guild', async () => {
    const [shop] = await world.app.apiTokens.list(GUILD);
    await world.app.apiTokens.revoke({ guildId: GUILD, actorId: STAFF, tokenId: shop?.id ?? '' });
    expect((await ask('GET /v1/servers')).status).toBe(401);
    const other = await tokenFor(world.app, GUILD, 'read');
    await world.app.retention.noteRemoved(GUILD);
    expect((await ask('GET /v1/servers', { token: other })).status).toBe(401);
    await world.app.retention.noteThere(GUILD);
    expect((await ask('GET /v1/servers', { token: other })).status).toBe(200);
  });

  it('may do what the scope says', async () => {
    const read = await tokenFor(world.app, GUILD, 'read');
    const grants = await tokenFor(world.app, GUILD, 'grants');
    const body = { userId: ADA, libraryIds: [tower.id('Movies')] };
    expect((await ask('POST /v1/grants', { token: read, body })).body).toMatchObject({
      status: 403,
      detail: 'This takes a token with the scope grants; this one has read.',
    });
    expect((await ask('POST /v1/grants', { token: grants, body })).status).toBe(202);
    const plan = { name: 'Month', libraryIds: [tower.id('Movies')], for: '30d' };
    expect((await ask('POST /v1/plans', { token: grants, body: plan })).status).toBe(403);
    expect((await ask('POST /v1/plans', { body: plan })).status).toBe(201);
    const [server] = (await ask('GET /v1/servers', { token: grants })).body.items;
    expect(server.url).toBeNull();
    expect((await ask('GET /v1/servers')).body.items[0].url).toBe('http://tower.test');
  });

  it('sees the own guild only', async () => {
    await world.grant(ADA, [tower.id('Movies')]);
    const theirs = await tokenFor(world.app, OTHER_GUILD, 'admin');
    expect((await ask('GET /v1/servers', { token: theirs })).body.items).toEqual([]);
    for (const path of [
      `/v1/servers/${tower.server.id}`,
      `/v1/libraries/${tower.id('Movies')}/permissions`,
      `/v1/members/${ADA}`,
      '/v1/grants/1',
    ]) {
      expect((await ask(`GET ${path}`)).status).toBe(200);
      expect((await ask(`GET ${path}`, { token: theirs })).status).toBe(404);
    }
    expect((await ask('DELETE /v1/grants/1', { token: theirs })).status).toBe(404);
  });

  it('guesses for so long, and shuts out nobody else', async () => {
    expect((await ask('GET /v1/servers')).status).toBe(200);
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async () => (await ask('GET /v1/servers', { token: 'ush_x' })).status),
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(29);
    const limited = await ask('GET /v1/servers', { token: 'ush_x' });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('GET /v1/servers')).status).toBe(200);
  });

  it('is answered a few at a time, however many ask at once', async () => {
    let [running, most] = [0, 0];
    const plans = {
      ...world.app.plans,
      list: async () => {
        running += 1;
        most = Math.max(most, running);
        for (let turns = 0; turns < 20; turns += 1) await turn();
        running -= 1;
        return [];
      },
    };
    const served = await serveApi(Object.assign(Object.create(world.app), { plans }));
    const all = await Promise.all(
      Array.from({ length: 60 }, async () => (await served.ask('GET /v1/plans', { token })).status),
    );
    expect(new Set(all)).toEqual(new Set([200]));
    expect(most).toBe(8);
    await served.stop();
  });

  it('is told how often it may ask', async () => {
    const { headers } = await ask('GET /v1/servers');
    expect(headers.get('ratelimit-policy')).toBe('"default";q=12000;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"default";r=11999;t=\d+$/);
  });
});

describe('giving access', () => {
  const wish = () => ({ userId: ADA, libraryIds: [tower.id('Movies')], for: '30d', reason: 'order 77' });

  it('answers with what was read on the server, and stands in the record in the name of the program', async () => {
    const person = await world.newAccount(ADA, tower);
    const { status, body, headers } = await ask('POST /v1/grants', { body: wish() });
    expect([status, headers.get('location')]).toEqual([201, '/v1/grants/1']);
    expect(body).toMatchObject({
      ...{ number: 1, memberId: ADA, state: 'active', progress: 'applied', reason: 'order 77' },
      libraries: [{ name: 'Movies', serverName: 'Tower' }],
      expiresAt: later(30 * DAY).toISOString(),
      servers: [{ serverName: 'Tower', application: 'applied', why: null }],
    });
    expect(person.access).toEqual(['movies']);
    const id = headers.get('x-request-id');
    const [created] = await world.events('grant.created');
    expect(created?.actorId).toBe(`api:${id}:shop`);
    const [event] = (await ask(`GET /v1/audit?userId=${ADA}&limit=9`)).body.items.filter(
      ({ action }: { action: string }) => action === 'grant.created',
    );
    expect(event.program).toEqual({ name: 'shop', requestId: id });
    expect(api.logged).toContainEqual(
      expect.objectContaining({ requestId: id, program: 'shop', route: '/v1/grants', status: 201 }),
    );
    expect(JSON.stringify(api.logged)).not.toContain(token);
  });

  it('says where to ask when a server does not show it yet, and in the end that it is applied', async () => {
    await world.newAccount(ADA, tower);
    takeDown(tower.fake);
    const { status, headers, body } = await ask('POST /v1/grants', { body: wish() });
    expect([status, body.progress]).toEqual([202, 'waiting']);
    const operation = headers.get('location') ?? '';
    expect(operation).toMatch(/^\/v1\/operations\/\w+$/);
    expect((await ask(`GET ${operation}`)).body).toMatchObject({
      progress: 'waiting',
      grants: [{ number: 1 }],
    });
    tower.fake.heal();
    await world.pass(HOUR);
    expect((await ask(`GET ${operation}`)).body.progress).toBe('applied');
    await ask('DELETE /v1/grants/1');
    expect((await ask(`GET ${operation}`)).body.progress).toBe('overtaken');
  });

  it('says who has to act where nothing goes by itself', async () => {
    const { status, headers, body } = await ask('POST /v1/grants', { body: wish() });
    expect([status, body.progress, body.servers[0].application]).toEqual([202, 'needs-person', 'no-account']);
    const { body: operation } = await ask(`GET ${headers.get('location')}`);
    expect(operation.progress).toBe('needs-person');
  });

  it('asks first what staff are asked first', async () => {
    await world.grant(ADA, [tower.id('Movies')]);
    const asked = await ask('POST /v1/grants', { body: wish() });
    expect(asked.body).toMatchObject({ status: 409, type: 'urn:usher:problem:needs-confirmation' });
    expect(asked.body.detail).toMatch(/^They have Movies for good already, by grant #1\. /);
    expect((await ask('POST /v1/grants', { body: { ...wish(), anyway: true } })).status).toBe(202);
    world.guilds.left.add(BEN);
    const away = await ask('POST /v1/grants', { body: { ...wish(), userId: BEN } });
    expect(away.body.detail).toMatch(`${BEN} is not on this Discord server.`);
  });

  it('is rehearsed without doing anything', async () => {
    const events = await world.countEvents();
    const { status, body } = await ask('POST /v1/grants?dryRun=true', { body: wish() });
    expect([status, body.dryRun, body.wouldChange]).toEqual([200, true, true]);
    expect(body.grants).toMatchObject([
      { number: null, before: null, after: { libraryIds: [tower.id('Movies')] } },
    ]);
    await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const extend = await ask('POST /v1/grants/1/extend?dryRun=true', { body: { by: '2d' } });
    expect(extend.body.grants[0].after.expiresAt).toBe(later(3 * DAY).toISOString());
    const resume = await ask('POST /v1/grants/1/resume?dryRun=true');
    expect(resume.body).toMatchObject({ wouldChange: false, says: expect.stringContaining('not paused') });
    expect((await ask('DELETE /v1/grants/1?dryRun=true')).body.grants[0].after.state).toBe('ending');
    expect((await ask('GET /v1/grants/1')).body).toMatchObject({ state: 'active' });
    expect(await world.countEvents()).toBe(events + 1);
  });

  it.each([
    ['both a plan and libraries', { planId: 'p', libraryIds: ['x'] }, 422],
    ['neither', {}, 422],
    ['a library that is not here', { libraryIds: ['nowhere'] }, 422],
    ['a plan that is not here', { planId: 'nowhere' }, 422],
    ['a length that is none', { libraryIds: [], for: '30' }, 400],
    ['a bare number', { for: '30' }, 422],
    ['an end that is over', { until: '2020-01-01' }, 422],
    ['two ends', { for: '1d', until: '2027-01-01' }, 422],
    ['no person', { userId: 'ada' }, 400],
  ])('is refused with the sentence of a person: %s', async (_name, changes, status) => {
    const base = {
      userId: ADA,
      ...(!('planId' in changes) && _name !== 'neither' && { libraryIds: [tower.id('Movies')] }),
    };
    const answer = await ask('POST /v1/grants', { body: { ...base, ...changes } });
    expect([answer.status, typeof answer.body.detail]).toEqual([status, 'string']);
    expect(await world.events('grant.created')).toEqual([]);
  });
});

describe('changing access', () => {
  beforeEach(async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
  });

  it('extends, pauses, resumes, changes and ends, each verified', async () => {
    const extended = await ask('POST /v1/grants/1/extend', { body: { by: '1d', reason: 'kind' } });
    expect(extended.body).toMatchObject({ expiresAt: later(2 * DAY).toISOString(), progress: 'applied' });
    expect((await ask('POST /v1/grants/1/pause')).body).toMatchObject({
      state: 'paused',
      progress: 'applied',
    });
    const again = await ask('POST /v1/grants/1/pause', { body: {} });
    expect([again.status, again.body.type]).toEqual([409, 'urn:usher:problem:refused']);
    expect((await ask('POST /v1/grants/1/resume')).body.state).toBe('active');
    const changed = await ask('PATCH /v1/grants/1', {
      body: { until: null, libraryIds: [tower.id('Shows')] },
    });
    expect(changed.body).toMatchObject({ expiresAt: null, libraries: [{ name: 'Shows' }] });
    const ended = await ask('DELETE /v1/grants/1?reason=refund');
    expect([ended.status, ended.body.state]).toEqual([200, 'ended']);
    const actions = (await world.events()).filter(({ actorId }) => actorId?.startsWith('api:'));
    expect(actions.map(({ action }) => action)).toEqual([
      ...['grant.extended', 'grant.paused', 'grant.resumed', 'grant.changed', 'grant.revoked'],
    ]);
  });

  it('leaves what was changed since it was read', async () => {
    const read = await ask('GET /v1/grants/1');
    const etag = read.headers.get('etag') ?? '';
    const headers = { 'if-match': etag };
    const first = await ask('PATCH /v1/grants/1', { body: { until: '2d' }, headers });
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).not.toBe(etag);
    const second = await ask('PATCH /v1/grants/1', { body: { until: '3d' }, headers });
    expect(second.body).toMatchObject({ status: 412, type: 'urn:usher:problem:changed' });
    expect((await ask('GET /v1/grants/1')).body.expiresAt).toBe(first.body.expiresAt);
  });

  it('takes one library from somebody, and says who has it', async () => {
    await world.grant(ADA, [tower.id('Shows')]);
    const path = `/v1/libraries/${tower.id('Movies')}/permissions`;
    expect((await ask(`GET ${path}`)).body.items).toMatchObject([
      { userId: ADA, has: 'yes', grants: [{ number: 1, state: 'active' }] },
    ]);
    const would = await ask(`DELETE ${path}/${ADA}?dryRun=true`);
    expect(would.body).toMatchObject({ removes: [{ name: 'Movies' }], grants: [{ number: 1 }] });
    const taken = await ask(`DELETE ${path}/${ADA}`);
    expect([taken.status, taken.body.grants[0].state]).toEqual([200, 'ended']);
    expect((await ask(`GET ${path}`)).body.items).toEqual([]);
    expect((await ask(`DELETE ${path}/${ADA}`)).status).toBe(404);
    const given = await ask(`POST ${path}`, { body: { userId: ADA, for: '1d' } });
    expect([given.status, given.body.state]).toEqual([201, 'active']);
  });
});

describe('the same key', () => {
  const headers = { 'idempotency-key': 'order-77' };
  const body = () => ({ userId: ADA, libraryIds: [tower.id('Movies')], for: '30d' });

  it('gives once, and answers the same', async () => {
    const first = await ask('POST /v1/grants', { body: body(), headers });
    const second = await ask('POST /v1/grants', { body: body(), headers });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(await world.events('grant.created')).toHaveLength(1);
  });

  it('stands for one request: another body is refused', async () => {
    await ask('POST /v1/grants', { body: body(), headers });
    const other = await ask('POST /v1/grants', { body: { ...body(), for: '31d' }, headers });
    expect(other.body).toMatchObject({ status: 422, type: 'urn:usher:problem:key-reused' });
    expect((await ask('POST /v1/grants/1/extend', { body: { by: '1d' }, headers })).status).toBe(422);
  });

  it('is free again where nothing was done', async () => {
    await world.grant(ADA, [tower.id('Movies')]);
    const refused = await ask('POST /v1/grants', { body: body(), headers });
    expect(refused.status).toBe(409);
    const meant = await ask('POST /v1/grants', { body: { ...body(), anyway: true }, headers });
    expect([meant.status, meant.body.number]).toEqual([202, 2]);
  });

  it('gives once when it is sent many times at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => ask('POST /v1/grants', { body: body(), headers })),
    );
    const statuses = new Set(all.map(({ status }) => status));
    expect([...statuses].filter((status) => ![202, 409].includes(status))).toEqual([]);
    expect(await world.events('grant.created')).toHaveLength(1);
  });

  it('is forgotten after a day', async () => {
    await ask('POST /v1/grants', { body: body(), headers });
    world.clock.advance(DAY);
    const later = await ask('POST /v1/grants', { body: { ...body(), anyway: true }, headers });
    expect(later.status).toBe(202);
    expect(await world.events('grant.created')).toHaveLength(2);
  });

  it('does not do again what was done before a kill, and says where to ask', async () => {
    await world.newAccount(ADA, tower);
    // The process ends after the change was committed, and before it was answered.
    const lost = Object.assign(Object.create(world.app), {
      apiCalls: { ...world.app.apiCalls, answer: () => Promise.reject(new Error('killed')) },
    });
    const dying = await serveApi(lost);
    const { status } = await dying.ask('POST /v1/grants', { token, body: body(), headers });
    expect(status).toBe(500);
    await dying.stop();
    const again = await ask('POST /v1/grants', { body: body(), headers });
    expect([again.status, again.body.number]).toEqual([202, 1]);
    expect((await ask(`GET ${again.headers.get('location')}`)).body.progress).toBe('applied');
    expect(await world.events('grant.created')).toHaveLength(1);
  });

  it('does what a kill has kept from being done', async () => {
    const broken = Object.assign(Object.create(world.app), {
      grants: { ...world.app.grants, add: () => Promise.reject(new Error('killed')) },
    });
    const dying = await serveApi(broken);
    await dying.ask('POST /v1/grants', { token, body: body(), headers });
    await dying.stop();
    expect((await ask('POST /v1/grants', { body: body(), headers })).status).toBe(202);
    expect(await world.events('grant.created')).toHaveLength(1);
  });

  it('keeps no code of an invite in the clear', async () => {
    const invite = { libraryIds: [tower.id('Movies')], for: '30d' };
    const made = await ask('POST /v1/invites', { body: invite, headers });
    expect(made.status).toBe(201);
    const again = await ask('POST /v1/invites', { body: invite, headers });
    expect(again.body.code).toBe(made.body.code);
    expect(await world.everythingStored()).not.toContain(made.body.code);
    expect(await world.everythingStored()).not.toContain(token);
  });
});

describe('lists', () => {
  it('go on where the page before ended', async () => {
    for (let count = 0; count < 5; count += 1) await world.grant(ADA, [tower.id('Movies')]);
    const numbers: number[] = [];
    let cursor = '';
    for (let pages = 0; pages < 9; pages += 1) {
      const { body } = await ask(`GET /v1/grants?limit=2${cursor}`);
      numbers.push(...body.items.map(({ number }: { number: number }) => number));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(numbers).toEqual([5, 4, 3, 2, 1]);
    expect((await ask('GET /v1/grants?cursor=zzz')).status).toBe(400);
    expect((await ask('GET /v1/audit?limit=2')).body.items).toHaveLength(2);
    expect((await ask('GET /v1/grants?state=ended')).body.items).toEqual([]);
  });
});

describe('plans, invites and the rest', () => {
  it('makes, edits and deletes a plan, and an invite of it', async () => {
    const made = await ask('POST /v1/plans', {
      body: { name: 'Month', libraryIds: [tower.id('Movies')], for: '30d' },
    });
    const path = made.headers.get('location');
    expect(made.body).toMatchObject({ name: 'Month', duration: '30d', uses: { grants: 0 } });
    const twin = await ask('POST /v1/plans', { body: { name: 'month', libraryIds: [tower.id('Movies')] } });
    expect(twin.body.type).toBe('urn:usher:problem:name-taken');
    const etag = (await ask(`GET ${path}`)).headers.get('etag') ?? '';
    const edit = { body: { name: 'Moon' }, headers: { 'if-match': etag } };
    expect((await ask(`PATCH ${path}`, edit)).body.name).toBe('Moon');
    expect((await ask(`PATCH ${path}`, edit)).status).toBe(412);
    await ask('POST /v1/grants', { body: { userId: ADA, planId: made.body.id } });
    const would = await ask(`PATCH ${path}?dryRun=true&propagate=true`, {
      body: { libraryIds: [tower.id('Shows')] },
    });
    expect(would.body).toMatchObject({
      wouldChange: true,
      grants: [{ number: 1, after: { libraryIds: [tower.id('Shows')] } }],
    });
    expect((await ask(`DELETE ${path}`)).body.type).toBe('urn:usher:problem:in-use');
    expect((await ask(`DELETE ${path}?endUses=true`)).body).toEqual({ name: 'Moon', stillOpen: 0 });
    expect((await ask(`GET ${path}`)).status).toBe(404);
  });

  it('makes, lists and revokes an invite', async () => {
    const made = await ask('POST /v1/invites', { body: { libraryIds: [tower.id('Movies')], uses: 3 } });
    expect(made.body).toMatchObject({ state: 'open', usesLeft: 3, duration: null, dm: 'none' });
    const { items } = (await ask('GET /v1/invites')).body;
    expect(items).toMatchObject([{ id: made.body.id }]);
    expect(items[0].code).toBeUndefined();
    expect((await ask(`DELETE /v1/invites/${made.body.id}`)).body.state).toBe('revoked');
    expect((await ask(`DELETE /v1/invites/${made.body.id}`)).status).toBe(409);
  });

  it('syncs a server, and tells of jobs and members', async () => {
    await world.newAccount(ADA, tower);
    const sync = await ask(`POST /v1/servers/${tower.server.id}/sync`);
    expect(sync.body).toMatchObject({ isSynced: true, libraries: 3, why: null });
    takeDown(tower.fake);
    const failed = await ask(`POST /v1/servers/${tower.server.id}/sync`);
    expect(failed.body).toMatchObject({ isSynced: false, why: 'Nothing answers at that address.' });
    expect((await ask('POST /v1/servers/nowhere/sync')).status).toBe(404);
    expect((await ask('GET /v1/jobs')).body.items.map(({ job }: { job: string }) => job)).toEqual([
      ...['enforce', 'sync', 'remind'],
    ]);
    expect((await ask(`GET /v1/members/${ADA}`)).body.accounts).toMatchObject([{ serverName: 'Tower' }]);
    expect((await ask(`GET /v1/members/${BEN}`)).status).toBe(404);
    expect((await ask('GET /v1/libraries?limit=2')).body).toMatchObject({
      items: [{ state: 'there' }, {}],
      nextCursor: expect.any(String),
    });
  });
});
