import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, applicationsOf, type Place, World } from '../world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Cases T12 and its kind: an account of the server's own was deleted there by hand. */
describe('an account that the server does not list any more', () => {
  let world: World;
  let den: Place;
  let noah: FakePerson;

  beforeEach(async () => {
    world = await World.open();
    await world.setChannel('alerts');
    den = await world.addDen();
    await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    const made = await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'noah');
    expect(made).toMatchObject({ kind: 'created' });
    await world.app.enforce.servers(GUILD, [den.server.id]);
    noah = [...den.fake.people.values()][0] as FakePerson;
  });
  afterEach(async () => await world.close());

  const sync = async () => {
    const [report] = await world.app.syncServers(GUILD);
    if (report?.outcome.kind !== 'synced') throw new Error('not synced');
    return report.outcome;
  };
  const delete_ = () => den.fake.people.delete(noah.externalId);
  const accounts = async () => await world.stores.of(GUILD).accounts.list({ memberId: ADA });
  const standing = async () => {
    const [mine] = await world.app.overview.myAccess(ADA, GUILD);
    return (mine?.standings ?? []).map(applicationsOf);
  };
  const gone = async () => {
    delete_();
    await sync();
    world.clock.advance(MINUTE);
    return await sync();
  };

  it('is missing after one look, which ends nothing and is no change by somebody else', async () => {
    const before = await world.countEvents();
    delete_();
    const { drift, accounts: said } = await sync();
    expect(drift).toEqual([]);
    expect(inEnglish(said)).toEqual([expect.stringContaining('noah')]);
    expect(await world.actions(before)).toEqual([]);
    expect(await accounts()).toMatchObject([{ missingSince: world.clock.now() }]);
    expect(await standing()).toEqual([{ Den: 'account-missing' }]);
    expect(await world.app.why(GUILD, ADA, den.id('Films'))).toMatchObject({
      shown: 'missing',
      next: { kind: 'look-again' },
      rehearsal: null,
    });
    // A second look too soon proves nothing more.
    world.clock.advance(5_000);
    await sync();
    expect(await accounts()).toHaveLength(1);
  });

  it('brings the next sync forward, so that nobody waits for hours', async () => {
    delete_();
    await sync();
    const { nextSyncAt } = await world.stores.of(GUILD).settings.get();
    expect(nextSyncAt.getTime() - world.clock.now().getTime()).toBeLessThanOrEqual(MINUTE);
  });

  it('was only missing when the next look lists it', async () => {
    delete_();
    await sync();
    den.fake.people.set(noah.externalId, noah);
    world.clock.advance(MINUTE);
    const before = await world.countEvents();
    await sync();
    await world.pass(0);
    expect(await accounts()).toMatchObject([{ missingSince: null, dueAt: null }]);
    expect(await world.actions(before)).toEqual([]);
    expect(await standing()).toEqual([{ Den: 'applied' }]);
  });

  it('is gone after two looks: the link ends, and everybody is told', async () => {
    const before = await world.countEvents();
    const { accounts: said } = await gone();
    expect(await accounts()).toEqual([]);
    expect((await world.events()).slice(before)).toMatchObject([
      { action: 'member.unlinked', actorId: null, targetId: ADA, facts: { server: 'Den', account: 'noah' } },
    ]);
    expect(inEnglish(said)).toEqual([expect.stringContaining('noah is gone')]);
    expect(await standing()).toEqual([{ Den: 'no-account' }]);
    expect((await world.app.overview.myAccounts(ADA, GUILD))[0]?.accounts).toEqual([]);
    expect((await world.hears(ADA)).join()).toContain('Your account noah on Den is not there any more');
    expect((await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert')).toMatchObject([
      { text: expect.stringContaining('the account noah of') },
    ]);
    const holders = await world.app.whoHas.library(GUILD, den.id('Films'));
    expect(holders?.holders).toMatchObject([{ memberId: ADA, has: 'no-account' }]);
    expect(await world.app.why(GUILD, ADA, den.id('Films'))).toMatchObject({ shown: 'no-account' });
  });

  it.each(['report', 'enforce', 'adopt'] as const)(
    'with policy %s nothing is put back or taken',
    async (policy) => {
      await world.app.serverPolicy.set({
        guildId: GUILD,
        actorId: STAFF,
        serverId: den.server.id,
        changes: { driftPolicy: policy },
      });
      await gone();
      await world.pass(HOUR / 2);
      await sync();
      expect(await world.events('drift.corrected')).toEqual([]);
      expect(await world.events('drift.found')).toEqual([]);
      expect(await standing()).toEqual([{ Den: 'no-account' }]);
    },
  );

  it('is replaced by a new one that gets the running and the new grant', async () => {
    await gone();
    await world.grant(ADA, [den.id('Series')], { ms: HOUR });
    expect(await standing()).toEqual([{ Den: 'no-account' }, { Den: 'no-account' }]);
    const made = await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'noah');
    expect(made).toMatchObject({ kind: 'created' });
    await world.app.enforce.servers(GUILD, [den.server.id]);
    const [person] = [...den.fake.people.values()];
    expect(person?.access).toEqual(['films', 'series']);
    expect(await standing()).toEqual([{ Den: 'applied' }, { Den: 'applied' }]);
  });

  it('is found out by a pass as well: what was redeemed meanwhile waits for a new account', async () => {
    delete_();
    const first = await world.grant(ADA, [den.id('Series')], { ms: HOUR });
    expect(applicationsOf(first)).toEqual({ Den: 'account-missing' });
    await world.pass(MINUTE);
    expect(await accounts()).toEqual([]);
    expect(await standing()).toEqual([{ Den: 'no-account' }, { Den: 'no-account' }]);
    expect(await world.app.jobRuns.overdue(GUILD)).toEqual([]);
  });

  it('is noticed when a new password is asked for or an account is made', async () => {
    const [account] = await accounts();
    delete_();
    const asked = await world.app.serverAccounts.newPassword(GUILD, ADA, account?.id ?? '');
    expect(asked).toMatchObject({ kind: 'missing', name: 'noah' });
    world.clock.advance(MINUTE);
    const again = await world.app.serverAccounts.newPassword(GUILD, ADA, account?.id ?? '');
    expect(again).toMatchObject({ kind: 'gone', name: 'noah' });
    expect(await accounts()).toEqual([]);
  });

  it('does not stand in the way of a new one: whoever asks for one is looked for first', async () => {
    delete_();
    await sync();
    const create = () => world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'noah');
    expect(await create()).toMatchObject({ kind: 'missing' });
    world.clock.advance(MINUTE);
    expect(await create()).toMatchObject({ kind: 'created' });
    expect(await accounts()).toMatchObject([{ name: 'noah', missingSince: null }]);
  });

  it('ends what is due to end: nothing is there any more', async () => {
    delete_();
    await world.pass(HOUR);
    await world.pass(MINUTE);
    expect(await world.events('grant.ended')).toMatchObject([
      { facts: { detail: expect.stringContaining('Den') } },
    ]);
    expect(await world.events('grant.overdue')).toEqual([]);
  });

  it('is linked again when it is back, and what ended meanwhile is taken', async () => {
    await gone();
    await world.pass(HOUR);
    expect(await world.events('grant.ended')).toHaveLength(1);
    // A database that was restored brings it back as it was.
    den.fake.people.set(noah.externalId, noah);
    const { accounts: said } = await sync();
    expect(inEnglish(said)).toEqual([expect.stringContaining('noah is back')]);
    await world.pass(0);
    expect(inEnglish(noah)).toMatchObject({ access: [], disabled: true });
    expect(inEnglish(await accounts())).toMatchObject([
      { name: 'noah', missingSince: null, formerMemberId: null },
    ]);
    expect(inEnglish((await world.events('member.linked')).at(-1))).toMatchObject({
      actorId: null,
      targetId: ADA,
    });
  });

  it('that is back and proven by its member brings no grant for good', async () => {
    await gone();
    den.fake.people.set(noah.externalId, noah);
    await world.link(ADA, den, noah);
    expect(await world.events('grant.created')).toHaveLength(1);
    await world.pass(HOUR);
    expect(noah.access).toEqual([]);
  });

  it('may be proven by somebody else once it is back, and is theirs then', async () => {
    await gone();
    den.fake.people.set(noah.externalId, noah);
    await world.link(BEN, den, noah);
    await sync();
    expect(inEnglish(await accounts())).toEqual([]);
    expect(inEnglish(await world.account(BEN, den.server.id))).toMatchObject({ formerMemberId: null });
  });

  it('made again by staff under the same name can be linked', async () => {
    await gone();
    const again = den.fake.addPerson({ name: 'noah' });
    await world.link(ADA, den, again);
    expect(again.access).toEqual(['films']);
    expect(await standing()).toEqual([{ Den: 'applied' }]);
  });

  it('is forgotten silently when nobody is linked to it', async () => {
    const person = den.fake.addPerson({ name: 'guest', access: ['films'] });
    await sync();
    den.fake.people.delete(person.externalId);
    const before = await world.countEvents();
    await sync();
    world.clock.advance(MINUTE);
    expect((await sync()).accounts).toEqual([]);
    expect(await world.actions(before)).toEqual([]);
  });
});

it('an account of a vendor without a share stays linked: a grant invites it again', async () => {
  const world = await World.open();
  const tower = await world.addTower();
  const person = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  person.access = null;
  for (let look = 0; look < 3; look += 1) {
    await world.app.syncServers(GUILD);
    world.clock.advance(MINUTE);
  }
  expect(await world.account(ADA, tower.server.id)).toMatchObject({ missingSince: null });
  expect(await world.events('member.unlinked')).toEqual([]);
  await world.close();
});
