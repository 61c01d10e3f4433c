/** What takes effect late, and what is seen again after it had ended: still ours and open, never somebody else's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DriftPolicy } from '../../../src/domain/model.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;
let ada: FakePerson;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  ada = await world.newAccount(ADA, tower);
  await world.setChannel('alerts');
});
afterEach(() => world.close());

const ids = (...names: readonly string[]) => names.map((name) => tower.id(name));
const sync = () => world.app.syncServers(GUILD, [tower.server.id]);
const account = () => world.account(ADA, tower.server.id);
const alerts = async () => JSON.stringify(await world.owed(ALERTS));
const setDrift = async (drift: DriftPolicy) => {
  await world.stores.transaction(GUILD, (tx) => tx.servers.update(tower.server.id, { driftPolicy: drift }));
};

/** The next write of this kind gets no answer, and takes effect when the test says so. */
function delay(operation: 'invite' | 'setLibraries' | 'withdraw'): () => Promise<void> {
  const { fake } = tower;
  let land: (() => Promise<unknown>) | undefined;
  const write: (...call: never[]) => Promise<unknown> = fake[operation].bind(fake);
  Object.assign(fake, {
    async [operation](...call: never[]) {
      Reflect.deleteProperty(fake, operation);
      land = () => write(...call);
      return { kind: 'unclear', why: DOWN };
    },
  });
  return async () => {
    if (!land) throw new Error('nothing was written');
    await land();
  };
}

describe('a write that nobody knows of', () => {
  it('gives late: what had ended by then is taken again, told, and ended with a new proof', async () => {
    const land = delay('invite');
    const { grant } = await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.revoke(grant.id);
    await world.pass(30 * SECOND);
    await world.pass(89 * SECOND);
    expect(await world.grantState(grant.id)).toBe('ending');
    await world.pass(31 * SECOND);
    expect(await world.grantState(grant.id)).toBe('ended');

    await land();
    expect(ada.access).toEqual(['movies']);
    const before = await world.countEvents();
    await world.pass(450 * SECOND);
    expect(ada.access).toBeNull();
    expect(await world.actions(before)).toEqual(['grant.overdue', 'grant.ended']);
    expect(await world.grantState(grant.id)).toBe('ended');
    expect((await world.events('grant.overdue'))[0]?.facts).toMatchObject({
      grant: grant.number,
      server: 'Tower',
      libraries: ['Movies'],
    });
    expect(await alerts()).toContain('on Tower had ended and can be watched again');
  });

  it('gives while its end is not proven yet: it is taken, and never called ended before', async () => {
    const land = delay('invite');
    const { grant } = await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.revoke(grant.id);
    await world.pass(31 * SECOND);
    await land();
    await world.pass(90 * SECOND);
    expect(ada.access).toBeNull();
    expect(await world.grantState(grant.id)).toBe('ended');
    expect(await world.events('grant.ended')).toHaveLength(1);
    expect(await world.events('grant.overdue')).toEqual([]);
  });

  it('takes late: what is granted by then is given again, and nobody else is named', async () => {
    const { grant } = await world.grant(ADA, ids('Movies', 'Shows'));
    const land = delay('setLibraries');
    await world.change(grant.id, { kind: 'set', libraryIds: ids('Shows') as [string] });
    await world.change(grant.id, { kind: 'set', libraryIds: ids('Movies', 'Shows') as [string] });
    await world.pass(31 * SECOND);
    expect(await account()).toMatchObject({ dueAt: null, trouble: null });

    await land();
    expect(ada.access).toEqual(['shows']);
    const before = await world.countEvents();
    await world.pass(90 * SECOND);
    expect(new Set(ada.access)).toEqual(new Set(['movies', 'shows']));
    expect(await world.actions(before)).toEqual(['access.applied']);
  });

  it('was to take: one list that lacks what it was to take is no proof that it did', async () => {
    const { grant } = await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.pass(30 * MINUTE);
    tower.fake.fail('withdraw', DOWN);
    await world.revoke(grant.id);
    const shows = ada.access;
    ada.access = null;
    await world.pass(5 * SECOND);
    ada.access = shows;
    expect(await world.grantState(grant.id)).toBe('ending');
    await world.pass(30 * SECOND);
    expect(ada.access).toBeNull();
    expect(await world.grantState(grant.id)).toBe('ended');
    expect(await world.events('grant.overdue')).toEqual([]);
  });

  it('took, and is seen to have taken twice', async () => {
    const { grant } = await world.grant(ADA, ids('Movies'), { ms: HOUR });
    tower.fake.fail('withdraw', DOWN, { happens: true });
    await world.revoke(grant.id);
    expect(await world.grantState(grant.id)).toBe('ending');
    await world.pass(30 * SECOND);
    expect(await world.grantState(grant.id)).toBe('ending');
    await world.pass(30 * SECOND);
    expect(await world.grantState(grant.id)).toBe('ended');
  });

  it('is looked for after half a minute, two minutes and ten, and then no more', async () => {
    tower.fake.fail('invite', DOWN, { happens: true });
    await world.grant(ADA, ids('Movies'));
    const looks: number[] = [];
    for (let second = 0; second <= 20 * 60; second += 10) {
      const { reads } = tower.fake;
      await world.pass(second === 0 ? 0 : 10 * SECOND);
      if (tower.fake.reads > reads) looks.push(second);
    }
    expect(looks).toEqual([30, 120, 600]);
    expect(await account()).toMatchObject({ doubtSince: null, lookAt: null });
  });

  it('is looked for again when the server does not answer, and what stands is not called in doubt', async () => {
    tower.fake.fail('invite', DOWN, { happens: true });
    const { grant } = await world.grant(ADA, ids('Movies'));
    takeDown(tower.fake);
    await world.pass(30 * MINUTE);
    expect(await account()).toMatchObject({ dueAt: null, trouble: null, doubtSince: expect.any(Date) });
    expect((await world.app.grantStatus.get(GUILD, grant.id)).servers[0]?.application.kind).toBe('applied');
    tower.fake.heal();
    await world.pass(10 * MINUTE);
    expect(await account()).toMatchObject({ doubtSince: null, lookAt: null });
  });

  it('that was cut off with the process is one as well', async () => {
    const { invite } = tower.fake;
    tower.fake.invite = () => {
      throw new Error('killed');
    };
    const { grant } = await world.grant(ADA, ids('Movies'), { ms: HOUR });
    tower.fake.invite = invite;
    world.restart();
    await world.revoke(grant.id);
    await world.pass(30 * SECOND);
    await world.pass(90 * SECOND);
    expect(await world.grantState(grant.id)).toBe('ended');
    ada.access = ['movies'];
    await world.pass(8 * MINUTE);
    expect(ada.access).toBeNull();
    expect(await world.events('grant.overdue')).toHaveLength(1);
  });
});

it('a write with a clear answer leaves nothing to be looked at', async () => {
  await world.grant(ADA, ids('Movies'));
  expect(await account()).toMatchObject({ doubtSince: null, lookAt: null });
  expect(await world.stores.due.nextMoment()).toBeUndefined();
});

describe('what had ended and is seen again', () => {
  it.each<DriftPolicy>(['report', 'enforce', 'adopt'])('is taken again at once under %s', async (policy) => {
    await setDrift(policy);
    const { grant } = await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.pass(HOUR);
    expect(await world.grantState(grant.id)).toBe('ended');
    ada.access = ['movies'];
    await world.pass(MINUTE);
    const before = await world.countEvents();
    await sync();
    await world.pass(0);
    expect(ada.access).toBeNull();
    expect(await world.actions(before)).toEqual(['grant.overdue', 'grant.ended']);
  });

  it.each<[string, Parameters<World['change']>[1]]>([
    ['paused', { kind: 'pause' }],
    ['made smaller', { kind: 'set', libraryIds: ['shows'] }],
  ])('is taken again when its grant was %s', async (_name, action) => {
    const { grant } = await world.grant(ADA, ids('Movies', 'Shows'), { ms: HOUR });
    const change = action.kind === 'set' ? { ...action, libraryIds: ids('Shows') as [string] } : action;
    await world.change(grant.id, change);
    const left = ada.access;
    ada.access = ['movies', 'shows'];
    await world.pass(MINUTE);
    await sync();
    await world.pass(0);
    expect(ada.access).toEqual(left);
    expect(await world.events('drift.found')).toEqual([]);
    expect((await world.events('grant.overdue'))[0]?.targetId).toBe(ADA);
  });

  it('is not told when it is granted again by then', async () => {
    await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.pass(HOUR);
    await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await sync();
    await world.pass(MINUTE);
    expect(ada.access).toEqual(['movies']);
    expect(await world.events('grant.overdue')).toEqual([]);
  });

  it('leaves what somebody else gave beside it', async () => {
    await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.pass(HOUR);
    ada.access = ['movies', 'music'];
    await world.pass(MINUTE);
    await sync();
    await world.pass(0);
    expect(inEnglish(ada.access)).toEqual(['music']);
  });

  it('is somebody else’s once a full sync, later than any echo, did not show it', async () => {
    await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.pass(HOUR);
    await world.pass(9 * MINUTE);
    await sync();
    expect((await account()).ended).toEqual(ids('Movies'));
    await world.pass(2 * MINUTE);
    await sync();
    expect((await account()).ended).toEqual([]);
    ada.access = ['movies'];
    await sync();
    await world.pass(0);
    expect(ada.access).toEqual(['movies']);
    expect(await world.events('drift.found')).toHaveLength(1);
    expect(await world.events('grant.overdue')).toEqual([]);
  });

  it('is somebody else’s after a day without a sync', async () => {
    await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.pass(HOUR);
    world.clock.advance(DAY);
    ada.access = ['movies'];
    await sync();
    await world.pass(0);
    expect(ada.access).toEqual(['movies']);
  });

  it('is taken by a pass for another reason as well', async () => {
    await world.grant(ADA, ids('Movies'), { ms: HOUR });
    await world.pass(HOUR);
    ada.access = ['movies'];
    await world.pass(MINUTE);
    await world.grant(ADA, ids('Shows'));
    expect(ada.access).toEqual(['shows']);
    expect(await world.events('grant.overdue')).toHaveLength(1);
    expect(await world.events('grant.ended')).toHaveLength(2);
    expect((await world.events('grant.created')).at(-1)?.actorId).toBe(STAFF);
  });

  it('under adopt, what an old list took out of a grant does not come back for good', async () => {
    await setDrift('adopt');
    await world.grant(ADA, ids('Movies', 'Shows'), { ms: 2 * HOUR });
    await world.pass(11 * MINUTE);
    ada.access = ['shows'];
    await sync();
    await world.pass(MINUTE);
    await sync();
    await world.pass(0);
    ada.access = ['movies', 'shows'];
    await sync();
    await world.pass(MINUTE);
    await sync();
    await world.pass(2 * HOUR);
    expect(ada.access).toBeNull();
  });
});
