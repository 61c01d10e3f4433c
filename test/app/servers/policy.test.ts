import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyChanges } from '../../../src/app/servers/policy.ts';
import { toMemberId } from '../../../src/domain/ids.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
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

const preview = (changes: PolicyChanges) => world.app.serverPolicy.preview(GUILD, tower.server.id, changes);
const set = (changes: PolicyChanges) =>
  world.app.serverPolicy.set({ guildId: GUILD, actorId: STAFF, serverId: tower.server.id, changes });
const NOTHING = { accounts: 0, adds: 0, removes: 0, adopted: { extra: 0, missing: 0 } };

describe('what a policy would do', () => {
  it('is nothing where nothing differs', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    expect((await preview({ driftPolicy: 'enforce', expiryAction: 'disable' }))?.effect).toEqual(NOTHING);
    expect((await preview({ defaultLibraryId: tower.id('Music') }))?.effect).toEqual(NOTHING);
  });

  it('counts a default library for those who have nothing, and does exactly that', async () => {
    const ada = await world.newAccount(ADA, tower);
    const ben = await world.newAccount(BEN, tower);
    await world.grant(BEN, [tower.id('Movies')]);
    const changes = { defaultLibraryId: tower.id('Music') };
    expect((await preview(changes))?.effect).toEqual({ ...NOTHING, accounts: 1, adds: 1 });
    const { writes } = tower.fake;
    await set(changes);
    expect([ada.access, ben.access, tower.fake.writes - writes]).toEqual([['music'], ['movies'], 1]);
    expect((await preview({ defaultLibraryId: null }))?.effect).toEqual({
      ...NOTHING,
      accounts: 1,
      removes: 1,
    });
    await set({ defaultLibraryId: null });
    expect(ada.access).toBeNull();
  });

  it('counts what enforcing puts back, for many as well: it was shown and confirmed', async () => {
    const people = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const id = String(300000000000003000n + BigInt(n));
        const person = await world.newAccount(toMemberId(id), tower);
        await world.grant(toMemberId(id), [tower.id('Movies')]);
        return person;
      }),
    );
    for (const person of people) person.access = ['shows'];
    await world.app.syncServers(GUILD);
    const { writes } = tower.fake;
    expect((await preview({ driftPolicy: 'enforce' }))?.effect).toEqual({
      ...NOTHING,
      accounts: 8,
      adds: 8,
      removes: 8,
    });
    expect(tower.fake.writes).toBe(writes);
    await set({ driftPolicy: 'enforce' });
    for (const person of people) expect(person.access).toEqual(['movies']);
    expect(await world.app.heldRuns.list(GUILD)).toEqual([]);
  });

  it('counts what is taken over, and does it', async () => {
    const ada = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    await world.pass(SECOND);
    ada.access = ['shows'];
    await world.app.syncServers(GUILD);
    expect((await preview({ driftPolicy: 'adopt' }))?.effect).toEqual({
      ...NOTHING,
      adopted: { extra: 1, missing: 1 },
    });
    const states = async () =>
      (await world.app.grantStatus.list(GUILD, { memberId: ADA, limit: 9 })).page.map(
        ({ grant }) => grant.state,
      );
    await set({ driftPolicy: 'adopt' });
    // The same list twice in one moment proves nothing, whoever has confirmed what follows from it.
    expect(await states()).toEqual(['ending', 'active']);
    await world.pass(MINUTE);
    expect(await states()).toEqual(['active', 'ended']);
    expect(ada.access).toEqual(['shows']);
  });

  it('takes what one short list lacked, and what is decided on it, when it is there all the same', async () => {
    const ada = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    ada.access = [];
    await world.app.syncServers(GUILD);
    await set({ driftPolicy: 'adopt' });
    ada.access = ['movies'];
    await world.pass(MINUTE);
    const { page } = await world.app.grantStatus.list(GUILD, { memberId: ADA, limit: 9 });
    expect(page.map(({ grant }) => grant.state)).toEqual(['ended']);
    expect(ada.access).toBeNull();
  });
});

describe('setting policies', () => {
  it('is noted with what was before; setting the same again is not', async () => {
    await set({ driftPolicy: 'enforce', expiryAction: 'disable', defaultLibraryId: tower.id('Music') });
    await set({ driftPolicy: 'enforce' });
    expect(await world.events('server.edited')).toMatchObject([
      {
        actorId: STAFF,
        facts: {
          server: 'Tower',
          detail:
            'default library Music, before none; when access ends the account is disabled, before access is withdrawn; what others change is put back, before is reported',
        },
      },
    ]);
  });

  it('counts for what ends later', async () => {
    const ada = await world.newAccount(ADA, tower);
    await set({ defaultLibraryId: tower.id('Music') });
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.pass(HOUR);
    expect(ada.access).toEqual(['music']);
  });

  it('is for servers of the own guild', async () => {
    const { id } = tower.server;
    expect(await world.app.serverPolicy.preview(OTHER_GUILD, id, {})).toBeUndefined();
    const changes = { driftPolicy: 'enforce' } as const;
    const input = { guildId: OTHER_GUILD, actorId: STAFF, serverId: id, changes };
    expect(await world.app.serverPolicy.set(input)).toBeUndefined();
    expect((await preview({}))?.before.server.driftPolicy).toBe('report');
  });
});

it('an account that somebody disabled gets the new default library when it is enabled again', async () => {
  const den = await world.addDen();
  const person = await world.newAccount(ADA, den);
  person.disabled = true;
  await world.app.syncServers(GUILD, [den.server.id]);
  const changes = { defaultLibraryId: den.id('Films') };
  await world.app.serverPolicy.set({ guildId: GUILD, actorId: STAFF, serverId: den.server.id, changes });
  expect(person.access).toEqual([]);
  person.disabled = false;
  await world.pass(HOUR);
  expect(person.access).toEqual(['films']);
});

describe('the account that new ones copy', () => {
  let den: Place;
  beforeEach(async () => {
    den = await world.addDen();
  });
  const find = (externalId: string) => world.app.serverPolicy.findTemplate(GUILD, den.server.id, externalId);
  const setTemplate = (templateAccountId: string | null) =>
    world.app.serverPolicy.set({
      ...{ guildId: GUILD, actorId: STAFF, serverId: den.server.id },
      changes: { templateAccountId },
    });

  it('is found as the server has it now', async () => {
    const person = den.fake.addPerson({ name: 'like me' });
    const { externalId } = person;
    expect(await find(externalId)).toEqual({ kind: 'found', externalId });
    person.protection = 'administrator';
    expect(inEnglish(await find(externalId))).toMatchObject({
      kind: 'refused',
      why: { message: expect.stringContaining('is an administrator') },
    });
    den.fake.people.delete(externalId);
    expect(await find(externalId)).toMatchObject({ kind: 'refused' });
    takeDown(den.fake);
    expect(await find(externalId)).toMatchObject({ kind: 'refused', why: DOWN });
    expect(await world.app.serverPolicy.findTemplate(OTHER_GUILD, den.server.id, 'x')).toBeUndefined();
  });

  it('is set, named, audited with what it was, and cleared again; nobody is touched for it', async () => {
    const { externalId } = den.fake.addPerson({ name: 'like me' });
    await world.app.syncServers(GUILD);
    const { writes } = den.fake;
    expect(await setTemplate(externalId)).toMatchObject({
      server: { templateAccountId: externalId },
      template: { name: 'like me' },
    });
    expect(await setTemplate(null)).toMatchObject({
      server: { templateAccountId: null },
      template: undefined,
    });
    expect((await world.events('server.edited')).map(({ facts }) => facts.detail)).toEqual([
      'new accounts get the rights of like me, before nothing beside their libraries',
      'new accounts get nothing beside their libraries, before the rights of like me',
    ]);
    expect(den.fake.writes).toBe(writes);
  });

  it('is offered on servers whose accounts are their own, without those who may everything', async () => {
    den.fake.addPerson({ name: 'like me' });
    den.fake.addPerson({ name: 'boss', protection: 'administrator' });
    tower.fake.addPerson({ name: 'plex like me', access: ['movies'] });
    await world.app.syncServers(GUILD);
    const names = async (typed: string) =>
      (await world.app.autocomplete.completeTemplates(GUILD, typed)).map(({ name }) => name);
    expect(await names('')).toEqual(['like me']);
    expect(await names('boss')).toEqual([]);
    const pick = (typed: string) => world.app.autocomplete.pickTemplate(GUILD, den.server.id, typed);
    expect(await pick('LIKE')).toMatchObject({ kind: 'one', item: { name: 'like me' } });
    expect(await pick('Den · like me')).toMatchObject({ kind: 'one', item: { name: 'like me' } });
    expect(await pick('boss')).toMatchObject({ kind: 'none' });
  });
});

it('where members ask for media is kept, on record, and changes nothing on the server', async () => {
  const { writes } = tower.fake;
  await set({ requestsUrl: 'https://ask.example' });
  expect(await world.stores.of(GUILD).servers.find(tower.server.id)).toMatchObject({
    requestsUrl: 'https://ask.example',
  });
  expect((await world.events('server.edited')).at(-1)?.facts.detail).toBe(
    'media are asked for at https://ask.example, before none',
  );
  await set({ requestsUrl: null });
  expect((await preview({}))?.before.server.requestsUrl).toBeNull();
  expect(tower.fake.writes).toBe(writes);
});
