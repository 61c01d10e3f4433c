import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graceOf } from '../../../src/domain/role-plans.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, memberAt, STAFF } from '../../support/people.ts';
import { ALERTS, type Place, World } from '../world.ts';

/** Who holds it has the plan Family. */
const PATRON = '600000000000000001';
const GOLD = '600000000000000002';

let world: World;
let tower: Place;
let family: string;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
  world.guilds.role(PATRON);
  world.guilds.role(GOLD);
  family = await plan('Family', ['Movies', 'Shows']);
});
afterEach(() => world.close());

async function plan(name: string, libraries: readonly string[], roleId: string | null = null) {
  const [first = '', ...more] = libraries.map((library) => tower.id(library));
  const made = await world.app.plans.create({
    ...{ guildId: GUILD, actorId: STAFF, name, libraryIds: [first, ...more] as const },
    ...{ duration: null, expiryAction: null, roleId },
  });
  if (made.kind !== 'done') throw new Error(made.kind);
  return made.details.plan.id;
}

const map = (roleId = PATRON, planId = family, grace: string | null = null) =>
  world.app.rolePlans.set({
    ...{ guildId: GUILD, actorId: STAFF, roleId, planId },
    grace: grace === null ? null : graceOf(grace),
  });

const look = () => world.app.presence.look(GUILD);
const shown = (userId: typeof ADA, ...roleIds: string[]) =>
  world.app.presence.note(GUILD, [{ userId, roleIds }]);
const grantsOf = (memberId = ADA) => world.stores.of(GUILD).grants.list({ memberId });
const onlyGrant = async (memberId = ADA) => {
  const [grant, ...more] = await grantsOf(memberId);
  if (!grant || more.length > 0) throw new Error(`${more.length + 1} grants`);
  return grant;
};
const states = async () =>
  Object.groupBy(await world.stores.of(GUILD).grants.listByRole(), ({ roleState }) => roleState);
const inDays = (days: number) => new Date(world.clock.now().getTime() + days * DAY);

describe('whoever holds the role', () => {
  it('has the plan, sees it on the server, and hears of it', async () => {
    await world.newAccount(ADA, tower);
    world.guilds.has(ADA, PATRON);
    await map();
    expect(await look()).toBe('all');
    expect(await onlyGrant()).toMatchObject({
      ...{ source: 'role', roleId: PATRON, roleState: 'held', planId: family, expiresAt: null },
      state: 'active',
    });
    await world.pass(0);
    expect((await world.account(ADA, tower.server.id)).seen).toHaveLength(2);
    expect((await world.hears(ADA)).join('\n')).toContain('You can watch');
    expect(await world.events('grant.created')).toMatchObject([{ facts: { how: 'role', role: PATRON } }]);
  });

  it('without an account gets the message by which members begin', async () => {
    world.guilds.has(ADA, PATRON);
    await map();
    await look();
    expect(await world.hears(ADA)).toEqual(expect.arrayContaining([expect.stringMatching(/^\[.+\]$/)]));
  });

  it('is written down once, however often Discord is asked', async () => {
    world.guilds.has(ADA, PATRON);
    await map();
    await look();
    const before = await world.countEvents();
    await look();
    await shown(ADA, PATRON);
    expect(await world.countEvents()).toBe(before);
    expect(await grantsOf()).toHaveLength(1);
  });

  it('is seen at a command of theirs, where Discord lists nobody', async () => {
    world.guilds.mayList = false;
    world.guilds.has(ADA, PATRON);
    await map();
    expect(await look()).toBe('one-by-one');
    expect(await grantsOf()).toEqual([]);
    await shown(ADA, PATRON);
    expect(await onlyGrant()).toMatchObject({ source: 'role' });
  });

  it('by two roles has all of both, for as long as the longer one lasts', async () => {
    await world.newAccount(ADA, tower);
    await map();
    await map(GOLD, await plan('Gold', ['Shows', 'Music']));
    await shown(ADA, PATRON, GOLD);
    await world.pass(0);
    expect((await world.account(ADA, tower.server.id)).seen).toHaveLength(3);
    await shown(ADA, GOLD);
    await world.pass(DAY + MINUTE);
    const left = (await world.account(ADA, tower.server.id)).seen;
    expect(new Set(left)).toEqual(new Set([tower.id('Shows'), tower.id('Music')]));
  });

  it('to whom staff have ended it does not get it again until they get the role again', async () => {
    await map();
    await shown(ADA, PATRON);
    await world.revoke((await onlyGrant()).id);
    await shown(ADA, PATRON);
    await look();
    expect(await grantsOf()).toHaveLength(1);
    await shown(ADA);
    await shown(ADA, PATRON);
    expect(await grantsOf()).toHaveLength(2);
  });
});

describe('a role that is lost', () => {
  beforeEach(async () => {
    await world.newAccount(ADA, tower);
    await map();
    await shown(ADA, PATRON);
    await world.pass(0);
  });

  it('ends access after the grace, seen on the server', async () => {
    await shown(ADA);
    expect(await onlyGrant()).toMatchObject({ roleState: 'lost', expiresAt: inDays(1), state: 'active' });
    await world.pass(DAY - MINUTE);
    expect((await world.account(ADA, tower.server.id)).seen).toHaveLength(2);
    await world.pass(2 * MINUTE);
    expect((await world.account(ADA, tower.server.id)).seen).toEqual([]);
    expect((await onlyGrant()).state).toBe('ended');
  });

  it('and is back within the grace changes nothing in the end', async () => {
    await shown(ADA);
    await world.pass(HOUR);
    await shown(ADA, PATRON);
    expect(await onlyGrant()).toMatchObject({ roleState: 'held', expiresAt: null, state: 'active' });
    await world.pass(30 * DAY);
    expect((await world.account(ADA, tower.server.id)).seen).toHaveLength(2);
  });

  it('and is back after the grace gives the plan anew', async () => {
    await shown(ADA);
    await world.pass(2 * DAY);
    await shown(ADA, PATRON);
    await world.pass(0);
    expect(await grantsOf()).toMatchObject([
      { state: 'active', roleState: 'held' },
      { state: 'ended', roleState: 'lost' },
    ]);
    expect((await world.account(ADA, tower.server.id)).seen).toHaveLength(2);
  });

  it('with its member while Usher was down is caught up', async () => {
    world.guilds.has(BEN, PATRON);
    world.guilds.leaves(ADA);
    world.restart();
    await world.app.presence.catchUp([GUILD], new AbortController().signal);
    expect(await onlyGrant()).toMatchObject({ roleState: 'lost', expiresAt: inDays(1) });
    expect(await onlyGrant(BEN)).toMatchObject({ roleState: 'held' });
  });

  it.each([
    ['within the grace', DAY / 2, 1],
    ['after it', 2 * DAY, 2],
  ])('by leaving, and is back %s', async (_when, awayMs, grants) => {
    world.guilds.leaves(ADA);
    await world.app.presence.note(GUILD, [{ userId: ADA, roleIds: null }]);
    expect(await onlyGrant()).toMatchObject({ state: 'active', expiresAt: inDays(1) });
    await world.pass(awayMs);
    world.guilds.has(ADA, PATRON);
    await shown(ADA, PATRON);
    await world.pass(0);
    const all = await grantsOf();
    expect(all).toHaveLength(grants);
    expect(all[0]).toMatchObject({ state: 'active', roleState: 'held', expiresAt: null });
    expect((await world.account(ADA, tower.server.id)).seen).toHaveLength(2);
  });

  it.each([
    ['within the grace', DAY / 2, 1],
    ['after it', 2 * DAY, 2],
  ])('by leaving while Usher was down, and is back %s', async (_when, awayMs, grants) => {
    world.guilds.leaves(ADA);
    world.restart();
    await world.app.presence.catchUp([GUILD], new AbortController().signal);
    await world.pass(awayMs);
    world.guilds.has(ADA, PATRON);
    world.restart();
    await world.app.presence.catchUp([GUILD], new AbortController().signal);
    await world.pass(0);
    const all = await grantsOf();
    expect(all).toHaveLength(grants);
    expect(all[0]).toMatchObject({ state: 'active', roleState: 'held', expiresAt: null });
  });

  it('keeps an end that comes before', async () => {
    const { id } = await onlyGrant();
    await world.change(id, { kind: 'set', until: new Date(world.clock.now().getTime() + HOUR) });
    await shown(ADA);
    expect((await onlyGrant()).expiresAt).toEqual(new Date(world.clock.now().getTime() + HOUR));
  });

  it('takes nothing while Discord does not say all of it', async () => {
    world.guilds.silent = 1;
    world.guilds.has(BEN);
    expect(await look()).toBe('unknown');
    expect(await onlyGrant()).toMatchObject({ roleState: 'held', expiresAt: null });
    // A list that lacks somebody is no proof: they are asked for by name.
    world.guilds.members.delete(ADA);
    world.guilds.silent = 0;
    const listMembers = world.guilds.listMembers.bind(world.guilds);
    world.guilds.listMembers = async () => {
      const list = await listMembers();
      world.guilds.silent = 9;
      return list;
    };
    await look();
    expect(await onlyGrant()).toMatchObject({ roleState: 'held', expiresAt: null });
  });
});

describe('a role that many lose', () => {
  const all = Array.from({ length: 10 }, (_, index) => memberAt(index));
  beforeEach(async () => {
    await map();
    for (const id of all) world.guilds.has(id, PATRON);
    await look();
  });

  const question = async () => {
    const asked = (await world.owed(ALERTS)).flatMap((one) =>
      one.kind === 'alert' && one.losses ? [{ ...one.losses, text: one.text }] : [],
    );
    return asked.at(-1);
  };
  const decide = async (keep: boolean, mark?: string) => {
    const asked = await question();
    const input = { guildId: GUILD, actorId: STAFF, roleId: PATRON, mark: mark ?? asked?.mark ?? '', keep };
    return await world.app.presence.decide(input);
  };

  it('takes nothing from anybody before an admin has decided', async () => {
    for (const id of all) world.guilds.has(id);
    await look();
    expect((await states()).asked).toHaveLength(10);
    expect((await question())?.text).toContain('10 of 10 holders');
    await world.pass(30 * DAY);
    expect((await states()).asked).toHaveLength(10);
    expect(await world.events('access.held')).toMatchObject([{ facts: { how: 'role-asked', role: PATRON } }]);
    expect(await decide(false)).toBe('decided');
    expect((await grantsOf()).map(({ expiresAt }) => expiresAt)).toEqual([inDays(1)]);
    expect(await decide(false)).toBe('decided-before');
  });

  it('is noticed as well when it is taken from one after the other', async () => {
    for (const id of all) {
      await shown(id);
      world.clock.advance(MINUTE);
    }
    expect((await states()).asked).toHaveLength(10);
    expect((await grantsOf()).map(({ expiresAt }) => expiresAt)).toEqual([null]);
  });

  it('and get it back settles the question', async () => {
    for (const id of all) world.guilds.has(id);
    await look();
    for (const id of all) world.guilds.has(id, PATRON);
    await look();
    expect((await states()).held).toHaveLength(10);
    expect(await world.events('access.held')).toMatchObject([{}, { facts: { how: 'role-settled' } }]);
    expect(await decide(false)).toBe('decided-before');
  });

  it('can be left to them', async () => {
    for (const id of all) world.guilds.has(id);
    await look();
    expect(await decide(true)).toBe('decided');
    await look();
    await world.pass(30 * DAY);
    expect(await grantsOf()).toMatchObject([{ state: 'active', expiresAt: null, roleState: 'kept' }]);
    world.guilds.has(ADA, PATRON);
    await look();
    expect(await grantsOf()).toMatchObject([{ state: 'active', roleState: 'held' }]);
  });

  it.each(['before', 'after'])('left to somebody who leaves %s that goes as they do', async (when) => {
    const leaves = async () => {
      world.guilds.leaves(ADA);
      await look();
    };
    for (const id of all) world.guilds.has(id);
    await look();
    if (when === 'before') await leaves();
    await decide(true);
    if (when === 'after') await leaves();
    expect(await grantsOf()).toMatchObject([{ state: 'active', expiresAt: inDays(7), roleState: 'kept' }]);
    world.guilds.has(ADA);
    await look();
    await shown(ADA);
    expect(await grantsOf()).toMatchObject([{ state: 'active', expiresAt: null, roleState: 'kept' }]);
  });

  it('is decided as it was shown, and not about others who lost it since', async () => {
    for (const id of all.slice(1)) world.guilds.has(id);
    await look();
    const shownBefore = (await question())?.mark;
    world.guilds.has(ADA);
    world.clock.advance(MINUTE);
    await look();
    expect(await decide(false, shownBefore)).toBe('changed');
    expect((await states()).asked).toHaveLength(10);
    expect(await decide(false)).toBe('decided');
    // What an admin has decided does not make later losses many.
    expect((await states()).asked).toBeUndefined();
  });

  it('because it was deleted in Discord is asked about, even of one', async () => {
    for (const id of all.slice(1)) world.guilds.has(id);
    await look();
    await decide(false);
    world.guilds.removeRole(PATRON);
    await world.app.presence.roleGone(GUILD, PATRON);
    expect((await states()).asked).toHaveLength(1);
    expect((await question())?.text).toContain('does not exist in Discord any more');
  });

  it('few of many are believed', async () => {
    world.guilds.has(ADA);
    world.guilds.has(BEN);
    await look();
    expect((await states()).lost).toHaveLength(2);
    expect(await question()).toBeUndefined();
  });
});

describe('a role plan', () => {
  it('is refused for everybody, and for a role that Usher gives itself', async () => {
    expect(await map(GUILD)).toEqual({ kind: 'everyone' });
    await plan('Circle', ['Music'], GOLD);
    expect(await map(GOLD)).toEqual({ kind: 'given', plans: ['Circle'] });
    expect(await map(PATRON, 'nothing')).toEqual({ kind: 'gone' });
    expect(await world.app.rolePlans.list(GUILD)).toEqual([]);
  });

  it('is no role that a plan comes with, then and later', async () => {
    await map(PATRON);
    world.guilds.role(PATRON);
    const circle = await plan('Circle', ['Music']);
    const changes = { roleId: PATRON };
    const edit = { guildId: GUILD, actorId: STAFF, planId: circle, changes, propagate: false };
    expect(await world.app.plans.edit(edit)).toMatchObject({ kind: 'role-refused' });
    expect((await world.stores.of(GUILD).plans.find(circle))?.roleId).toBeNull();
  });

  it('keeps its grace, and says a change once', async () => {
    await map(PATRON, family, '3d');
    await map();
    expect(await world.app.rolePlans.list(GUILD)).toMatchObject([{ grace: '3d' }]);
    expect(await world.events('settings.changed')).toHaveLength(2);
  });

  it('that is taken away ends what it gave after the grace', async () => {
    await map();
    await shown(ADA, PATRON);
    const gone = { guildId: GUILD, actorId: STAFF, roleId: PATRON, planId: family };
    expect(await world.app.rolePlans.remove(gone)).toMatchObject({ members: 1 });
    expect(await onlyGrant()).toMatchObject({ expiresAt: inDays(1), roleState: 'lost' });
    await shown(ADA, PATRON);
    expect(await grantsOf()).toHaveLength(1);
    expect(await world.app.rolePlans.remove(gone)).toBeUndefined();
  });

  it('is a use of its plan: that is deleted only with what it gave', async () => {
    await map();
    await shown(ADA, PATRON);
    await world.revoke((await onlyGrant()).id);
    const deleting = { guildId: GUILD, actorId: STAFF, planId: family };
    expect(await world.app.plans.delete({ ...deleting, endUses: false })).toMatchObject({
      kind: 'in-use',
      details: { uses: { grants: 0, roleIds: [PATRON] } },
    });
    await shown(BEN, PATRON);
    expect(await world.app.plans.delete({ ...deleting, endUses: true })).toMatchObject({ kind: 'deleted' });
    await shown(BEN, PATRON);
    expect(await grantsOf(BEN)).toMatchObject([{ endCause: 'revoked', planId: null }]);
    expect(await world.app.rolePlans.list(GUILD)).toEqual([]);
  });
});

it('many who gain a role in a minute are given it two at a time', async () => {
  await map();
  const all = Array.from({ length: 60 }, (_, index) => memberAt(index));
  for (const memberId of all) await world.newAccount(memberId, tower);
  let [running, most] = [0, 0];
  const { invite } = tower.fake;
  tower.fake.invite = async (...change) => {
    running += 1;
    most = Math.max(most, running);
    // Another turn of everything else, as a request would take.
    await new Promise((resolve) => setImmediate(resolve));
    const done = await invite.apply(tower.fake, change);
    running -= 1;
    return done;
  };
  await Promise.all(all.map((userId) => world.app.presence.note(GUILD, [{ userId, roleIds: [PATRON] }])));
  await world.pass(0);
  const grants = await world.stores.of(GUILD).grants.listByRole();
  expect(grants).toHaveLength(60);
  const accounts = await world.stores.of(GUILD).accounts.list({ serverId: tower.server.id });
  expect(accounts.filter(({ seen }) => seen.length === 2)).toHaveLength(60);
  expect(most).toBe(2);
});

it('hundreds who gain a role in a minute are few transactions, and their messages wait their turn', async () => {
  await map();
  const all = Array.from({ length: 300 }, (_, index) => memberAt(index));
  const events = all.map((userId) => world.app.presence.note(GUILD, [{ userId, roleIds: [PATRON] }]));
  await Promise.all(events);
  expect((await states()).held).toHaveLength(300);
  const now = world.clock.now();
  // Nothing is sent at once: each waits for its minute, and then for the pace of direct messages.
  expect((await world.outbox.listDue(now, 2_000)).filter(({ kind }) => kind === 'notice')).toEqual([]);
  const later = new Date(now.getTime() + MINUTE);
  expect((await world.outbox.listDue(later, 40)).length).toBeLessThanOrEqual(40);
});
