/**
 * A server may undo a write that it answered (media-servers.md M1): what was given or taken there is looked at again
 * after two seconds and after ninety. Disabling is never undone, and needs no look.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let den: Place;
let ada: FakePerson;
beforeEach(async () => {
  world = await World.open();
  den = await world.addDen();
  ada = await world.newAccount(ADA, den);
  await world.setChannel('alerts');
  den.fake.endedSessionsOf.length = 0;
});
afterEach(() => world.close());

const ids = (...names: readonly string[]) => names.map((name) => den.id(name));
const account = () => world.account(ADA, den.server.id);
const sync = () => world.app.syncServers(GUILD, [den.server.id]);
const alerts = async () => JSON.stringify(await world.owed(ALERTS));

/** The seconds after `from` at which the server is read, in steps of one. */
async function looksWithin(seconds: number): Promise<readonly number[]> {
  const looks: number[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    const { reads } = den.fake;
    await world.pass(SECOND);
    if (den.fake.reads > reads) looks.push(second);
  }
  return looks;
}

describe('when all is well', () => {
  it('a change is looked at twice, and nobody hears of it', async () => {
    await world.grant(ADA, ids('Films'));
    const before = await world.countEvents();
    const { writes } = den.fake;
    expect(await account()).toMatchObject({ dueAt: null, trouble: null, doubtSince: null });
    expect(await looksWithin(120)).toEqual([2, 90]);
    expect(await account()).toMatchObject({ dueAt: null, trouble: null, lookAt: null, given: ids('Films') });
    expect([await world.actions(before), den.fake.writes - writes]).toEqual([[], 0]);
    expect(await world.owed(ALERTS)).toHaveLength(1);
    expect(await world.stores.due.nextMoment()).toBeUndefined();
  });

  it('an end that leaves something is said to be over at once, and looked at twice', async () => {
    const { grant } = await world.grant(ADA, ids('Films'), { ms: HOUR });
    await world.grant(ADA, ids('Series'));
    await world.pass(HOUR);
    expect(await world.grantState(grant.id)).toBe('ended');
    expect(ada.access).toEqual(['series']);
    const before = await world.countEvents();
    expect(await looksWithin(120)).toEqual([2, 90]);
    expect(await world.actions(before)).toEqual([]);
  });

  it('an account that was disabled is not looked at', async () => {
    const { grant } = await world.grant(ADA, ids('Films'), { ms: HOUR });
    await world.pass(HOUR);
    expect(ada).toMatchObject({ access: [], disabled: true });
    expect(await world.grantState(grant.id)).toBe('ended');
    expect(await account()).toMatchObject({ lookAt: null, doubtSince: null });
    expect(await looksWithin(120)).toEqual([]);
  });

  it('nor is one that somebody enables soon after that, whatever it is due for', async () => {
    await world.grant(ADA, ids('Films'), { ms: HOUR });
    await world.pass(HOUR);
    ada.disabled = false;
    await world.stores.transaction(GUILD, (tx) =>
      tx.accounts.makeDue({ serverId: den.server.id }, world.clock.now(), 'noticed'),
    );
    await world.pass(SECOND);
    expect(await account()).toMatchObject({ dueAt: null, lookAt: null });
  });

  it('what a failed try had written is looked at once it is seen', async () => {
    const { readAccess } = den.fake;
    den.fake.readAccess = async (options = {}) =>
      options.after ? { kind: 'unknown', why: DOWN } : readAccess.call(den.fake, options);
    await world.grant(ADA, ids('Films'));
    den.fake.readAccess = readAccess;
    expect(await account()).toMatchObject({ dueAt: expect.any(Date), attempts: 1 });
    expect(await looksWithin(120)).toEqual([5, 90]);
  });

  it('a look is no overdue change and no waiting one', async () => {
    await world.grant(ADA, ids('Films'));
    expect(await world.app.jobRuns.overdue(GUILD)).toEqual([]);
    expect(await account()).toMatchObject({ dueAt: null, lookAt: expect.any(Date) });
  });
});

describe('a write that the server undoes', () => {
  it.each([2, 90])(
    'that gave, seen after %d s: it is given again, and nobody else is named',
    async (seconds) => {
      await world.grant(ADA, ids('Films'));
      if (seconds > 2) await world.pass(2 * SECOND);
      ada.access = [];
      const before = await world.countEvents();
      await world.pass((seconds > 2 ? seconds - 2 : seconds) * SECOND);
      expect(ada.access).toEqual(['films']);
      expect(await world.actions(before)).toEqual(['access.applied']);
      // What was written anew is looked at anew.
      expect(await looksWithin(120)).toEqual([2, 90]);
    },
  );

  it.each([2, 90])('that took, seen after %d s: it is open, told, and taken again', async (seconds) => {
    const { grant } = await world.grant(ADA, ids('Films'), { ms: HOUR });
    await world.grant(ADA, ids('Series'));
    await world.pass(HOUR);
    if (seconds > 2) await world.pass(2 * SECOND);
    ada.access = ['films', 'series'];
    const before = await world.countEvents();
    await world.pass((seconds > 2 ? seconds - 2 : seconds) * SECOND);
    expect(ada.access).toEqual(['series']);
    expect(await world.actions(before)).toEqual(['grant.overdue', 'grant.ended']);
    expect(await world.grantState(grant.id)).toBe('ended');
    expect(await alerts()).toContain('on Den had ended and can be watched again');
    expect(await world.events('drift.found')).toEqual([]);
  });

  it('is looked at after a kill as well', async () => {
    await world.grant(ADA, ids('Films'));
    world.restart();
    ada.access = [];
    await world.pass(10 * SECOND);
    expect(ada.access).toEqual(['films']);
  });

  it('is looked at once the server answers, and what stands is not called in doubt meanwhile', async () => {
    await world.grant(ADA, ids('Films'));
    takeDown(den.fake);
    ada.access = [];
    await world.pass(MINUTE);
    expect(await account()).toMatchObject({ dueAt: null, trouble: null, lookAt: expect.any(Date) });
    den.fake.heal();
    await world.pass(6 * MINUTE);
    expect(ada.access).toEqual(['films']);
    expect(await world.events('drift.found')).toEqual([]);
  });

  it('and that a sync sees first is no change by somebody else', async () => {
    await world.grant(ADA, ids('Films'));
    await world.pass(2 * SECOND);
    ada.access = [];
    await world.pass(10 * SECOND);
    await sync();
    await world.pass(0);
    expect(ada.access).toEqual(['films']);
    expect(await world.events('drift.found')).toEqual([]);
  });

  it('is one write in many: each of them is looked at from the moment that its pass was over', async () => {
    const { readAccess } = den.fake;
    // The pass takes a minute before it reads back.
    den.fake.readAccess = (options = {}) => {
      if (options.after) world.clock.advance(MINUTE);
      return readAccess.call(den.fake, options);
    };
    await world.grant(ADA, ids('Films'));
    await world.app.idle('servers');
    den.fake.readAccess = readAccess;
    expect(await looksWithin(120)).toEqual([2, 90]);
  });
});

describe('what is no undone write', () => {
  it('an account that somebody disables meanwhile stays so, and is theirs', async () => {
    await world.grant(ADA, ids('Films'));
    ada.disabled = true;
    await world.pass(2 * SECOND);
    await world.pass(90 * SECOND);
    expect(ada).toMatchObject({ disabled: true, access: ['films'] });
    expect(await account()).toMatchObject({ dueAt: null, lookAt: null, disabledByUs: false });
  });

  it('one that is disabled and emptied by hand meanwhile is not enabled either', async () => {
    await world.grant(ADA, ids('Films'));
    Object.assign(ada, { disabled: true, access: [] });
    await world.pass(2 * SECOND);
    await world.pass(90 * SECOND);
    expect(ada).toMatchObject({ disabled: true, access: [] });
  });

  it('what somebody else gives meanwhile is told, and a sync that sees it first says that it differs', async () => {
    await world.grant(ADA, ids('Films'));
    await world.pass(10 * SECOND);
    ada.access = ['films', 'series'];
    const [report] = await sync();
    expect(inEnglish(report?.outcome)).toMatchObject({ accounts: [expect.stringMatching(/differs/)] });
    await world.pass(0);
    expect(ada.access).toEqual(['films', 'series']);
    expect(await world.events('drift.found')).toHaveLength(1);
  });

  it('what others change after the last look is theirs', async () => {
    await world.grant(ADA, ids('Films'));
    await world.pass(2 * SECOND);
    await world.pass(90 * SECOND);
    ada.access = [];
    await sync();
    await world.pass(0);
    expect(ada.access).toEqual([]);
    expect(await world.events('drift.found')).toHaveLength(1);
  });
});

it('on Plex a write with a clear answer is not looked at again', async () => {
  const tower = await world.addTower();
  await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  expect(await world.account(ADA, tower.server.id)).toMatchObject({ lookAt: null, doubtSince: null });
});
