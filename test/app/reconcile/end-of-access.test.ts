import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moment } from '../../../src/adapters/discord/views/view.ts';
import { DAY, HOUR, later, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, memberAt, STAFF } from '../../support/people.ts';
import { inEnglish, said } from '../../support/said.ts';
import { DOWN, type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const setServer = (
  changes: Parameters<ReturnType<typeof world.stores.of>['servers']['update']>[1],
  place = tower,
) => world.stores.transaction(GUILD, (tx) => tx.servers.update(place.server.id, changes));

it('a default library stays, and comes back in place of the last one', async () => {
  const person = await world.newAccount(ADA, tower);
  await setServer({ defaultLibraryId: tower.id('Music') });
  await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  expect(person.access).toEqual(['movies']);
  await world.pass(HOUR);
  expect(person.access).toEqual(['music']);
});

it('an account that is to be closed keeps none', async () => {
  const den = await world.addDen();
  const person = await world.newAccount(ADA, den);
  await setServer({ defaultLibraryId: den.id('Films'), expiryAction: 'disable' }, den);
  await world.grant(ADA, [den.id('Series')], { ms: HOUR });
  await world.pass(HOUR);
  expect(person).toMatchObject({ access: [], disabled: true });
  await world.pass(MINUTE);
  expect(person.disabled).toBe(true);
  await world.grant(ADA, [den.id('Series')]);
  expect(person).toMatchObject({ access: ['series'], disabled: false });
});

it('an account that was closed is open again as soon as a grant is to begin there, with what stays', async () => {
  const person = await world.newAccount(ADA, tower);
  await setServer({ defaultLibraryId: tower.id('Music'), expiryAction: 'disable' });
  await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  await world.pass(HOUR);
  expect(person.access).toBeNull();
  const startsAt = later(2 * HOUR);
  const base = { guildId: GUILD, actorId: STAFF, memberId: ADA, reason: null } as const;
  await world.app.grants.add({ ...base, libraryIds: [tower.id('Movies')], startsAt, expiresAt: null });
  expect(person.access).toEqual(['music']);
  await world.pass(HOUR);
  expect(person.access).toEqual(['movies']);
});

it('an account that is to be closed keeps none, whatever is granted on other servers', async () => {
  const den = await world.addDen();
  const person = await world.newAccount(ADA, den);
  await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  await setServer({ defaultLibraryId: den.id('Films'), expiryAction: 'disable' }, den);
  await world.grant(ADA, [den.id('Series')], { ms: HOUR });
  await world.pass(HOUR);
  expect(person).toMatchObject({ access: [], disabled: true });
});

it('the plan of the grant decides before the server', async () => {
  const den = await world.addDen();
  const [ada, ben] = [await world.newAccount(ADA, den), await world.newAccount(BEN, den)];
  await setServer({ defaultLibraryId: den.id('Films') }, den);
  const plan = { id: 'plan', name: 'Trial', duration: '', roleId: null, roleById: null };
  await world.stores.transaction(GUILD, (tx) =>
    tx.plans.add({
      ...{ ...plan, expiryAction: 'disable', libraryIds: [den.id('Series')] },
      ...{ renewals: 0, renewalRoleId: null },
      createdAt: world.clock.now(),
    }),
  );
  const common = { guildId: GUILD, actorId: STAFF, libraryIds: [den.id('Series')], reason: null };
  const startsAt = world.clock.now();
  const expiresAt = new Date(startsAt.getTime() + HOUR);
  await world.app.grants.add({ ...common, memberId: ADA, planId: 'plan', startsAt, expiresAt });
  await world.app.grants.add({ ...common, memberId: BEN, startsAt, expiresAt });
  await world.pass(HOUR);
  expect(ada).toMatchObject({ access: [], disabled: true });
  expect(ben).toMatchObject({ access: ['films'], disabled: false });
});

it('what they watch is ended with a withdrawal, and when that fails nothing else does', async () => {
  const ada = await world.newAccount(ADA, tower);
  const first = await world.grant(ADA, [tower.id('Movies')]);
  await world.revoke(first.grant.id);
  await world.app.idle('all');
  expect(tower.fake.endedSessionsOf).toEqual([{ externalId: ada.externalId, staying: [] }]);
  const second = await world.grant(ADA, [tower.id('Movies')]);
  tower.fake.fail('endSessions', DOWN);
  await world.revoke(second.grant.id);
  await world.app.idle('all');
  expect(await world.grantState(second.grant.id)).toBe('ended');
});

it('what they watch is ended with a library, and not what is in one that stays', async () => {
  const ada = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  const { grant } = await world.grant(ADA, [tower.id('Shows')]);
  await world.app.idle('all');
  expect(tower.fake.endedSessionsOf).toEqual([]);
  await world.revoke(grant.id);
  await world.app.idle('all');
  expect(tower.fake.endedSessionsOf).toEqual([{ externalId: ada.externalId, staying: ['movies'] }]);
});

describe('on Jellyfin, where nobody can be told to stop once access is gone', () => {
  let den: Place;
  beforeEach(async () => {
    den = await world.addDen();
  });
  const OF_INTEREST: ReadonlySet<string> = new Set(['endSessions', 'setLibraries', 'withdraw']);
  const callsSince = (count: number) =>
    den.fake.calls.slice(count).filter((call) => call !== undefined && OF_INTEREST.has(call));

  it('what they watch is ended first', async () => {
    const ada = await world.newAccount(ADA, den);
    const both = await world.grant(ADA, [den.id('Films')]);
    const series = await world.grant(ADA, [den.id('Series')]);
    let { length } = den.fake.calls;
    await world.revoke(series.grant.id);
    expect(callsSince(length)).toEqual(['endSessions', 'setLibraries']);
    length = den.fake.calls.length;
    await world.revoke(both.grant.id);
    expect(callsSince(length)).toEqual(['endSessions', 'withdraw']);
    const { externalId } = ada;
    expect(den.fake.endedSessionsOf).toEqual([
      { externalId, staying: ['films'] },
      { externalId, staying: [] },
    ]);
  });

  it('an end does not fail with it, and waits two seconds for it at most', async () => {
    await world.newAccount(ADA, den);
    const first = await world.grant(ADA, [den.id('Films')]);
    den.fake.endSessions = () => Promise.reject(new Error('a bug'));
    await world.revoke(first.grant.id);
    expect(await world.grantState(first.grant.id)).toBe('ended');

    const second = await world.grant(ADA, [den.id('Films')]);
    const asked = Promise.withResolvers<void>();
    const hangs = Promise.withResolvers<void>();
    den.fake.endSessions = () => {
      asked.resolve();
      return hangs.promise;
    };
    const revoked = world.revoke(second.grant.id);
    await asked.promise;
    world.clock.advance(2_000);
    await revoked;
    expect(await world.grantState(second.grant.id)).toBe('ended');
    hangs.resolve();
  });
});

describe('an account that is to be deleted', () => {
  let den: Place;
  beforeEach(async () => {
    den = await world.addDen();
    await setServer({ expiryAction: 'delete' }, den);
  });

  /** Ada has an account on Den that Usher made, and Films for an hour. */
  async function madeByUsher() {
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    const made = await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada');
    if (made.kind !== 'created') throw new Error(made.kind);
    await world.hears(ADA);
    const { externalId } = await world.account(ADA, den.server.id);
    return { grant, person: den.fake.person(externalId ?? '') };
  }
  const exists = (externalId: string) => den.fake.people.has(externalId);

  it('is closed first, announced, and deleted a week later, verified', async () => {
    const { grant, person } = await madeByUsher();
    await world.pass(HOUR);
    expect(person).toMatchObject({ access: [], disabled: true });
    expect(await world.grantState(grant.id)).toBe('ended');
    const announced = later(HOUR + 7 * DAY);
    expect((await world.events('access.applied')).at(-1)).toMatchObject({
      targetId: ADA,
      facts: { account: 'ada', deleteAt: announced.toISOString() },
    });
    expect(await world.hears(ADA)).toEqual([
      '⚫ Your access to Films on Den has ended: the time ran out.',
      `⚠️ Your account ada on Den is deleted on ${said(moment(announced))}, unless you are given access before.`,
      '[Renew]',
    ]);
    await world.pass(7 * DAY - MINUTE);
    expect(exists(person.externalId)).toBe(true);
    await world.pass(MINUTE);
    expect(exists(person.externalId)).toBe(false);
    expect(await world.stores.of(GUILD).accounts.list({ memberId: ADA })).toEqual([]);
    expect(await world.events('member.unlinked')).toMatchObject([
      { targetId: ADA, facts: { account: 'ada' } },
    ]);
    await world.pass(DAY);
    expect(await world.events('member.unlinked')).toHaveLength(1);
  });

  it('stays when something is granted before', async () => {
    const { person } = await madeByUsher();
    await world.pass(HOUR);
    await world.grant(ADA, [den.id('Series')]);
    await world.pass(30 * DAY);
    expect([exists(person.externalId), person.access]).toEqual([true, ['series']]);
    expect((await world.account(ADA, den.server.id)).deleteAt).toBeNull();
  });

  it('is tried again, ever more rarely, while the server does not answer', async () => {
    const { person } = await madeByUsher();
    await world.pass(HOUR);
    den.fake.fail('deleteAccount', DOWN);
    await world.pass(7 * DAY);
    expect(exists(person.externalId)).toBe(true);
    expect((await world.account(ADA, den.server.id)).trouble).toBe(DOWN.message);
    const { calls } = den.fake;
    const tries = calls.length;
    await world.pass(1);
    expect(calls.length).toBe(tries);
    await world.pass(MINUTE);
    expect(exists(person.externalId)).toBe(false);
  });

  it.each(['before a sync sees it', 'after a sync'])(
    'is disabled and not deleted when another service lets it in, %s, and it is said',
    async (when) => {
      const { grant, person } = await madeByUsher();
      person.signsInElsewhere = true;
      if (when === 'after a sync') await world.app.syncServers(GUILD);
      await world.pass(HOUR);
      expect(person).toMatchObject({ access: [], disabled: true });
      expect(await world.grantState(grant.id)).toBe('ended');
      expect(inEnglish((await world.events('access.applied')).at(-1)?.facts)).toEqual({
        server: 'Den',
        account: 'ada',
        how: 'not-deleted',
        detail: expect.stringContaining('signs in elsewhere'),
      });
      expect(inEnglish(await world.hears(ADA))).toEqual([
        '⚫ Your access to Films on Den has ended: the time ran out.',
        '[Renew]',
      ]);
      await world.pass(30 * DAY);
      expect(inEnglish([exists(person.externalId), person.disabled])).toEqual([true, true]);
      expect(inEnglish(await world.account(ADA, den.server.id))).toMatchObject({
        deleteAt: null,
        dueAt: null,
      });
    },
  );

  it('stays when another service lets it in by then; who was told otherwise hears it', async () => {
    const { person } = await madeByUsher();
    await world.pass(HOUR);
    person.signsInElsewhere = true;
    await world.pass(7 * DAY);
    expect([exists(person.externalId), person.disabled]).toEqual([true, true]);
    expect(await world.account(ADA, den.server.id)).toMatchObject({ deleteAt: null, trouble: null });
    expect((await world.hears(ADA)).join()).toContain('is not deleted after all');
    await world.pass(30 * DAY);
    expect(
      (await world.events('access.applied')).filter(({ facts }) => facts.how === 'not-deleted'),
    ).toHaveLength(1);
  });

  it('that Usher did not make is closed only', async () => {
    const person = await world.newAccount(ADA, den);
    await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    await world.pass(HOUR);
    await world.pass(30 * DAY);
    expect([exists(person.externalId), person.disabled]).toEqual([true, true]);
  });
});

it('a token that is refused is not tried for everybody else, and nobody is called done', async () => {
  const members = [0, 1, 2, 3, 4].map(memberAt);
  const people = [];
  for (const memberId of members) {
    people.push(await world.newAccount(memberId, tower));
    await world.grant(memberId, [tower.id('Movies')], { ms: HOUR });
  }
  const withdrawals = () => tower.fake.calls.filter((call) => call === 'withdraw').length;
  tower.fake.fail(
    'withdraw',
    { kind: 'unauthorised', message: 'The token is not accepted.' },
    { times: 100 },
  );
  await world.pass(HOUR);
  // Two writes were on their way when the first was refused.
  expect(withdrawals()).toBeLessThanOrEqual(2);
  const rows = await world.stores.of(GUILD).accounts.list({ serverId: tower.server.id });
  expect(rows.map(({ trouble }) => trouble)).toEqual(members.map(() => 'The token is not accepted.'));
  expect(await world.events('grant.ended')).toEqual([]);
  expect(people.every(({ access }) => access !== null)).toBe(true);
});
