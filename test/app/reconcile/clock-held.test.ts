import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurationText } from '../../../src/domain/duration.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { told } from '../../support/said.ts';
import { type Place, World } from '../world.ts';

let world: World;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  den = await world.addDen();
});
afterEach(() => world.close());

/** The clock of the machine is set forward by a month. */
function jump() {
  world.clock.set(new Date(world.clock.now().getTime() + 30 * DAY));
  expect(world.app.clock.isHeld()).toBe(true);
}
const comeBack = () => world.clock.set(new Date(world.clock.steadyMs()));

describe('while the clock is not believed', () => {
  it('nothing starts or ends by it, whoever asks for a pass', async () => {
    const person = await world.newAccount(ADA, den);
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: 2 * DAY });
    jump();
    await world.app.jobRuns.enforceNow(GUILD);
    await world.app.jobRuns.retry(GUILD);
    expect([await world.grantState(grant.id), person.access]).toEqual(['active', ['films']]);
    comeBack();
    await world.pass(2 * DAY);
    expect([await world.grantState(grant.id), person.access]).toEqual(['ended', []]);
  });

  it('no account is deleted by it, whatever a command changes there', async () => {
    const { server } = den;
    await world.app.serverPolicy.set({
      ...{ guildId: GUILD, actorId: STAFF, serverId: server.id, changes: { expiryAction: 'delete' } },
    });
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    await world.app.serverAccounts.create(GUILD, ADA, server.id, 'ada');
    await world.pass(HOUR);
    expect(await world.grantState(grant.id)).toBe('ended');
    const { id, deleteAt } = await world.account(ADA, server.id);
    jump();
    await world.stores.transaction(GUILD, (tx) => tx.accounts.update(id, { dueAt: world.clock.now() }));
    await world.app.enforce.servers(GUILD, [server.id]);
    expect(await world.account(ADA, server.id)).toMatchObject({ deleteAt });
    comeBack();
    await world.pass(8 * DAY);
    expect(await world.stores.of(GUILD).accounts.list({ memberId: ADA })).toEqual([]);
  });

  it('no code is redeemed, and it costs no try', async () => {
    const invite = await world.invite({
      ...{ guildId: GUILD, actorId: STAFF, memberId: BEN, libraryIds: [den.id('Films')], duration: null },
      ...{ uses: 1, validUntil: new Date(world.clock.now().getTime() + DAY), roleId: null, note: null },
    });
    jump();
    const { invites } = world.app;
    for (let tries = 1; tries <= 6; tries += 1)
      expect(await invites.redeemCode({ guildId: null, memberId: BEN, typed: invite.code })).toEqual({
        kind: 'clock-held',
      });
    expect(await invites.redeemInvite(GUILD, invite.invite.id, BEN)).toEqual({ kind: 'clock-held' });
    comeBack();
    const redeemed = await invites.redeemCode({ guildId: null, memberId: BEN, typed: invite.code });
    expect(redeemed.kind).toBe('redeemed');
  });

  it('nothing is counted from it: not extended, paused or resumed, but revoked', async () => {
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: 2 * DAY });
    const forGood = await world.grant(ADA, [den.id('Series')]);
    jump();
    for (const action of [{ kind: 'extend', by: '30d' as DurationText }, { kind: 'pause' }] as const) {
      const { changed, unchanged } = await world.change(grant.id, action);
      expect([changed, told(unchanged[0]?.message ?? '')]).toEqual([
        [],
        expect.stringContaining('its clock'),
      ]);
      const asked = { guildId: GUILD, grantIds: [grant.id], action };
      expect(await world.app.changeGrants.preview(asked)).toMatchObject({ changes: [] });
    }
    expect((await world.change(forGood.grant.id, { kind: 'pause' })).changed).toHaveLength(1);
    expect((await world.revoke(grant.id)).kind).toBe('revoked');
  });
});

it('who runs Usher confirms it for everybody, and every guild that was told hears it', async () => {
  jump();
  for (const guildId of [GUILD, OTHER_GUILD]) await world.app.clock.hold(guildId);
  await world.app.clock.confirm(GUILD, STAFF);
  expect(world.app.clock.isHeld()).toBe(false);
  const said = async (guildId = GUILD) => (await world.events('access.held', guildId)).at(-1);
  expect(await said()).toMatchObject({
    actorId: STAFF,
    facts: { detail: expect.stringContaining('confirmed') },
  });
  expect(await said(OTHER_GUILD)).toMatchObject({
    actorId: null,
    facts: { detail: expect.stringContaining('confirmed by whoever runs Usher') },
  });
  await world.app.clock.confirm(GUILD, STAFF);
  expect(await world.events('access.held', OTHER_GUILD)).toHaveLength(2);
  world.clock.advance(MINUTE);
  expect(world.app.clock.isHeld()).toBe(false);
});
