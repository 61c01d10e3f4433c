/** What a program may ask about first: the same answer as in earnest, and nothing is changed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Place, World } from '../../app/world.ts';
import { ADA, GUILD } from '../../support/people.ts';
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
const month = () => ({ name: 'Month', libraryIds: [tower.id('Movies')], for: '30d' });

/** Asks, and shows that nothing came of it. */
async function rehearse(line: string, how: Ask = {}) {
  const before = await world.rowsOf(GUILD);
  const answer = await ask(`${line}${line.includes('?') ? '&' : '?'}dryRun=true`, how);
  expect(await world.rowsOf(GUILD)).toBe(before);
  return answer;
}

describe('a plan', () => {
  it('would be made, or would not, for the reason that it is not', async () => {
    const would = await rehearse('POST /v1/plans', { body: month() });
    expect([would.status, would.body]).toMatchObject([
      200,
      { dryRun: true, wouldChange: true, adds: [{ name: 'Movies', serverName: 'Tower' }] },
    ]);
    await ask('POST /v1/plans', { body: month() });
    for (const body of [month(), { ...month(), name: ' ' }, { ...month(), libraryIds: ['nowhere'] }]) {
      const [rehearsed, done] = [
        await rehearse('POST /v1/plans', { body }),
        await ask('POST /v1/plans', { body }),
      ];
      expect(rehearsed.status).toBeGreaterThanOrEqual(400);
      expect([rehearsed.status, rehearsed.body.detail]).toEqual([done.status, done.body.detail]);
    }
  });

  it('would be edited, or would not, for the reason that it is not', async () => {
    const made = await ask('POST /v1/plans', { body: month() });
    await ask('POST /v1/plans', { body: { ...month(), name: 'Year' } });
    const path = made.headers.get('location');
    const would = await rehearse(`PATCH ${path}`, { body: { name: 'Moon' } });
    expect(would.body).toMatchObject({ dryRun: true, wouldChange: true });
    expect((await rehearse(`PATCH ${path}`, { body: { name: 'Month' } })).body.wouldChange).toBe(false);
    const taken = await rehearse(`PATCH ${path}`, { body: { name: 'year' } });
    expect(taken.body).toMatchObject({ status: 409, type: 'urn:usher:problem:name-taken' });
    const late = { body: { name: 'Moon' }, headers: { 'if-match': '"old"' } };
    expect((await rehearse(`PATCH ${path}`, late)).status).toBe(412);
  });

  it('would be deleted, or is in use: by an invite as well', async () => {
    const made = await ask('POST /v1/plans', { body: month() });
    const path = made.headers.get('location');
    expect((await rehearse(`DELETE ${path}`)).body).toMatchObject({ wouldChange: true, says: null });
    await ask('POST /v1/invites', { body: { planId: made.body.id } });
    const inUse = await rehearse(`DELETE ${path}`);
    const done = await ask(`DELETE ${path}`);
    expect(inUse.body).toMatchObject({ wouldChange: false, says: done.body.detail });
    expect((await rehearse(`DELETE ${path}?endUses=true`)).body.wouldChange).toBe(true);
  });
});

describe('an invite', () => {
  const wish = () => ({ libraryIds: [tower.id('Movies')], uses: 3 });

  it('would be made, or would not, for the reason that it is not; no key is used up by that', async () => {
    const headers = { 'idempotency-key': 'a' };
    const would = await rehearse('POST /v1/invites', { body: wish(), headers });
    expect([would.status, would.body]).toMatchObject([
      200,
      { dryRun: true, wouldChange: true, adds: [{ name: 'Movies', serverName: 'Tower' }] },
    ]);
    expect(would.text).not.toContain('code');
    expect((await ask('POST /v1/invites', { body: wish(), headers })).status).toBe(201);
    for (const body of [{ ...wish(), userId: ADA }, { ...wish(), valid: 'never' }, { planId: 'nowhere' }]) {
      const [rehearsed, done] = [
        await rehearse('POST /v1/invites', { body }),
        await ask('POST /v1/invites', { body }),
      ];
      expect(rehearsed.status).toBe(422);
      expect([rehearsed.status, rehearsed.body.detail]).toEqual([done.status, done.body.detail]);
    }
  });

  it('has no more room than in earnest', async () => {
    world.limits.invites = 0;
    const asked = await rehearse('POST /v1/invites', { body: wish() });
    expect(asked.body).toMatchObject({ status: 409, type: 'urn:usher:problem:guild-full' });
  });

  it('would be revoked, or is over', async () => {
    const made = await ask('POST /v1/invites', { body: wish() });
    const path = `/v1/invites/${made.body.id}`;
    expect((await rehearse(`DELETE ${path}`)).body).toMatchObject({ wouldChange: true, says: null });
    await ask(`DELETE ${path}`);
    const over = await rehearse(`DELETE ${path}`);
    expect(over.body).toMatchObject({
      wouldChange: false,
      says: (await ask(`DELETE ${path}`)).body.detail,
    });
  });
});

describe('what is not known', () => {
  it.each([
    ['a rehearsal that is misspelt', 'POST /v1/plans?dryrun=true', month],
    ['a rehearsal of what has none', 'POST /v1/servers/SERVER/sync?dryRun=true', undefined],
    ['an end that is misspelt', 'POST /v1/grants', () => ({ userId: ADA, libraryIds: ['x'], untill: '1d' })],
    ['a filter', 'GET /v1/grants?member=1', undefined],
  ])('is refused, and nothing is done in its place: %s', async (_name, line, body) => {
    const before = await world.rowsOf(GUILD);
    const how = body ? { body: body() } : {};
    const answer = await ask(line.replace('SERVER', tower.server.id), how);
    expect([answer.status, answer.body.type]).toEqual([400, 'urn:usher:problem:invalid']);
    expect(answer.body.errors).toHaveLength(1);
    expect(await world.rowsOf(GUILD)).toBe(before);
  });
});
