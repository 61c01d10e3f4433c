import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseUndo, UNDO_MOST, undoContent, undoStep } from '../../../src/app/grants/undo.ts';
import type { AddServerInput } from '../../../src/app/servers/add.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import { type MemberId, toActorId, toMemberId } from '../../../src/domain/ids.ts';
import { say } from '../../../src/words/say.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { aGrant } from '../../support/rows.ts';
import { inEnglish } from '../../support/said.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const movies = () => [tower.id('Movies')];
const someone = (n: number): MemberId => toMemberId(String(700_000_000_000_000_000n + BigInt(n)));
const invite = async (uses = 1, validMs = DAY) =>
  await world.invite({
    guildId: GUILD,
    actorId: STAFF,
    memberId: null,
    libraryIds: movies(),
    duration: null,
    uses,
    validUntil: new Date(world.clock.now().getTime() + validMs),
    roleId: null,
    note: null,
  });
const redeem = async (memberId: MemberId, typed: string) =>
  (await world.app.invites.redeemCode({ guildId: GUILD, memberId, typed })).kind;
const openGrants = async () =>
  await world.stores.of(GUILD).grants.count({ states: ['scheduled', 'active', 'paused', 'ending'] });
/** How many of these were refused for want of room, and how many did what they should. */
async function outcomes(all: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(all);
  const refused = settled.filter((each) => each.status === 'rejected' && each.reason.name === 'GuildFull');
  return { done: settled.filter(({ status }) => status === 'fulfilled').length, refused: refused.length };
}

describe('open grants', () => {
  it('never become more than there may be, however many are given at once', async () => {
    world.limits.grants = 3;
    const given = Array.from({ length: 6 }, (_, n) => world.grant(someone(n), movies()));
    expect(inEnglish(await outcomes(given))).toEqual({ done: 3, refused: 3 });
    expect(inEnglish(await openGrants())).toBe(3);
    const events = (await world.events('grant.created')).length;
    await expect(world.grant(ADA, movies(), { startMs: HOUR })).rejects.toMatchObject({
      says: say('trouble.full.grants', { most: 3 }),
    });
    expect(await world.events('grant.created')).toHaveLength(events);
    await world.grant(ADA, movies(), { guildId: OTHER_GUILD }).catch(() => {});
    expect(await openGrants()).toBe(3);
  });

  it('make room when they have ended, and are opened again only where there is room', async () => {
    world.limits.grants = 1;
    const { grant } = await world.grant(ADA, movies(), { ms: HOUR });
    await world.pass(2 * HOUR);
    expect(await world.grantState(grant.id)).toBe('ended');
    await world.grant(BEN, movies());
    const { changed, unchanged } = await world.change(grant.id, { kind: 'extend', by: '1d' as DurationText });
    expect(changed).toEqual([]);
    expect(inEnglish(unchanged)).toMatchObject([
      { message: expect.stringContaining('the most there can be') },
    ]);
    expect(inEnglish(await world.grantState(grant.id))).toBe('ended');
  });

  it('of many that are undone at once as many come back as there is room for, and the others are named', async () => {
    const grants = await Promise.all(
      [1, 2, 3].map((n) => world.grant(someone(n), movies(), { startMs: DAY })),
    );
    const grantIds = grants.map(({ grant }) => grant.id);
    const end = { kind: 'end', cause: 'revoked' } as const;
    const change = { guildId: GUILD, actorId: STAFF, grantIds, action: end, reason: null };
    const { undoId } = await world.app.changeGrants.change(change);
    world.limits.grants = 2;
    const undone = await world.app.changeGrants.undo({
      guildId: GUILD,
      actorId: STAFF,
      undoId: undoId ?? '',
    });
    expect(undone).toMatchObject({
      result: {
        changed: [{}, {}],
        unchanged: [{ message: say('grant.no.full', { why: say('trouble.full.grants', { most: 2 }) }) }],
      },
    });
    expect(await openGrants()).toBe(2);
  });

  it('are counted with ticked libraries, and what a server shows already is not refused', async () => {
    world.limits.grants = 1;
    await world.grant(BEN, movies());
    const { mark: shown } = await world.app.memberLibraries.granted(GUILD, ADA);
    const wanted = { guildId: GUILD, actorId: STAFF, memberId: ADA, shown, wanted: movies() };
    await expect(world.app.memberLibraries.set(wanted)).rejects.toMatchObject({
      says: say('trouble.full.grants', { most: 1 }),
    });
    await world.link(ADA, tower, tower.fake.addPerson({ name: 'ada', access: ['movies'] }));
    expect(await openGrants()).toBe(2);
  });
});

describe('open invites', () => {
  it('never become more than there may be, and make room when they are used or have run out', async () => {
    world.limits.invites = 2;
    expect(inEnglish(await outcomes([invite(1, HOUR), invite(), invite(), invite()]))).toEqual({
      done: 2,
      refused: 2,
    });
    await expect(invite()).rejects.toMatchObject({ says: say('trouble.full.invites', { most: 2 }) });
    world.clock.advance(2 * HOUR);
    const { code } = await invite();
    await expect(invite()).rejects.toMatchObject({ says: say('trouble.full.invites', { most: 2 }) });
    expect(inEnglish(await redeem(ADA, code))).toBe('redeemed');
    await invite();
  });

  it('keep room for the grants that they become, so that no code is refused for want of it', async () => {
    world.limits.grants = 4;
    const { code } = await invite(3);
    await expect(invite(2)).rejects.toMatchObject({ says: say('trouble.full.grants', { most: 4 }) });
    await world.grant(BEN, movies());
    await expect(world.grant(ADA, movies())).rejects.toMatchObject({
      says: say('trouble.full.grants', { most: 4 }),
    });
    // Even where whoever runs Usher has made it less since.
    world.limits.grants = 1;
    expect(await Promise.all([1, 2, 3].map((n) => redeem(someone(n), code)))).toEqual(
      Array(3).fill('redeemed'),
    );
    expect(await openGrants()).toBe(4);
    expect(await redeem(someone(4), code)).toBe('no-such-code');
  });
});

describe('plans, servers and libraries', () => {
  it('plans never become more than there may be', async () => {
    world.limits.plans = 2;
    const [movie = ''] = movies();
    const create = (name: string) =>
      world.app.plans.create({
        ...{ guildId: GUILD, actorId: STAFF, name, libraryIds: [movie] as const },
        ...{ duration: null, expiryAction: null, roleId: null },
      });
    expect(await outcomes(['a', 'b', 'c'].map(create))).toEqual({ done: 2, refused: 1 });
    await expect(create('d')).rejects.toMatchObject({ says: say('trouble.full.plans', { most: 2 }) });
  });

  const server = (name: string): AddServerInput => ({
    ...{ guildId: GUILD, actorId: STAFF, kind: 'jellyfin', name },
    ...{ url: `http://${name.toLowerCase()}.test`, token: 'the-token-of-a-server' },
  });

  it('a server too many is refused like one that does not work, and nothing of it is kept', async () => {
    world.limits.servers = 2;
    world.build('jellyfin', 'Den', ['Films']);
    world.build('jellyfin', 'Attic', ['Films']);
    const added = await Promise.all(['Den', 'Attic'].map((name) => world.app.addServer(server(name))));
    expect(added.map(({ kind }) => kind).toSorted()).toEqual(['added', 'refused']);
    expect(inEnglish(added.find(({ kind }) => kind === 'refused'))).toMatchObject({
      why: {
        message: '2 servers are the most there can be in this community. Remove one, or ask who runs Usher.',
      },
    });
    expect(await world.stores.of(GUILD).servers.list()).toHaveLength(2);
  });

  it('libraries of a new server are not taken in where there is no room; a known one goes on growing', async () => {
    world.limits.libraries = 4;
    world.build('jellyfin', 'Den', ['Films', 'Series']);
    const added = await world.app.addServer(server('Den'));
    expect(inEnglish(added)).toMatchObject({
      kind: 'added',
      sync: {
        outcome: { kind: 'failed', why: { message: expect.stringContaining('4 libraries are the most') } },
      },
    });
    expect(await world.stores.of(GUILD).libraries.list()).toHaveLength(3);
    for (const name of ['One', 'Two', 'Three']) tower.fake.addLibrary(name);
    const [report] = await world.app.syncServers(GUILD, [tower.server.id]);
    expect(report?.outcome).toMatchObject({ kind: 'synced', added: ['One', 'Two', 'Three'] });
    world.limits.libraries = 99;
    const den = (await world.stores.of(GUILD).servers.list()).find(({ name }) => name === 'Den');
    const [again] = await world.app.syncServers(GUILD, [den?.id ?? '']);
    expect(again?.outcome).toMatchObject({ kind: 'synced', libraries: 2 });
  });
});

describe('forms', () => {
  const ada = toActorId(ADA);
  const begin = (userId = STAFF) => world.app.drafts.put(GUILD, userId, { given: 1 });
  const isOpen = async (id: string, userId = STAFF) =>
    (await world.app.drafts.find(GUILD, userId, id)) !== undefined;

  it('of one person the oldest goes, and nobody else’s', async () => {
    const theirs = await begin(STAFF);
    const mine: string[] = [];
    for (let n = 0; n < 26; n += 1) {
      world.clock.advance(1000);
      mine.push(await begin(ada));
    }
    expect(await isOpen(mine[0] ?? '', ada)).toBe(false);
    expect(await isOpen(mine[1] ?? '', ada)).toBe(true);
    expect(await isOpen(theirs)).toBe(true);
  });

  it('of a guild the oldest goes when there are too many, and those that nobody came back for first', async () => {
    world.limits.forms = 2;
    const first = await begin();
    world.clock.advance(MINUTE);
    const second = await begin();
    world.clock.advance(MINUTE);
    const third = await begin();
    expect(await Promise.all([first, second, third].map((id) => isOpen(id)))).toEqual([false, true, true]);
    expect(await world.app.drafts.take(GUILD, first)).toBe(false);
    world.clock.advance(2 * HOUR);
    const late = await begin();
    expect(await world.app.drafts.take(GUILD, third)).toBe(false);
    expect(await isOpen(late)).toBe(true);
  });

  it('what undoing the most grants takes fits into one, whatever they went through', async () => {
    const at = world.clock.now();
    const moments = { pausedAt: at, endingAt: at, endedAt: at, overdueAlertedAt: at, expiresAt: at };
    const grant = aGrant({ id: '0123456789ab', ...moments, remainingSeconds: 1e9, endCause: 'removed' });
    const steps = Array.from({ length: UNDO_MOST }, () => undoStep(grant, grant));
    const id = await world.app.drafts.put(GUILD, STAFF, undoContent(steps));
    expect(parseUndo(await world.app.drafts.find(GUILD, STAFF, id))).toEqual(steps);
  });

  it('undo is kept for hundreds of grants, and said to be none for more', async () => {
    const { grant } = await world.grant(ADA, movies());
    const grantIds = [grant.id, ...Array.from({ length: 500 }, (_, n) => `none-${n}`)];
    const change = { guildId: GUILD, actorId: STAFF, action: { kind: 'pause' }, reason: null } as const;
    expect(await world.app.changeGrants.change({ ...change, grantIds })).toMatchObject({ undoId: null });
  });
});
