import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graceOf } from '../../../src/domain/role-plans.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.newAccount(ADA, tower);
  world.guilds.has(ADA);
  // Somebody else, so that the list is not empty.
  world.guilds.has(BEN);
});
afterEach(() => world.close());

const give = async (days?: number, startDays = 0) => {
  const lasts = days === undefined ? {} : { ms: days * DAY };
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ...lasts, startMs: startDays * DAY });
  await world.pass(0);
  return grant.id;
};
const leaves = async () => {
  world.guilds.leaves(ADA);
  await world.app.presence.note(GUILD, [{ userId: ADA, roleIds: null }]);
};
const returns = async () => {
  world.guilds.has(ADA);
  await world.app.presence.note(GUILD, [{ userId: ADA, roleIds: [] }]);
};
const stored = async (id: string) => {
  const grant = await world.stores.of(GUILD).grants.find(id);
  if (!grant) throw new Error('no such grant');
  return grant;
};
const sees = async () => (await world.account(ADA, tower.server.id)).seen.length > 0;
const inDays = (days: number) => new Date(world.clock.now().getTime() + days * DAY);
const told = async () => (await world.events()).filter(({ action }) => action.startsWith('member.'));

describe('who leaves', () => {
  it('keeps access for the grace, and then loses it, seen on the server', async () => {
    const id = await give(30);
    await leaves();
    expect(await stored(id)).toMatchObject({ state: 'active', expiresAt: inDays(7) });
    expect(await told()).toMatchObject([
      { action: 'member.linked' },
      { action: 'member.left', targetId: ADA, facts: { until: inDays(7).toISOString() } },
    ]);
    await world.pass(7 * DAY - MINUTE);
    expect(await sees()).toBe(true);
    await world.pass(2 * MINUTE);
    expect(await sees()).toBe(false);
    expect((await stored(id)).state).toBe('ended');
  });

  it('and returns within the grace has the end of before', async () => {
    const id = await give(30);
    const before = await stored(id);
    await leaves();
    await world.pass(3 * DAY);
    await returns();
    expect(await stored(id)).toEqual(before);
    expect((await told()).at(-1)).toMatchObject({ action: 'member.returned', facts: { how: 'again' } });
  });

  it('and returns after it has what was left when it ended', async () => {
    const id = await give(30);
    await leaves();
    await world.pass(8 * DAY);
    expect(await sees()).toBe(false);
    await world.pass(100 * DAY);
    await returns();
    await world.pass(0);
    expect(await stored(id)).toMatchObject({ state: 'active', expiresAt: inDays(23), endCause: null });
    expect(await sees()).toBe(true);
  });

  it('and returns in the minute of the end, before it was written down, loses nothing', async () => {
    const id = await give(30);
    await leaves();
    world.clock.advance(7 * DAY + MINUTE);
    await returns();
    expect(await stored(id)).toMatchObject({ state: 'active', expiresAt: inDays(23) });
  });

  it('with access for good has it for good again', async () => {
    const id = await give();
    await leaves();
    await world.pass(8 * DAY);
    await returns();
    await world.pass(0);
    expect(await stored(id)).toMatchObject({ state: 'active', expiresAt: null });
  });

  it('while Usher is down is found at the start, and so is who is back', async () => {
    const id = await give(30);
    world.guilds.leaves(ADA);
    world.restart();
    const catchUp = () => world.app.presence.catchUp([GUILD], new AbortController().signal);
    await catchUp();
    expect(await stored(id)).toMatchObject({ expiresAt: inDays(7) });
    await world.pass(8 * DAY);
    world.guilds.has(ADA);
    world.restart();
    await catchUp();
    expect(await stored(id)).toMatchObject({ state: 'active', expiresAt: inDays(22 + 1) });
  });

  it('and comes back while Usher is down is nothing to be said', async () => {
    await give(30);
    const before = await world.countEvents();
    world.guilds.leaves(ADA);
    world.guilds.has(ADA);
    world.restart();
    await world.app.presence.look(GUILD);
    expect(await world.countEvents()).toBe(before);
  });

  it('is found one by one where Discord lists nobody, and seen again at a command', async () => {
    world.guilds.mayList = false;
    const id = await give(30);
    world.guilds.leaves(ADA);
    await world.app.presence.look(GUILD);
    expect(await stored(id)).toMatchObject({ expiresAt: inDays(7) });
    await returns();
    expect(await stored(id)).toMatchObject({ expiresAt: inDays(30) });
  });

  it('is not believed to have left because an event says so', async () => {
    const id = await give(30);
    const before = await stored(id);
    await world.app.presence.note(GUILD, [{ userId: ADA, roleIds: null }]);
    expect(await stored(id)).toEqual(before);
    world.guilds.leaves(ADA);
    world.guilds.silent = 1;
    await world.app.presence.note(GUILD, [{ userId: ADA, roleIds: null }]);
    expect(await stored(id)).toEqual(before);
  });

  it('keeps an end that comes before the grace, and what is paused', async () => {
    const [soon, paused] = [await give(3), await give(60)];
    await world.change(paused, { kind: 'pause' });
    await leaves();
    expect(await stored(soon)).toMatchObject({ expiresAt: inDays(3), leftAt: null });
    expect(await stored(paused)).toMatchObject({ state: 'paused', leftAt: null });
  });

  it('does not begin what begins after the grace, unless they come back', async () => {
    const id = await give(30, 20);
    await leaves();
    expect((await stored(id)).state).toBe('ended');
    await world.pass(DAY);
    await returns();
    expect(await stored(id)).toMatchObject({ state: 'scheduled', expiresAt: inDays(49) });
  });

  it('has as long as the guild says', async () => {
    const id = await give(30);
    await world.app.settings.setLeaveGrace({ guildId: GUILD, actorId: STAFF, grace: graceOf('12h') });
    await leaves();
    expect((await stored(id)).expiresAt).toEqual(new Date(world.clock.now().getTime() + 12 * HOUR));
  });
});

describe('staff change what somebody has who is away', () => {
  it('an extension is one of what comes back', async () => {
    const id = await give(30);
    await leaves();
    await world.change(id, { kind: 'extend', by: graceOf('10d') });
    expect((await stored(id)).expiresAt).toEqual(inDays(17));
    await returns();
    expect((await stored(id)).expiresAt).toEqual(inDays(40));
  });

  it('what they end stays ended', async () => {
    const id = await give(30);
    await leaves();
    await world.revoke(id);
    await returns();
    await world.pass(0);
    expect(await stored(id)).toMatchObject({ state: 'ended', endCause: 'revoked' });
  });

  it('an end that they set counts', async () => {
    const id = await give(30);
    await leaves();
    await world.change(id, { kind: 'set', until: inDays(12) });
    await returns();
    expect((await stored(id)).expiresAt).toEqual(inDays(12));
  });

  it('a pause keeps all that was left', async () => {
    const id = await give(30);
    await leaves();
    await world.change(id, { kind: 'pause' });
    expect((await stored(id)).remainingSeconds).toBe((30 * DAY) / 1000);
  });
});

describe('who is banned', () => {
  it('loses everything at once, and gets nothing back by returning', async () => {
    const id = await give(30);
    world.guilds.banned.add(ADA);
    await leaves();
    await world.pass(0);
    expect(await sees()).toBe(false);
    expect((await stored(id)).state).toBe('ended');
    expect((await told()).at(-1)).toMatchObject({ action: 'member.left', facts: { how: 'banned' } });
    world.guilds.banned.clear();
    await returns();
    await world.pass(0);
    expect((await stored(id)).state).toBe('ended');
  });

  it('later than they left loses what was left', async () => {
    const id = await give(30);
    await leaves();
    await world.app.presence.banned(GUILD, ADA);
    await world.pass(0);
    expect(await sees()).toBe(false);
    await returns();
    expect((await stored(id)).state).toBe('ended');
    const before = await world.countEvents();
    await leaves();
    await world.app.presence.banned(GUILD, ADA);
    expect(await world.countEvents()).toBe(before + 1);
  });

  it('has left, where Usher may not see bans', async () => {
    const id = await give(30);
    world.guilds.maySeeBans = false;
    world.guilds.banned.add(ADA);
    await leaves();
    expect(await stored(id)).toMatchObject({ state: 'active', expiresAt: inDays(7) });
  });
});
