import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toMemberId } from '../../../src/domain/ids.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { DAY, HOUR, later, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, BEN, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;
let ada: FakePerson;
let grantId: string;

/** Ada has Movies for an hour. */
beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  ada = await world.newAccount(ADA, tower);
  grantId = (await world.grant(ADA, [tower.id('Movies')], { ms: HOUR })).grant.id;
});
afterEach(() => world.close());

describe('a grant whose time is over', () => {
  it('ends after the server was read back and showed the access gone', async () => {
    const before = await world.countEvents();
    await world.pass(HOUR);
    expect(ada.access).toBeNull();
    expect((await world.app.grantStatus.get(GUILD, grantId)).grant).toMatchObject({
      state: 'ended',
      endCause: 'expired',
      endingAt: later(HOUR),
      endedAt: later(HOUR),
    });
    expect((await world.events()).slice(before)).toMatchObject([
      {
        action: 'grant.ending',
        actorId: null,
        targetId: ADA,
        facts: { grant: 1, until: later(HOUR).toISOString() },
      },
      {
        action: 'grant.ended',
        actorId: null,
        targetId: ADA,
        facts: { detail: 'plex.tv shows it gone from Tower' },
      },
    ]);
  });

  it('is not touched a moment before', async () => {
    await world.pass(HOUR - 1);
    expect(ada.access).toEqual(['movies']);
    expect(await world.grantState(grantId)).toBe('active');
  });

  it('gives nothing when it had begun as well before anybody looked', async () => {
    await world.grant(ADA, [tower.id('Shows')], { startMs: 2 * HOUR, ms: HOUR });
    const before = tower.fake.calls.length;
    world.clock.advance(30 * DAY);
    // As by the runner, which begins passes while the last grants are still moved.
    await world.app.enforce.begin(GUILD);
    await world.app.idle('all');
    expect(tower.fake.calls.slice(before)).not.toContain('setLibraries');
    expect(ada.access).toBeNull();
    const about = (await world.events()).filter(({ facts }) => facts.grant === 2);
    expect(about.map(({ action }) => action)).toEqual([
      ...['grant.created', 'grant.started', 'grant.ending', 'grant.ended'],
    ]);
  });

  it('is ended however late the bot looks', async () => {
    await world.pass(30 * DAY);
    expect(ada.access).toBeNull();
    expect(await world.grantState(grantId)).toBe('ended');
  });

  it('is ended once, however often the bot looks', async () => {
    await world.pass(HOUR);
    const [events, writes] = [await world.countEvents(), tower.fake.writes];
    await world.pass(0);
    await world.pass(HOUR);
    expect([await world.countEvents(), tower.fake.writes]).toEqual([events, writes]);
  });

  it('is ending between the decision and the proof', async () => {
    const states: string[] = [];
    const { withdraw } = tower.fake;
    tower.fake.withdraw = async (account) => {
      states.push(await world.grantState(grantId));
      return await withdraw.call(tower.fake, account);
    };
    await world.pass(HOUR);
    expect(states).toEqual(['ending']);
    expect(await world.grantState(grantId)).toBe('ended');
  });

  it('costs one write and two reads for all of its members', async () => {
    const members = ['1', '2', '3', '4', '5'].map((digit) => `30000000000000010${digit}`);
    for (const member of members) {
      await world.newAccount(toMemberId(member), tower);
      await world.grant(toMemberId(member), [tower.id('Movies'), tower.id('Shows')], { ms: HOUR });
    }
    const { reads, writes } = tower.fake;
    await world.pass(HOUR);
    expect(tower.fake.reads - reads).toBe(2);
    expect(tower.fake.writes - writes).toBe(1 + members.length);
    expect(await world.events('grant.ended')).toHaveLength(1 + members.length);
  });

  it('ends when somebody had taken the access away before, once a second look says so too', async () => {
    const { writes } = tower.fake;
    ada.access = null;
    await world.pass(HOUR);
    expect(await world.grantState(grantId)).toBe('ending');
    await world.pass(29 * SECOND);
    expect(await world.grantState(grantId)).toBe('ending');
    await world.pass(2 * SECOND);
    expect(await world.grantState(grantId)).toBe('ended');
    expect(tower.fake.writes).toBe(writes);
  });

  it('does not end by a list that is short for a moment: what is there after all is taken', async () => {
    const given = ada.access;
    ada.access = null;
    await world.pass(HOUR);
    expect(await world.events('grant.ended')).toEqual([]);
    ada.access = given;
    await world.pass(31 * SECOND);
    expect(ada.access).toBeNull();
    expect(await world.grantState(grantId)).toBe('ended');
    expect(await world.events('grant.ended')).toHaveLength(1);
  });

  it('ends after a restart in the middle', async () => {
    tower.fake.withdraw = () => {
      throw new Error('killed');
    };
    await world.pass(HOUR);
    expect(await world.grantState(grantId)).toBe('ending');
    Reflect.deleteProperty(tower.fake, 'withdraw');
    world.restart();
    await world.pass(MINUTE);
    expect(ada.access).toBeNull();
    expect(await world.grantState(grantId)).toBe('ended');
    expect(await world.events('grant.ended')).toHaveLength(1);
  });
});

describe('a server that is down when a grant ends', () => {
  beforeEach(() => takeDown(tower.fake));

  it('keeps the grant ending, with the reason at hand', async () => {
    await world.pass(HOUR);
    const { grant, servers } = await world.app.grantStatus.get(GUILD, grantId);
    expect(grant.state).toBe('ending');
    expect(servers).toMatchObject([{ application: { kind: 'still-open', why: DOWN.message } }]);
    expect(await world.events('grant.ended')).toEqual([]);
  });

  it('is told to staff exactly once, after three tries', async () => {
    await world.setChannel('alerts');
    await world.pass(HOUR);
    await world.pass(5 * SECOND);
    expect(await world.events('grant.overdue')).toEqual([]);
    await world.pass(10 * SECOND);
    expect(await world.events('grant.overdue')).toMatchObject([
      { targetId: ADA, facts: { grant: 1, server: 'Tower', libraries: ['Movies'] } },
    ]);
    for (const wait of [20, 60, 120, 300, 900, 1_800, 1_800]) await world.pass(wait * SECOND);
    expect(await world.events('grant.overdue')).toHaveLength(1);
    const alerts = (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
    expect(alerts).toMatchObject([
      {
        state: 'open',
        retry: tower.server.id,
        text: expect.stringMatching(
          new RegExp(
            `^Tower has not answered since .*\n${DOWN.message}\n(.|\n)*1 end waits for it: <@${ADA}>$`,
          ),
        ),
      },
    ]);
  });

  it('is told in the record alone when there is no channel for alerts', async () => {
    await world.pass(HOUR);
    for (const wait of [5, 10, 20]) await world.pass(wait * SECOND);
    expect(await world.events('grant.overdue')).toHaveLength(1);
    expect(await world.owed(ALERTS)).toEqual([]);
  });

  it('is called offline once, and online once', async () => {
    await world.pass(HOUR);
    expect(await world.events('server.offline')).toEqual([]);
    for (const wait of [5, 10, 20, 60, 300]) await world.pass(wait * SECOND);
    expect(await world.events('server.offline')).toMatchObject([
      { facts: { server: 'Tower', detail: DOWN.message } },
    ]);
    expect(await world.stores.of(GUILD).servers.find(tower.server.id)).toMatchObject({
      status: 'offline',
      offlineWhy: DOWN.message,
    });

    tower.fake.heal();
    await world.pass(MINUTE);
    await world.pass(MINUTE);
    expect(await world.events('server.online')).toHaveLength(1);
    expect(await world.stores.of(GUILD).servers.find(tower.server.id)).toMatchObject({
      status: 'online',
      offlineWhy: null,
      offlineSince: null,
      nextProbeAt: null,
      failedChecks: 0,
    });
  });

  it('loses the access as soon as it answers a probe, whatever the back-off of the account', async () => {
    await world.pass(HOUR);
    for (const wait of [5, 10, 20, 60, 120, 300, 900, 1_800]) await world.pass(wait * SECOND);
    const { dueAt } = await world.account(ADA, tower.server.id);
    const before = await world.countEvents();

    tower.fake.heal();
    await world.pass(MINUTE);
    expect(dueAt?.getTime()).toBeGreaterThan(world.clock.now().getTime());
    expect(ada.access).toBeNull();
    expect(await world.grantState(grantId)).toBe('ended');
    expect((await world.actions(before)).toSorted()).toEqual(['grant.ended', 'server.online']);
  });

  it('is asked less and less often, and for ever', async () => {
    await world.pass(HOUR);
    for (let minutes = 0; minutes < 60; minutes += 1) await world.pass(MINUTE);
    const { reads } = tower.fake;
    for (let minutes = 0; minutes < 60; minutes += 1) await world.pass(MINUTE);
    expect(tower.fake.reads - reads).toBeGreaterThanOrEqual(60);
    expect(tower.fake.reads - reads).toBeLessThanOrEqual(65);
  });

  it('slows no other server', async () => {
    const den = await world.addDen();
    const person = await world.newAccount(BEN, den);
    await world.grant(BEN, [den.id('Films')], { ms: HOUR });
    await world.pass(HOUR);
    expect(person.disabled).toBe(true);
    expect((await world.events('grant.ended')).map((event) => event.targetId)).toEqual([BEN]);
  });

  it('ends a grant over two servers only when both have shown it gone', async () => {
    const den = await world.addDen();
    await world.newAccount(BEN, den);
    tower.fake.heal();
    await world.newAccount(BEN, tower);
    const both = await world.grant(BEN, [den.id('Films'), tower.id('Movies')], { ms: HOUR });
    takeDown(tower.fake);
    await world.pass(HOUR);
    expect(await world.grantState(both.grant.id)).toBe('ending');
    tower.fake.heal();
    await world.pass(5 * SECOND);
    expect(await world.grantState(both.grant.id)).toBe('ended');
  });
});

describe('a write that is not what it seems', () => {
  it('whose answer was lost is believed by what is read twice', async () => {
    tower.fake.fail('withdraw', DOWN, { happens: true });
    await world.pass(HOUR);
    expect(ada.access).toBeNull();
    expect(await world.grantState(grantId)).toBe('ending');
    await world.pass(30 * SECOND);
    await world.pass(30 * SECOND);
    expect(await world.grantState(grantId)).toBe('ended');
  });

  it('whose answer was lost, and that did not happen, is written again', async () => {
    tower.fake.withdraw = async () => ({ kind: 'unclear', why: DOWN });
    await world.pass(HOUR);
    expect(inEnglish(await world.grantState(grantId))).toBe('ending');
    Reflect.deleteProperty(tower.fake, 'withdraw');
    await world.pass(5 * SECOND);
    expect(inEnglish(await world.grantState(grantId))).toBe('ended');
  });

  it('that says “done” and does nothing is not done', async () => {
    tower.fake.withdraw = async () => ({ kind: 'done' });
    await world.setChannel('alerts');
    await world.pass(HOUR);
    const { servers } = await world.app.grantStatus.get(GUILD, grantId);
    expect(inEnglish(servers)).toMatchObject([
      { application: { kind: 'still-open', why: 'Tower still shows Movies.' } },
    ]);
    for (const wait of [5, 10]) await world.pass(wait * SECOND);
    expect(await world.grantState(grantId)).toBe('ending');
    expect(await world.events('grant.overdue')).toHaveLength(1);

    Reflect.deleteProperty(tower.fake, 'withdraw');
    await world.pass(20 * SECOND);
    expect(await world.grantState(grantId)).toBe('ended');
    expect(await world.events('grant.ended')).toHaveLength(1);
  });

  it('that cannot be read back is not done', async () => {
    const { withdraw } = tower.fake;
    tower.fake.withdraw = async (account) => {
      const outcome = await withdraw.call(tower.fake, account);
      tower.fake.fail('readAccess', DOWN);
      return outcome;
    };
    await world.pass(HOUR);
    expect(ada.access).toBeNull();
    expect(await world.grantState(grantId)).toBe('ending');
    await world.pass(5 * SECOND);
    await world.pass(30 * SECOND);
    expect(await world.grantState(grantId)).toBe('ended');
  });

  it('that is refused with a wish when to come back waits for that long', async () => {
    tower.fake.fail('withdraw', { kind: 'rate-limited', message: 'Too many.', retryAfterMs: 10 * MINUTE });
    await world.pass(HOUR);
    expect((await world.account(ADA, tower.server.id)).dueAt).toEqual(later(HOUR + 10 * MINUTE));
    await world.pass(5 * MINUTE);
    expect(ada.access).toEqual(['movies']);
    await world.pass(5 * MINUTE);
    expect(await world.grantState(grantId)).toBe('ended');
  });
});

describe('one account that cannot be written', () => {
  it('does not hold the others up', async () => {
    const ben = await world.newAccount(BEN, tower);
    await world.grant(BEN, [tower.id('Movies')], { ms: HOUR });
    const { withdraw } = tower.fake;
    tower.fake.withdraw = async (account) =>
      account.externalId === ada.externalId
        ? { kind: 'failed', why: { kind: 'forbidden', message: 'Not this one.' } }
        : await withdraw.call(tower.fake, account);
    await world.pass(HOUR);
    expect([ada.access, ben.access]).toEqual([['movies'], null]);
    expect((await world.events('grant.ended')).map((event) => event.targetId)).toEqual([BEN]);
    const { servers } = await world.app.grantStatus.get(GUILD, grantId);
    expect(servers).toMatchObject([{ application: { kind: 'still-open', why: 'Not this one.' } }]);
    // The problem is not one of the server.
    expect(await world.stores.of(GUILD).servers.find(tower.server.id)).toMatchObject({
      status: 'online',
      failedChecks: 0,
    });
  });

  it('is told why, in the words of the obstacle', async () => {
    ada.obstacle = 'Ada has a block list.';
    tower.fake.withdraw = async () => ({ kind: 'done' });
    await world.pass(HOUR);
    const { servers } = await world.app.grantStatus.get(GUILD, grantId);
    expect(servers).toMatchObject([{ application: { kind: 'still-open', why: 'Ada has a block list.' } }]);
  });

  it('is tried later, and not at once, when the mistake is ours', async () => {
    tower.fake.withdraw = () => {
      throw new Error('a bug');
    };
    await world.pass(HOUR);
    expect(inEnglish(await world.account(ADA, tower.server.id))).toMatchObject({
      dueAt: later(HOUR + 5 * SECOND),
      attempts: 1,
      trouble: 'Usher itself failed; its log says why.',
    });
    expect(world.log.filter(({ level }) => level === 'error')).toMatchObject([
      { sentence: 'a pass over a server broke off', fields: { guildId: GUILD, serverId: tower.server.id } },
    ]);
  });
});

describe('on Jellyfin', () => {
  it('the end disables the account, and a new grant enables it', async () => {
    const den = await world.addDen();
    const person = await world.newAccount(BEN, den);
    await world.grant(BEN, [den.id('Films')], { ms: HOUR });
    await world.pass(HOUR);
    expect(person).toMatchObject({ disabled: true, access: [] });
    expect(await world.account(BEN, den.server.id)).toMatchObject({ disabled: true, disabledByUs: true });

    await world.grant(BEN, [den.id('Series')]);
    expect(person).toMatchObject({ disabled: false, access: ['series'] });
    expect(await world.account(BEN, den.server.id)).toMatchObject({ disabled: false, disabledByUs: false });
  });

  it('the account that somebody disabled stays disabled, and staff are told', async () => {
    const den = await world.addDen();
    const person = await world.newAccount(BEN, den);
    person.disabled = true;
    const { servers } = await world.grant(BEN, [den.id('Films')]);
    expect(inEnglish(servers)).toMatchObject([
      { application: { kind: 'failed', why: 'Somebody disabled this account on Den; enable it there.' } },
    ]);
    expect(inEnglish(den.fake.writes)).toBe(0);
  });

  it.each(['sync', 'pass'])(
    'an end whose proof came late, after a %s, is still known as ours',
    async (first) => {
      const den = await world.addDen();
      const person = await world.newAccount(BEN, den);
      await world.grant(BEN, [den.id('Films')], { ms: HOUR });
      const { withdraw } = den.fake;
      den.fake.withdraw = async (account) => {
        await withdraw.call(den.fake, account);
        throw new Error('killed');
      };
      await world.pass(HOUR);
      Reflect.deleteProperty(den.fake, 'withdraw');
      world.restart();
      if (first === 'sync') await world.app.syncServers(GUILD);
      await world.pass(MINUTE);
      expect(person.disabled).toBe(true);
      await world.grant(BEN, [den.id('Films')]);
      expect(person).toMatchObject({ disabled: false, access: ['films'] });
    },
  );
});
