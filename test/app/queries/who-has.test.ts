import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, later, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

describe('who has access on a server', () => {
  const members = () => world.app.whoHas.serverMembers(GUILD, tower.server.id);

  it('is read from the server now, not from what is wanted', async () => {
    const ada = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    ada.access = ['movies', 'shows'];
    tower.fake.addPerson({ name: 'stranger', access: 'all', emailMasked: 's•••@e•••.org' });
    tower.fake.addPerson({ name: 'invited', access: ['music'], pending: true });
    tower.fake.addPerson({ name: 'without', access: null });
    world.clock.advance(MINUTE);
    const before = await world.countEvents();
    expect(await members()).toEqual({
      server: expect.objectContaining({ name: 'Tower' }),
      readAt: later(MINUTE),
      trouble: null,
      counts: { has: 2, invited: 1, none: 0 },
      accounts: [
        expect.objectContaining({
          name: ada.name,
          memberId: ADA,
          libraries: ['Movies', 'Shows'],
          pending: false,
        }),
        expect.objectContaining({
          name: 'stranger',
          memberId: null,
          libraries: 'all',
          emailMasked: 's•••@e•••.org',
        }),
        expect.objectContaining({ name: 'invited', libraries: ['Music'], pending: true }),
      ],
    });
    expect(await world.countEvents()).toBe(before);
  });

  it('is what was last seen when the server does not answer, and says so', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    expect(await members()).toMatchObject({
      trouble: DOWN,
      accounts: [{ memberId: ADA, libraries: ['Movies'] }],
    });
  });

  it('is that of one reading on all pages, for some minutes, and then read again', async () => {
    const { whoHas } = world.app;
    const lately = async () =>
      (await whoHas.serverMembersLately(GUILD, tower.server.id))?.accounts.map(({ name }) => name);
    tower.fake.addPerson({ name: 'first', access: ['movies'] });
    await members();
    tower.fake.addPerson({ name: 'second', access: ['movies'] });
    world.clock.advance(9 * MINUTE);
    expect(await lately()).toEqual(['first']);
    world.clock.advance(MINUTE);
    expect(await lately()).toEqual(['first', 'second']);
    tower.fake.addPerson({ name: 'third', access: ['movies'] });
    expect(await lately()).toEqual(['first', 'second']);
    expect(await members()).toMatchObject({ accounts: { length: 3 } });
    await world.app.removeServer.remove(GUILD, STAFF, tower.server.id);
    expect(await lately()).toBeUndefined();
  });

  it('is for servers of the own guild', async () => {
    await members();
    expect(await world.app.whoHas.serverMembers(OTHER_GUILD, tower.server.id)).toBeUndefined();
    expect(await world.app.whoHas.serverMembersLately(OTHER_GUILD, tower.server.id)).toBeUndefined();
  });
});

describe('who has a library', () => {
  const holders = async () => (await world.app.whoHas.library(GUILD, tower.id('Movies')))?.holders;

  it('names the grants that give it, and those who have it by none', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    await world.grant(ADA, [tower.id('Movies'), tower.id('Music')]);
    await world.grant(BEN, [tower.id('Movies')]);
    tower.fake.addPerson({ name: 'stranger', access: ['movies'] });
    tower.fake.addPerson({ name: 'other', access: ['music'] });
    await world.app.syncServers(GUILD);
    expect(await holders()).toMatchObject([
      {
        memberId: ADA,
        has: 'yes',
        queued: false,
        grants: [
          { number: 2, expiresAt: null },
          { number: 1, expiresAt: later(DAY) },
        ],
      },
      { memberId: BEN, account: null, has: 'no-account', grants: [{ number: 3 }] },
      { memberId: null, account: 'stranger', has: 'yes', grants: [] },
    ]);
  });

  it('says what is queued, and what the server does not show', async () => {
    const ada = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    ada.access = ['music'];
    await world.app.syncServers(GUILD);
    expect(inEnglish(await holders())).toMatchObject([{ memberId: ADA, has: 'no', queued: false }]);
    await world.newAccount(BEN, tower);
    takeDown(tower.fake);
    await world.grant(BEN, [tower.id('Movies')]);
    expect(inEnglish(await holders())).toMatchObject([{ memberId: ADA }, { memberId: BEN, queued: true }]);
  });

  it('is known of libraries that are gone, which can be picked as well', async () => {
    await world.stores.transaction(GUILD, (tx) =>
      tx.libraries.update(tower.id('Movies'), { goneAt: world.clock.now() }),
    );
    expect(await world.app.autocomplete.pickLibrary(GUILD, 'movies')).toMatchObject({ kind: 'one' });
    expect(await world.app.autocomplete.completeAllLibraries(GUILD, 'mov')).toEqual([
      { name: 'Tower · Movies (gone)', value: tower.id('Movies') },
    ]);
    expect(await world.app.whoHas.library(GUILD, 'none')).toBeUndefined();
  });
});
