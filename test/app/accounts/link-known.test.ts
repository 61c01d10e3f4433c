import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemberId } from '../../../src/domain/ids.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { applicationsOf, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const ATTIC = ['Cinema', 'Series'];
const addAttic = () => world.add(world.build('plex', 'Attic', ATTIC));

/** An account at plex.tv, as shown by a server on which it is known. */
const plexAccount = (place: Place, externalId: string, wish: Partial<FakePerson> = {}): FakePerson =>
  place.fake.addPerson({ name: `plex-${externalId}`, ...wish, externalId });

const accountsOn = async ({ server }: Place, guildId = GUILD) =>
  (await world.stores.of(guildId).accounts.list({ serverId: server.id })).map(({ externalId, memberId }) => ({
    externalId,
    memberId,
  }));
const importedOf = async (memberId: MemberId) =>
  (await world.stores.of(GUILD).grants.list({ memberId })).filter(({ source }) => source === 'imported');
const linksTo = async (place: Place) =>
  (await world.events('member.linked')).filter(({ facts }) => facts.server === place.server.name);

describe('a member whose Plex account is proven on one server', () => {
  it('is linked on another when something there is granted, without a sign-in', async () => {
    const attic = await addAttic();
    await world.link(ADA, tower, plexAccount(tower, '77'));
    const standing = await world.grant(ADA, [attic.id('Cinema')], { ms: HOUR });
    expect(applicationsOf(standing)).toEqual({ Attic: 'applied' });
    expect(attic.fake.person('77').access).toEqual(['cinema']);
    expect(await linksTo(attic)).toMatchObject([
      {
        actorId: null,
        targetId: ADA,
        facts: { account: 'plex-77', how: 'known', detail: 'the same Plex account as on Tower' },
      },
    ]);
    await world.pass(HOUR);
    expect([attic.fake.person('77').access, await world.grantState(standing.grant.id)]).toEqual([
      null,
      'ended',
    ]);
  });

  it('keeps what the account has there: it becomes a grant', async () => {
    const attic = await addAttic();
    const there = plexAccount(attic, '77', { access: ['series'] });
    await world.app.syncServers(GUILD);
    await world.link(ADA, tower, plexAccount(tower, '77'));
    const { grant } = await world.grant(ADA, [attic.id('Cinema')], { ms: HOUR });
    expect(there.access).toEqual(['cinema', 'series']);
    expect(await importedOf(ADA)).toMatchObject([{ libraryIds: [attic.id('Series')], expiresAt: null }]);
    await world.pass(HOUR);
    expect([there.access, await world.grantState(grant.id)]).toEqual([['series'], 'ended']);
  });

  it('keeps a library there that was added since the last sync', async () => {
    const attic = await addAttic();
    attic.fake.addLibrary('Concerts');
    const there = plexAccount(attic, '77', { access: ['concerts'] });
    await world.link(ADA, tower, plexAccount(tower, '77'));
    await world.grant(ADA, [attic.id('Cinema')], { ms: HOUR });
    const imported = (await importedOf(ADA)).flatMap(({ libraryIds }) => libraryIds);
    const concerts = (await world.stores.of(GUILD).libraries.list(attic.server.id)).filter(({ id }) =>
      imported.includes(id),
    );
    expect(concerts).toMatchObject([{ name: 'Concerts' }]);
    await world.pass(HOUR);
    expect(there.access).toEqual(['concerts']);
  });

  it('is linked when the grant is yet to start', async () => {
    const attic = await addAttic();
    await world.link(ADA, tower, plexAccount(tower, '77'));
    await world.grant(ADA, [attic.id('Cinema')], { startMs: HOUR });
    expect(await accountsOn(attic)).toEqual([{ externalId: '77', memberId: ADA }]);
    expect(attic.fake.writes).toBe(0);
    await world.pass(HOUR);
    expect(attic.fake.person('77').access).toEqual(['cinema']);
  });

  it('is linked at the next sync when the server could not be read, and nothing else waits for it', async () => {
    const attic = await addAttic();
    const here = plexAccount(tower, '77');
    await world.link(ADA, tower, here);
    takeDown(attic.fake);
    const standing = await world.grant(ADA, [attic.id('Cinema'), tower.id('Movies')]);
    expect(applicationsOf(standing)).toEqual({ Attic: 'no-account', Tower: 'applied' });
    expect(await accountsOn(attic)).toEqual([]);
    attic.fake.heal();
    expect(await world.app.syncServers(GUILD, [attic.server.id])).toMatchObject([{ outcome: { linked: 1 } }]);
    await world.pass(0);
    expect(attic.fake.person('77').access).toEqual(['cinema']);
    expect(await world.app.syncServers(GUILD)).toMatchObject([
      { outcome: { linked: 0 } },
      { outcome: { linked: 0 } },
    ]);
  });

  it('is linked once when two grants are made at once', async () => {
    const attic = await addAttic();
    await world.link(ADA, tower, plexAccount(tower, '77'));
    await Promise.all([
      world.grant(ADA, [attic.id('Cinema')]),
      world.grant(ADA, [attic.id('Series')]),
      world.app.syncServers(GUILD),
    ]);
    await world.pass(0);
    expect(await linksTo(attic)).toHaveLength(1);
    expect(await accountsOn(attic)).toEqual([{ externalId: '77', memberId: ADA }]);
    expect(attic.fake.person('77').access).toEqual(expect.arrayContaining(['cinema', 'series']));
  });
});

describe('a server that is added', () => {
  const build = (wish: Partial<FakePerson> = {}) => {
    const fake = world.build('plex', 'Attic', ATTIC);
    const person = fake.addPerson({ name: 'plex-77', access: ['series'], ...wish, externalId: '77' });
    return { fake, person };
  };

  it('is where members are linked whose account has something there, and nothing is written', async () => {
    await world.link(ADA, tower, plexAccount(tower, '77'));
    const { fake, person } = build();
    fake.addPerson({ name: 'stranger', access: ['series'] });
    const attic = await world.add(fake);
    expect(await accountsOn(attic)).toContainEqual({ externalId: '77', memberId: ADA });
    expect(await importedOf(ADA)).toMatchObject([{ libraryIds: [attic.id('Series')] }]);
    await world.pass(0);
    expect([person.access, fake.writes]).toEqual([['series'], 0]);
    expect((await accountsOn(attic)).filter(({ memberId }) => memberId !== null)).toHaveLength(1);
  });

  it('links nobody who only signs in elsewhere later, without a grant', async () => {
    const attic = await world.add(build().fake);
    await world.link(ADA, tower, plexAccount(tower, '77'));
    await world.app.syncServers(GUILD);
    expect(await accountsOn(attic)).toEqual([{ externalId: '77', memberId: null }]);
  });

  it('links everybody although its first sync failed', async () => {
    await world.link(ADA, tower, plexAccount(tower, '77'));
    const { fake } = build();
    fake.fail('readAccess', DOWN);
    const attic = await world.add(fake);
    expect(await accountsOn(attic)).toEqual([]);
    await world.app.syncServers(GUILD);
    expect(await accountsOn(attic)).toEqual([{ externalId: '77', memberId: ADA }]);
  });

  it.each<[string, Partial<FakePerson>, string | undefined]>([
    ['a protected account', { protection: 'managed' }, undefined],
    ['the owner', {}, '77'],
  ])('does not link %s', async (_name, wish, owner) => {
    await world.link(ADA, tower, plexAccount(tower, '77'));
    const { fake } = build(wish);
    if (owner !== undefined) fake.ownerAccountId = owner;
    const attic = await world.add(fake);
    await world.grant(ADA, [attic.id('Cinema')]);
    await world.app.syncServers(GUILD);
    expect(await accountsOn(attic)).toEqual([{ externalId: '77', memberId: null }]);
    expect([await importedOf(ADA), fake.writes]).toEqual([[], 0]);
  });
});

describe('nobody is linked', () => {
  it('who has two Plex accounts: which one is meant?', async () => {
    const [attic, loft] = [await addAttic(), await world.add(world.build('plex', 'Loft', ['Anime']))];
    await world.app.settings.setMaxAccounts({ guildId: GUILD, actorId: STAFF, max: 2 });
    await world.link(ADA, tower, plexAccount(tower, '77'));
    await world.link(ADA, attic, plexAccount(attic, '78'));
    await world.grant(ADA, [loft.id('Anime')]);
    await world.app.syncServers(GUILD);
    expect([await accountsOn(loft), loft.fake.writes]).toEqual([[], 0]);
  });

  it('whose account is another member’s elsewhere', async () => {
    const [attic, loft] = [await addAttic(), await world.add(world.build('plex', 'Loft', ['Anime']))];
    await world.link(ADA, tower, plexAccount(tower, '77'));
    await world.link(BEN, attic, plexAccount(attic, '77'));
    await world.grant(ADA, [loft.id('Anime')]);
    await world.grant(BEN, [loft.id('Anime')]);
    await world.app.syncServers(GUILD);
    expect([await accountsOn(loft), loft.fake.writes]).toEqual([[], 0]);
  });

  it('by an account of a Jellyfin server', async () => {
    const den = await world.addDen();
    await world.newAccount(ADA, den);
    const standing = await world.grant(ADA, [tower.id('Movies')]);
    expect(applicationsOf(standing)).toEqual({ Tower: 'no-account' });
    expect(await accountsOn(tower)).toEqual([]);
  });

  it('by what is known in another guild', async () => {
    const attic = await world.add(world.build('plex', 'Attic', ATTIC), OTHER_GUILD);
    const cellar = await world.add(world.build('plex', 'Cellar', ['Old']), OTHER_GUILD);
    await world.link(ADA, tower, plexAccount(tower, '77'));
    await world.grant(ADA, [attic.id('Cinema'), cellar.id('Old')], { guildId: OTHER_GUILD });
    await world.app.syncServers(OTHER_GUILD);
    expect(await accountsOn(attic, OTHER_GUILD)).toEqual([]);
  });

  it('who is granted nothing there', async () => {
    const attic = await addAttic();
    await world.link(ADA, tower, plexAccount(tower, '77'));
    const { reads } = attic.fake;
    await world.grant(ADA, [tower.id('Movies')]);
    expect([await accountsOn(attic), attic.fake.reads - reads]).toEqual([[], 0]);
  });
});
