import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurationText } from '../../../src/domain/duration.ts';
import { say } from '../../../src/words/say.ts';
import { DAY, HOUR, later } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const ids = (...names: readonly string[]) => names.map((name) => tower.id(name));
const reading = () => world.app.memberLibraries.granted(GUILD, ADA);
const granted = async (memberId = ADA) =>
  (await world.app.memberLibraries.granted(GUILD, memberId)).libraryIds;
const set = async (wanted: readonly string[], shown?: string) =>
  await world.app.memberLibraries.set({
    guildId: GUILD,
    actorId: STAFF,
    memberId: ADA,
    shown: shown ?? (await reading()).mark,
    wanted,
  });
const grants = async () =>
  (await world.app.grantStatus.list(GUILD, { memberId: ADA, limit: 9 })).page.map(({ grant, libraries }) => [
    grant.state,
    grant.expiresAt !== null,
    libraries.map(({ name }) => name),
  ]);

describe('ticking libraries', () => {
  it('makes a grant by hand, in one write', async () => {
    const person = await world.newAccount(ADA, tower);
    const { writes } = tower.fake;
    expect(await set(ids('Movies', 'Music'))).toMatchObject({ kind: 'set' });
    expect(new Set(person.access)).toEqual(new Set(['movies', 'music']));
    expect(tower.fake.writes - writes).toBe(1);
    expect(await grants()).toEqual([['active', false, ['Movies', 'Music']]]);
    await set(ids('Movies', 'Music', 'Shows'));
    expect(await grants()).toEqual([['active', false, ['Movies', 'Music', 'Shows']]]);
    expect(await world.events('grant.created')).toHaveLength(1);
    expect(await world.events('grant.changed')).toMatchObject([
      {
        actorId: STAFF,
        facts: { libraries: ['Movies', 'Music', 'Shows'], before: { libraries: ['Movies', 'Music'] } },
      },
    ]);
  });

  it('leaves timed grants as they are', async () => {
    await world.grant(ADA, ids('Movies'), { ms: DAY });
    await set(ids('Movies', 'Music'));
    expect(await grants()).toEqual([
      ['active', true, ['Movies']],
      ['active', false, ['Music']],
    ]);
  });
});

describe('unticking libraries', () => {
  it('takes them from every grant that gives them; one that gives nothing else ends', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, ids('Movies'), { ms: DAY });
    await world.grant(ADA, ids('Movies', 'Shows'));
    await set(ids('Shows'));
    expect(person.access).toEqual(['shows']);
    expect(await grants()).toEqual([
      ['active', false, ['Shows']],
      ['ended', true, ['Movies']],
    ]);
    await set([]);
    expect(person.access).toBeNull();
    expect(await granted()).toEqual([]);
  });

  it('while a server is down is queued, and says so', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, ids('Movies'));
    takeDown(tower.fake);
    expect(await set([])).toMatchObject({ kind: 'set', standings: [{ grant: { state: 'ending' } }] });
  });
});

describe('before and after', () => {
  const preview = async (wanted: readonly string[]) =>
    await world.app.memberLibraries.preview(GUILD, { memberId: ADA, shown: (await reading()).mark, wanted });

  it('is previewed: what is given and taken, and what ends by it', async () => {
    const { grant } = await world.grant(ADA, ids('Movies'), { ms: DAY });
    await world.grant(ADA, ids('Movies', 'Shows'));
    expect(await preview(ids('Shows', 'Music'))).toMatchObject({
      adds: [{ name: 'Music' }],
      removes: [{ name: 'Movies' }],
      ends: [grant.number],
      changedSince: false,
    });
    expect(await preview(ids('Movies', 'Shows'))).toMatchObject({ adds: [], removes: [], ends: [] });
    const old = { memberId: ADA, shown: 'old', wanted: [] };
    expect(await world.app.memberLibraries.preview(GUILD, old)).toMatchObject({ changedSince: true });
  });

  it('is undone as a whole: what was taken is back with its end, and what was made ends', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, ids('Movies'), { ms: DAY });
    const saved = await set(ids('Music'));
    if (saved.kind !== 'set') throw new Error(saved.kind);
    expect(person.access).toEqual(['music']);
    const undo = { guildId: GUILD, actorId: STAFF, undoId: saved.undoId };
    expect(await world.app.changeGrants.undo(undo)).toMatchObject({ kind: 'undone' });
    expect(person.access).toEqual(['movies']);
    expect(await grants()).toEqual([
      ['active', true, ['Movies']],
      ['ended', false, ['Music']],
    ]);
    expect(await world.app.changeGrants.undo(undo)).toEqual({ kind: 'gone' });
  });
});

it('nothing different changes nothing, and what changed meanwhile is shown first', async () => {
  const { mark } = await reading();
  await world.grant(ADA, ids('Movies'));
  const before = await world.countEvents();
  expect(await set(ids('Movies'))).toEqual({ kind: 'unchanged' });
  expect(await set(ids('Music'), mark)).toEqual({ kind: 'changed-since' });
  expect(await world.countEvents()).toBe(before);
});

describe('why', () => {
  it('follows the chain from the grant to the server', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, ids('Movies'), { ms: HOUR });
    const why = () => world.app.why(GUILD, ADA, tower.id('Movies'));
    expect(await why()).toMatchObject({
      server: { name: 'Tower' },
      library: { name: 'Movies' },
      wanted: 'by-grant',
      shown: 'yes',
      readAt: later(0),
      next: { kind: 'ends', at: later(HOUR), grant: { id: grant.id } },
    });
    takeDown(tower.fake);
    await world.pass(HOUR);
    expect(await why()).toMatchObject({ wanted: 'no', shown: 'yes', next: { kind: 'compare' } });
    expect(await world.app.why(GUILD, BEN, tower.id('Movies'))).toMatchObject({
      grants: [],
      wanted: 'no',
      shown: 'no-account',
      next: { kind: 'nothing' },
    });
    expect(await world.app.why(GUILD, ADA, 'none')).toBeUndefined();
  });
});

describe('a bulk action', () => {
  const preview = (action: Parameters<typeof world.app.bulkGrants.preview>[0]['action'], more = {}) =>
    world.app.bulkGrants.preview({ guildId: GUILD, action, ...more });

  it('is previewed: which grants, whose, and what they gain and lose', async () => {
    await world.grant(ADA, ids('Movies'), { ms: DAY });
    await world.grant(ADA, ids('Movies', 'Music'));
    await world.grant(BEN, ids('Shows'), { ms: DAY });
    const before = await world.countEvents();
    expect(await preview({ kind: 'end', cause: 'revoked' })).toMatchObject({
      grantIds: { length: 3 },
      memberIds: { length: 2 },
      withoutAccount: 3,
      unchanged: [],
      effects: [{ server: { name: 'Tower' }, adds: 0, removes: 3, members: 2 }],
    });
    expect(await preview({ kind: 'extend', by: '1d' as DurationText })).toMatchObject({
      grantIds: { length: 2 },
      unchanged: [{ message: say('grant.no.noEnd') }],
      effects: [],
    });
    expect(await preview({ kind: 'resume' })).toMatchObject({ grantIds: [] });
    expect(await world.countEvents()).toBe(before);
  });

  it('is for a plan or a server alone', async () => {
    const den = await world.addDen();
    await world.grant(ADA, ids('Movies'));
    const { grant } = await world.grant(BEN, [den.id('Films')]);
    const onDen = await preview({ kind: 'pause' }, { serverId: den.server.id });
    expect(onDen).toMatchObject({ grantIds: [grant.id], effects: [{ server: { name: 'Den' }, removes: 1 }] });
    expect(await preview({ kind: 'pause' }, { planId: 'none' })).toMatchObject({ grantIds: [] });
  });
});
