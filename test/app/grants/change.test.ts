import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurationText } from '../../../src/domain/duration.ts';
import { grantMark } from '../../../src/domain/grant.ts';
import { asActor, toMemberId } from '../../../src/domain/ids.ts';
import { isNonEmpty } from '../../../src/domain/model.ts';
import { say } from '../../../src/words/say.ts';
import { DAY, HOUR, later, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { applicationsOf, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const FIVE_DAYS = '5d' as DurationText;
const extend = { kind: 'extend', by: FIVE_DAYS } as const;
const end = { kind: 'end', cause: 'revoked' } as const;
const get = async (grantId: string) => (await world.app.grantStatus.get(GUILD, grantId)).grant;
const undo = (undoId: string | null, actorId = STAFF) =>
  world.app.changeGrants.undo({ guildId: GUILD, actorId, undoId: undoId ?? 'none' });

function set(...names: readonly string[]) {
  const libraryIds = names.map((name) => tower.id(name));
  if (!isNonEmpty(libraryIds)) throw new Error('no libraries');
  return { kind: 'set', libraryIds } as const;
}

describe('extending', () => {
  it('moves the end, and is noted once', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const before = await world.countEvents();
    const { changed, undoId } = await world.change(grant.id, extend);
    expect(changed[0]?.standing.grant).toMatchObject({ state: 'active', expiresAt: later(6 * DAY) });
    expect(undoId).not.toBeNull();
    const events = (await world.events()).slice(before);
    expect(events).toMatchObject([
      {
        action: 'grant.extended',
        actorId: STAFF,
        targetId: ADA,
        facts: { grant: 1, libraries: ['Movies'], until: later(6 * DAY).toISOString() },
      },
    ]);
    await world.pass(2 * DAY);
    expect(person.access).toEqual(['movies']);
    await world.pass(4 * DAY);
    expect(person.access).toBeNull();
  });

  it('brings an ended grant back, with its libraries', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.pass(2 * HOUR);
    expect(await get(grant.id)).toMatchObject({ state: 'ended' });
    expect(person.access).toBeNull();
    const { changed } = await world.change(grant.id, extend);
    expect(changed[0]?.standing.grant).toMatchObject({
      state: 'active',
      endCause: null,
      endedAt: null,
      expiresAt: later(2 * HOUR + 5 * DAY),
    });
    expect(person.access).toEqual(['movies']);
    const [event] = await world.events('grant.extended');
    expect(event?.facts.detail).toContain('given again');
  });
});

describe('new libraries', () => {
  it('come and go in one write, and others stay', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')]);
    await world.grant(ADA, [tower.id('Shows')]);
    const { writes } = tower.fake;
    const { changed } = await world.change(grant.id, set('Music'));
    expect(person.access).toEqual(expect.arrayContaining(['shows', 'music']));
    expect(person.access).toHaveLength(2);
    expect(tower.fake.writes - writes).toBe(1);
    expect(changed[0] && applicationsOf(changed[0].standing)).toEqual({ Tower: 'applied' });
    const [event] = await world.events('grant.changed');
    expect(event?.facts.detail).toBeUndefined();
    expect(event?.facts).toMatchObject({
      libraries: ['Music'],
      before: { libraries: ['Movies', 'Shows'] },
    });
  });

  it('wait while the server is down, and it says so', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    const { changed } = await world.change(grant.id, set('Music'));
    expect(changed[0] && applicationsOf(changed[0].standing)).toEqual({ Tower: 'failed' });
    expect(person.access).toEqual(['movies']);
    tower.fake.heal();
    await world.pass(HOUR);
    expect(person.access).toEqual(['music']);
  });
});

describe('pausing', () => {
  it('takes the access and stops the clock; resuming gives what was left', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 10 * HOUR });
    await world.pass(4 * HOUR);
    const paused = await world.change(grant.id, { kind: 'pause' });
    expect(person.access).toBeNull();
    expect(paused.changed[0]?.standing.grant).toMatchObject({ state: 'paused', remainingSeconds: 6 * 3600 });
    expect(paused.changed[0] && applicationsOf(paused.changed[0].standing)).toEqual({ Tower: 'not-now' });
    await world.pass(30 * DAY);
    expect(await get(grant.id)).toMatchObject({ state: 'paused' });
    await world.change(grant.id, { kind: 'resume' });
    expect(person.access).toEqual(['movies']);
    expect(await get(grant.id)).toMatchObject({
      state: 'active',
      expiresAt: later(4 * HOUR + 30 * DAY + 6 * HOUR),
      pausedAt: null,
    });
    await world.pass(6 * HOUR);
    expect(person.access).toBeNull();
    expect(await get(grant.id)).toMatchObject({ state: 'ended' });
  });

  it('says that the access is still open while the server does not answer', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    const { changed } = await world.change(grant.id, { kind: 'pause' });
    expect(changed[0] && applicationsOf(changed[0].standing)).toEqual({ Tower: 'still-open' });
  });

  it('of one grant leaves what another gives', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies'), tower.id('Music')]);
    await world.grant(ADA, [tower.id('Music')]);
    await world.change(grant.id, { kind: 'pause' });
    expect(person.access).toEqual(['music']);
  });
});

describe('undoing within ten minutes', () => {
  it('gives revoked access back', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const { undoId } = await world.change(grant.id, end);
    expect(await get(grant.id)).toMatchObject({ state: 'ended' });
    world.clock.advance(9 * MINUTE);
    const undone = await undo(undoId);
    expect(undone).toMatchObject({ kind: 'undone', result: { changed: [{}] } });
    expect(await get(grant.id)).toMatchObject({ state: 'active', expiresAt: later(DAY), endCause: null });
    expect(person.access).toEqual(['movies']);
    expect(await world.events('grant.changed')).toMatchObject([
      { actorId: STAFF, facts: { grant: 1, detail: 'undone' } },
    ]);
  });

  it('ends again what an extension brought back', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.pass(2 * HOUR);
    const { undoId } = await world.change(grant.id, extend);
    expect(person.access).toEqual(['movies']);
    await undo(undoId);
    expect(person.access).toBeNull();
    expect(await get(grant.id)).toMatchObject({ state: 'ended', expiresAt: later(HOUR) });
  });

  it('works once, in time, and for who made the change', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const first = await world.change(grant.id, extend);
    expect(await undo(first.undoId, asActor(BEN))).toEqual({ kind: 'gone' });
    expect((await undo(first.undoId)).kind).toBe('undone');
    expect(await undo(first.undoId)).toEqual({ kind: 'gone' });
    const second = await world.change(grant.id, extend);
    world.clock.advance(10 * MINUTE);
    expect(await undo(second.undoId)).toEqual({ kind: 'gone' });
    expect(await get(grant.id)).toMatchObject({ expiresAt: later(6 * DAY) });
  });

  it('leaves alone what was changed since', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const { undoId } = await world.change(grant.id, extend);
    await world.change(grant.id, extend);
    expect(await undo(undoId)).toMatchObject({
      result: { changed: [], unchanged: [{ message: say('grant.no.changedSince') }] },
    });
    expect(await get(grant.id)).toMatchObject({ expiresAt: later(11 * DAY) });
  });
});

describe('many at once', () => {
  it('are changed as far as each can be, in batches, and undone together', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      const member = String(300000000000001000n + BigInt(n));
      ids.push((await world.grant(toMemberId(member), [tower.id('Movies')], { ms: DAY })).grant.id);
    }
    await world.change(ids[0] ?? '', { kind: 'pause' });
    const seen: number[] = [];
    const before = await world.countEvents();
    const { changed, unchanged, undoId } = await world.app.changeGrants.change({
      guildId: GUILD,
      actorId: STAFF,
      grantIds: ids,
      action: { kind: 'pause' },
      reason: 'holiday',
      progress: async (done) => void seen.push(done),
    });
    expect([changed.length, unchanged.length, seen]).toEqual([59, 1, [50, 60]]);
    expect((await world.actions(before)).every((action) => action === 'grant.paused')).toBe(true);
    expect(await world.countEvents()).toBe(before + 59);
    const undone = await undo(undoId);
    expect(undone).toMatchObject({ kind: 'undone' });
    const states = await Promise.all(ids.map(async (id) => (await get(id)).state));
    expect(states.filter((state) => state === 'active')).toHaveLength(59);
  });

  it('are previewed without being changed', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const forGood = await world.grant(BEN, [tower.id('Movies')]);
    const before = await world.countEvents();
    const preview = await world.app.changeGrants.preview({
      guildId: GUILD,
      grantIds: [grant.id, forGood.grant.id, 'none'],
      action: extend,
    });
    expect(preview.changes).toMatchObject([{ after: { expiresAt: later(6 * DAY) } }]);
    expect(preview.unchanged).toMatchObject([{ message: say('grant.no.noEnd') }]);
    expect([await get(grant.id), await world.countEvents()]).toEqual([grant, before]);
  });
});

describe('as it was shown', () => {
  it('a grant is changed once, however often the same button is pressed', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const shown = new Map([[grant.id, grantMark(grant)]]);
    const press = async () =>
      await world.app.changeGrants.change({
        ...{ guildId: GUILD, actorId: STAFF, grantIds: [grant.id], action: extend, reason: null, shown },
      });
    const [one, other] = await Promise.all([press(), press()]);
    expect([one.changed.length, other.changed.length].toSorted()).toEqual([0, 1]);
    expect([...one.unchanged, ...other.unchanged]).toMatchObject([{ message: say('grant.no.changedSince') }]);
    expect(await get(grant.id)).toMatchObject({ expiresAt: later(6 * DAY) });
  });

  it('a grant that has ended by itself since is as it was', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const mark = grantMark(grant);
    await world.pass(DAY);
    expect(grantMark(await get(grant.id))).toBe(mark);
    await world.change(grant.id, extend);
    expect(grantMark(await get(grant.id))).not.toBe(mark);
  });
});

describe('a rehearsal', () => {
  it('says how it would stand, and changes nothing', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const would = await world.app.changeGrants.rehearse(GUILD, grant.id, { kind: 'pause' });
    expect(would).toMatchObject({
      before: { state: 'active' },
      after: { grant: { state: 'paused' }, invitesAgain: [{ name: 'Tower' }] },
    });
    expect(await get(grant.id)).toMatchObject({ state: 'active' });
    expect(await world.app.changeGrants.rehearse(GUILD, grant.id, { kind: 'resume' })).toBeUndefined();
    expect(await world.app.changeGrants.rehearse(GUILD, 'none', { kind: 'pause' })).toBeUndefined();
  });
});

describe('trying again', () => {
  it('asks the servers once more, and changes no grant', async () => {
    const person = await world.newAccount(ADA, tower);
    takeDown(tower.fake);
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    expect(await world.app.changeGrants.again(GUILD, [grant.id])).toMatchObject([
      { servers: [{ application: { kind: 'failed' } }] },
    ]);
    expect(await get(grant.id)).toEqual(grant);
    tower.fake.heal();
    expect(await world.app.changeGrants.again(GUILD, [grant.id])).toMatchObject([
      { servers: [{ application: { kind: 'applied' } }] },
    ]);
    expect(person.access).toEqual(['movies']);
  });
});
