import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Imported } from '../../../src/app/accounts/import.ts';
import type { MemberId } from '../../../src/domain/ids.ts';
import { DAY } from '../../support/moments.ts';
import { ADA, BEN, GUILD, memberAt, STAFF } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';
import { type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  den = await world.addDen();
});
afterEach(() => world.close());

const called = async (memberId: MemberId, name: string) =>
  await world.app.people.note(GUILD, [{ userId: memberId, name }]);

async function read(place: Place) {
  const done = await world.app.arrivals.read(GUILD, place.server.id);
  return done.kind;
}

async function list(place: Place, state: 'open' | 'ignored' | 'not-a-member' = 'open', search = '') {
  const wanted = { serverId: place.server.id, state, search, start: 0, limit: 50 };
  const found = await world.app.arrivals.list(GUILD, wanted);
  return found?.rows ?? [];
}

const seen = async (place: Place) =>
  (await list(place)).map(({ name, memberId, why, score }) => [name, memberId, why, score]);

const idOf = async (place: Place, name: string): Promise<string> =>
  (await world.stores.of(GUILD).accounts.listNames(place.server.id)).find((one) => one.name === name)?.id ??
  '';

async function importThem(
  place: Place,
  names: readonly string[],
  until: Date | null = null,
): Promise<Extract<Imported, { kind: 'imported' }>> {
  const accountIds = await Promise.all(names.map((name) => idOf(place, name)));
  const input = { guildId: GUILD, actorId: STAFF, serverId: place.server.id, accountIds, until };
  const done = await world.app.memberImport.run(input);
  if (done.kind !== 'imported') throw new Error(done.kind);
  return done;
}

const leftOf = ({
  left,
}: {
  readonly left: readonly { name: string; why: Parameters<typeof saidPlain>[0] }[];
}) => left.map(({ name, why }) => [name, saidPlain(why)]);

describe('who is there already', () => {
  it('is listed with whom it may be, and why', async () => {
    await called(ADA, 'Ada');
    await called(BEN, 'Benjamin');
    tower.fake.addPerson({ name: 'ada', access: ['movies'] });
    tower.fake.addPerson({
      name: 'kite',
      emailName: 'benjamin',
      emailMasked: 'b***@x.org',
      access: ['movies'],
    });
    tower.fake.addPerson({ name: 'zoltan', access: 'all' });
    expect(await read(tower)).toBe('read');
    expect(await seen(tower)).toEqual([
      ['ada', ADA, 'name', 96],
      ['kite', BEN, 'email', 90],
      ['zoltan', null, null, 0],
    ]);
    expect((await list(tower)).map(({ libraries }) => libraries)).toMatchObject([
      [{ name: 'Movies' }],
      [{ name: 'Movies' }],
      'all',
    ]);
    expect((await list(tower, 'open', 'benjamin')).map(({ name }) => name)).toEqual(['kite']);
  });

  it('keeps no part of an address', async () => {
    tower.fake.addPerson({ name: 'kite', emailName: 'benjaminfranklin', access: ['movies'] });
    await read(tower);
    expect(await world.rowsOf(GUILD)).not.toContain('benjaminfranklin');
  });

  it('is looked for at Discord, once, and bots of other names are not asked for', async () => {
    world.guilds.strangers.push({ userId: BEN, names: ['benjamin_f', 'Ben F.'], nickname: null });
    den.fake.addPerson({ name: 'Benjamin F' });
    await read(den);
    expect(await seen(den)).toEqual([['Benjamin F', BEN, 'name', 96]]);
    expect((await list(den))[0]?.who).toBe('Ben F.');
    const asked = world.guilds.asked.length;
    await list(den);
    expect(world.guilds.asked).toHaveLength(asked);
  });

  it('is looked for at Discord later, when it did not answer', async () => {
    world.guilds.strangers.push({ userId: BEN, names: ['benjamin'], nickname: null });
    den.fake.addPerson({ name: 'benjamin' });
    world.guilds.silent = 1;
    await read(den);
    world.guilds.silent = 1;
    expect(await seen(den)).toEqual([['benjamin', null, null, 0]]);
    world.guilds.silent = 0;
    expect(await seen(den)).toEqual([['benjamin', BEN, 'name', 96]]);
  });

  it('offers nobody who is protected, linked, or of another member, and nobody with an account there', async () => {
    await called(ADA, 'ada');
    await world.newAccount(ADA, den);
    den.fake.addPerson({ name: 'root', protection: 'administrator' });
    den.fake.addPerson({ name: 'ada' });
    await read(den);
    expect(await seen(den)).toEqual([['ada', null, null, 0]]);
  });

  it('a vendor’s account that a member has on another server is theirs here', async () => {
    const person = await world.newAccount(ADA, tower);
    const attic = await world.add(world.build('plex', 'Attic', ['Films']));
    await read(attic);
    attic.fake.addPerson({ name: person.name, externalId: person.externalId, access: ['films'] });
    await read(attic);
    expect(await seen(attic)).toEqual([[person.name, ADA, 'earlier', 100]]);
  });

  it('is not read while the server is away, and what is known stays', async () => {
    den.fake.addPerson({ name: 'ann' });
    await read(den);
    takeDown(den.fake);
    expect(await world.app.arrivals.read(GUILD, den.server.id)).toMatchObject({ kind: 'failed' });
    expect(await seen(den)).toHaveLength(1);
  });
});

describe('what staff say', () => {
  it('survives a restart and another reading', async () => {
    await called(ADA, 'ann');
    for (const name of ['ann', 'guest', 'old']) den.fake.addPerson({ name });
    await read(den);
    await world.app.arrivals.choose(GUILD, await idOf(den, 'ann'), BEN);
    await world.app.arrivals.setAside(GUILD, await idOf(den, 'guest'), 'not-a-member');
    await world.app.arrivals.setAside(GUILD, await idOf(den, 'old'), 'ignored');
    world.restart();
    await read(den);
    expect(await seen(den)).toEqual([['ann', BEN, 'chosen', 96]]);
    expect((await list(den, 'not-a-member')).map(({ name }) => name)).toEqual(['guest']);
    expect((await list(den, 'ignored')).map(({ name }) => name)).toEqual(['old']);
    await world.app.arrivals.setAside(GUILD, await idOf(den, 'old'), null);
    expect((await list(den)).map(({ name }) => name)).toEqual(['ann', 'old']);
  });

  it('counts two accounts that claim the same member as unsure, until one is chosen', async () => {
    await called(ADA, 'ann');
    for (const name of ['ann', 'Ann.']) den.fake.addPerson({ name });
    await read(den);
    expect(await world.app.arrivals.sure(GUILD, den.server.id)).toEqual([]);
    const id = await idOf(den, 'Ann.');
    await world.app.arrivals.choose(GUILD, id, ADA);
    expect(await world.app.arrivals.sure(GUILD, den.server.id)).toEqual([id]);
  });
});

describe('importing', () => {
  it.each(['tower', 'den'] as const)('links, makes grants, and writes nothing on %s', async (where) => {
    const [place, library] = where === 'tower' ? ([tower, 'movies'] as const) : ([den, 'films'] as const);
    await called(ADA, 'ann');
    await called(BEN, 'bob');
    place.fake.addPerson({ name: 'ann', access: [library] });
    place.fake.addPerson({ name: 'bob', access: [library] });
    await read(place);
    const { writes } = place.fake;
    const until = new Date(world.clock.now().getTime() + 30 * DAY);
    const done = await importThem(place, ['ann', 'bob'], until);
    expect(done).toMatchObject({ linked: [{ memberId: ADA }, { memberId: BEN }], grants: 2, left: [] });
    expect(place.fake.writes).toBe(writes);
    for (const memberId of [ADA, BEN]) {
      const grants = await world.stores.of(GUILD).grants.list({ memberId });
      expect(grants).toMatchObject([{ source: 'imported', state: 'active', expiresAt: until }]);
    }
    expect(await world.events('member.imported')).toMatchObject([
      { actorId: STAFF, targetId: ADA, facts: { account: 'ann', server: place.server.name } },
      { actorId: STAFF, targetId: BEN },
    ]);
    expect(await seen(place)).toEqual([]);
    // The end is one like any other.
    await world.pass(31 * DAY);
    expect(place.fake.people.values().find(({ name }) => name === 'ann')?.access ?? []).toEqual([]);
  });

  it('twice does no harm', async () => {
    await called(ADA, 'ann');
    den.fake.addPerson({ name: 'ann', access: ['films'] });
    await read(den);
    await importThem(den, ['ann']);
    await read(den);
    expect(await importThem(den, ['ann'])).toMatchObject({ linked: [], left: [] });
    expect(await world.stores.of(GUILD).grants.list({ memberId: ADA })).toHaveLength(1);
  });

  it('leaves out what vanished, was linked meanwhile, is protected by now, or is one too many', async () => {
    const people = ['gone', 'taken', 'boss', 'first', 'second'].map((name) =>
      den.fake.addPerson({ name, access: ['films'] }),
    );
    await read(den);
    for (const [at, name] of ['gone', 'taken', 'boss', 'first'].entries())
      await world.app.arrivals.choose(GUILD, await idOf(den, name), memberAt(at));
    await world.app.arrivals.choose(GUILD, await idOf(den, 'second'), memberAt(3));
    const accountIds = await Promise.all(people.map(({ name }) => idOf(den, name)));
    const preview = await world.app.memberImport.preview(GUILD, den.server.id, accountIds);
    expect(preview).toMatchObject({ withAccess: 5, given: [], pairs: { length: 5 } });
    den.fake.people.delete(people[0]?.externalId ?? '');
    if (people[2]) people[2].protection = 'administrator';
    await world.app.memberAccounts.link({
      ...{ guildId: GUILD, actorId: STAFF, memberId: memberAt(7), accountId: accountIds[1] ?? '' },
    });
    const done = await importThem(den, ['gone', 'taken', 'boss', 'first', 'second']);
    expect(done.linked.map(({ name }) => name)).toEqual(['first']);
    expect(leftOf(done)).toEqual([
      ['boss', 'It is an administrator of Den, and is given nothing by Usher.'],
      ['gone', 'That account is no longer there.'],
      ['second', expect.stringContaining('They have the account first on Den already.')],
    ]);
  });

  it('changes nothing when the server cannot be read', async () => {
    await called(ADA, 'ann');
    den.fake.addPerson({ name: 'ann', access: ['films'] });
    await read(den);
    const accountIds = [await idOf(den, 'ann')];
    takeDown(den.fake);
    const input = { guildId: GUILD, actorId: STAFF, serverId: den.server.id, accountIds, until: null };
    expect(await world.app.memberImport.run(input)).toMatchObject({ kind: 'failed' });
    expect(await world.stores.of(GUILD).grants.list({})).toEqual([]);
  });

  it('gives what the member is granted already, which the preview says', async () => {
    await world.grant(ADA, [den.id('Films')]);
    await called(ADA, 'ann');
    den.fake.addPerson({ name: 'ann', access: [] });
    await read(den);
    const preview = await world.app.memberImport.preview(GUILD, den.server.id, [await idOf(den, 'ann')]);
    expect(preview).toMatchObject({ withAccess: 0, given: [ADA] });
    expect(await importThem(den, ['ann'])).toMatchObject({ grants: 0 });
    expect(den.fake.people.values().find(({ name }) => name === 'ann')?.access).toEqual(['films']);
  });
});

describe('undoing an import', () => {
  it('is for all of it: accounts are nobody’s, and keep what they have; members hear nothing', async () => {
    await called(ADA, 'ann');
    await called(BEN, 'bob');
    for (const name of ['ann', 'bob']) den.fake.addPerson({ name, access: ['films'] });
    await read(den);
    const { undoId = '' } = await importThem(den, ['ann', 'bob']);
    world.restart();
    const { writes } = den.fake;
    expect(await world.app.memberImport.undo(GUILD, STAFF, undoId)).toEqual({ undone: 2, left: [] });
    expect(await world.app.memberImport.undo(GUILD, STAFF, undoId)).toBeUndefined();
    await world.pass(DAY);
    await world.app.syncServers(GUILD, [den.server.id]);
    expect(den.fake.writes).toBe(writes);
    expect(await world.stores.of(GUILD).accounts.list({ memberIds: [ADA, BEN] })).toEqual([]);
    expect(await world.events('member.unlinked')).toMatchObject([
      { targetId: ADA, facts: { how: 'undone', grant: 1, libraries: ['Films'] } },
      { targetId: BEN, facts: { how: 'undone', grant: 2, libraries: ['Films'] } },
    ]);
    expect(await world.stores.of(GUILD).deliveries.listOwed('notice', [ADA, BEN])).toEqual([]);
    expect(await seen(den)).toEqual([
      ['ann', ADA, 'chosen', 0],
      ['bob', BEN, 'chosen', 0],
    ]);
  });

  it('is no end: no grant says that access is gone, and the account keeps it', async () => {
    await called(ADA, 'ann');
    den.fake.addPerson({ name: 'ann', access: ['films'] });
    await read(den);
    const { undoId = '' } = await importThem(den, ['ann']);
    const [grant] = await world.stores.of(GUILD).grants.list({ memberId: ADA });
    await world.app.memberImport.undo(GUILD, STAFF, undoId);
    await world.pass(DAY);
    await world.app.syncServers(GUILD, [den.server.id]);
    expect(await world.stores.of(GUILD).grants.find(grant?.id ?? '')).toBeUndefined();
    const [account] = await world.stores.of(GUILD).accounts.list({ serverId: den.server.id });
    expect(account).toMatchObject({ memberId: null, seen: [den.id('Films')] });
    const said = (await world.events()).map(({ action }) => action);
    for (const action of ['grant.ending', 'grant.ended', 'grant.revoked', 'grant.overdue', 'drift.found'])
      expect(said).not.toContain(action);
  });

  it('takes back what was asked for with its grant', async () => {
    await called(ADA, 'ann');
    den.fake.addPerson({ name: 'ann', access: ['films'] });
    await read(den);
    const until = new Date(world.clock.now().getTime() + DAY);
    const { undoId = '' } = await importThem(den, ['ann'], until);
    const [grant] = await world.stores.of(GUILD).grants.list({ memberId: ADA });
    const wish = { guildId: GUILD, memberId: ADA, grantId: grant?.id ?? '', lasts: null, note: null };
    const asked = await world.app.requests.askToRenew({ ...wish, inDm: false });
    expect(asked.kind).toBe('asked');
    await world.app.memberImport.undo(GUILD, STAFF, undoId);
    expect(await world.stores.of(GUILD).requests.listWaiting()).toEqual([]);
  });

  it('leaves what was changed since', async () => {
    for (const [at, name] of ['ann', 'bob', 'cyn'].entries()) {
      await called(memberAt(at), name);
      den.fake.addPerson({ name, access: ['films'] });
    }
    await read(den);
    const { undoId = '' } = await importThem(den, ['ann', 'bob', 'cyn']);
    const [grant] = await world.stores.of(GUILD).grants.list({ memberId: memberAt(0) });
    await world.revoke(grant?.id ?? '');
    await world.app.memberAccounts.unlink({
      ...{ guildId: GUILD, actorId: STAFF, memberId: memberAt(1), accountId: await idOf(den, 'bob') },
    });
    const undone = await world.app.memberImport.undo(GUILD, STAFF, undoId);
    expect(undone?.undone).toBe(1);
    expect(undone && leftOf(undone)).toEqual([
      ['ann', 'Its grant was changed since.'],
      ['bob', 'It is not that member’s any more.'],
    ]);
  });
});
