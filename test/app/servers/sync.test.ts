import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SyncReport } from '../../../src/app/servers/sync.ts';
import { NOBODY } from '../../../src/domain/access-counts.ts';
import { DAY, MINUTE } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

type Synced = Extract<SyncReport['outcome'], { kind: 'synced' }>;

async function sync(): Promise<Synced> {
  const [report] = await world.app.syncServers(GUILD, [tower.server.id]);
  if (report?.outcome.kind !== 'synced') throw new Error('not synced');
  return report.outcome;
}

const libraries = () => world.stores.of(GUILD).libraries.list(tower.server.id);
const remove = (name: string) => {
  const index = tower.fake.libraries.findIndex((library) => library.name === name);
  return tower.fake.libraries.splice(index, 1)[0];
};
const nothingNew = {
  added: [],
  renamed: [],
  gone: [],
  back: [],
  linked: 0,
  hints: [],
  drift: [],
  doubts: [],
};

describe('the libraries of a server', () => {
  it('that is as it was: nothing changes, and two reads are enough', async () => {
    const before = await libraries();
    const { reads, writes } = tower.fake;
    expect(await sync()).toEqual({
      kind: 'synced',
      ...nothingNew,
      libraries: 3,
      access: NOBODY,
      accounts: [],
    });
    expect(await libraries()).toEqual(before);
    expect([tower.fake.reads - reads, tower.fake.writes - writes]).toEqual([2, 0]);
  });

  it('added', async () => {
    tower.fake.addLibrary('Concerts', { type: 'music' });
    expect(await sync()).toMatchObject({ ...nothingNew, added: ['Concerts'], libraries: 4 });
    expect(await libraries()).toContainEqual(
      expect.objectContaining({ name: 'Concerts', type: 'music', goneAt: null }),
    );
    expect(await sync()).toMatchObject(nothingNew);
  });

  it('not added while it cannot be granted', async () => {
    tower.fake.addLibrary('Concerts', { grantable: false });
    expect(await sync()).toMatchObject(nothingNew);
    expect(await libraries()).toHaveLength(3);
  });

  it('renamed: the same library under another name', async () => {
    const { externalId } = remove('Movies') ?? { externalId: '' };
    tower.fake.addLibrary('Films', { externalId });
    expect(await sync()).toMatchObject({ ...nothingNew, renamed: [{ from: 'Movies', to: 'Films' }] });
    expect(await libraries()).toContainEqual(
      expect.objectContaining({ id: tower.id('Movies'), name: 'Films' }),
    );
  });

  it('gone, once: the row stays, and grants keep naming it', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    remove('Movies');
    const before = await world.countEvents();
    const doubt =
      'Tower no longer lists Movies. Nothing was changed; what is still missing in ten minutes counts as gone.';
    expect(inEnglish(await sync())).toMatchObject({ ...nothingNew, doubts: [doubt] });
    world.clock.advance(10 * MINUTE - 1);
    expect(inEnglish(await sync())).toMatchObject({ ...nothingNew, doubts: [doubt] });
    expect(inEnglish(await world.countEvents())).toBe(before);
    world.clock.advance(1);
    expect(inEnglish(await sync())).toMatchObject({ ...nothingNew, gone: ['Movies'] });
    expect(inEnglish(await sync())).toMatchObject(nothingNew);
    expect(inEnglish((await world.events()).slice(before))).toMatchObject([
      { action: 'library.gone', actorId: null, facts: { server: 'Tower', libraries: ['Movies'] } },
    ]);
    expect(inEnglish((await world.app.grantStatus.get(GUILD, grant.id)).libraries)).toMatchObject([
      { name: 'Movies', goneAt: world.clock.now() },
    ]);
  });

  it('back, once: the same library as before', async () => {
    const movies = remove('Movies');
    await sync();
    world.clock.advance(10 * MINUTE);
    await sync();
    tower.fake.addLibrary('Movies', movies);
    expect(await sync()).toMatchObject({ ...nothingNew, back: ['Movies'] });
    expect(await sync()).toMatchObject(nothingNew);
    expect(await world.events('library.back')).toMatchObject([
      { facts: { server: 'Tower', libraries: ['Movies'] } },
    ]);
    expect(await libraries()).toContainEqual(
      expect.objectContaining({ id: tower.id('Movies'), goneAt: null }),
    );
  });

  it('missing at one look and there at the next: nothing happened', async () => {
    const movies = remove('Movies');
    const before = await world.countEvents();
    await sync();
    world.clock.advance(10 * MINUTE);
    tower.fake.addLibrary('Movies', movies);
    expect(await sync()).toMatchObject(nothingNew);
    expect(await world.countEvents()).toBe(before);
    expect((await libraries()).every(({ missingSince }) => missingSince === null)).toBe(true);
  });

  it('missing: it is looked for again in ten minutes, whatever the schedule', async () => {
    remove('Movies');
    const nextSyncAt = async () => (await world.stores.of(GUILD).settings.get()).nextSyncAt;
    await sync();
    const soon = new Date(world.clock.now().getTime() + 10 * MINUTE);
    expect(await nextSyncAt()).toEqual(soon);
    world.clock.advance(MINUTE);
    await sync();
    expect(await nextSyncAt()).toEqual(soon);
  });

  it('missing: others are given and taken all the same, and this one is kept and given when it is back', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Shows')]);
    const movies = remove('Movies');
    await sync();
    await world.grant(ADA, [tower.id('Movies'), tower.id('Music')]);
    expect(new Set(person.access)).toEqual(new Set(['shows', 'music']));
    await world.revoke(grant.id);
    expect(person.access).toEqual(['music']);
    tower.fake.addLibrary('Movies', movies);
    await sync();
    await world.pass(0);
    expect(new Set(person.access)).toEqual(new Set(['music', 'movies']));
    expect(await world.events('drift.found')).toEqual([]);
  });

  it('none at all: never believed', async () => {
    const kept = tower.fake.libraries.splice(0);
    const before = await world.countEvents();
    for (let look = 0; look < 3; look += 1) {
      const { gone, doubts } = await sync();
      expect(inEnglish([gone, doubts.map(saidPlain).join()])).toEqual([
        [],
        expect.stringContaining('no library at all, which is not believed'),
      ]);
      world.clock.advance(DAY);
    }
    expect(inEnglish(await world.countEvents())).toBe(before);
    tower.fake.libraries.push(...kept);
    expect(inEnglish(await sync())).toMatchObject(nothingNew);
  });

  it('most of many: named up to ten, and gone when they are missing twice', async () => {
    for (let count = 4; count <= 20; count += 1) tower.fake.addLibrary(`More ${count}`);
    await sync();
    tower.fake.libraries.splice(1);
    expect(inEnglish((await sync()).doubts.map(saidPlain).join())).toMatch(
      /^Tower no longer lists (.+, ){9}.+ and 9 more\./,
    );
    world.clock.advance(10 * MINUTE);
    expect((await sync()).gone).toHaveLength(19);
  });
});

describe('the accounts of a server', () => {
  it('are counted and shown, and never written', async () => {
    tower.fake.addPerson({ name: 'has all', access: 'all' });
    tower.fake.addPerson({ name: 'has one', access: ['movies'], emailMasked: 'h•••@e•••.org' });
    tower.fake.addPerson({ name: 'waits', access: ['movies'], pending: true });
    tower.fake.addPerson({ name: 'has none', access: [] });
    tower.fake.addPerson({ name: 'was shut out', access: ['movies'], disabled: true });
    expect((await sync()).access).toEqual({ has: 2, invited: 1, none: 0 });
    expect(tower.fake.writes).toBe(0);
    const accounts = await world.stores.of(GUILD).accounts.list();
    expect(accounts.map(({ name, seenAccess, pending }) => [name, seenAccess, pending])).toEqual([
      ['has all', 'all', false],
      ['has none', 'none', false],
      ['has one', 'libraries', false],
      ['waits', 'libraries', true],
      ['was shut out', 'none', false],
    ]);
    expect(accounts.every(({ memberId, dueAt }) => memberId === null && dueAt === null)).toBe(true);
    expect(await world.app.overview.servers(GUILD)).toMatchObject([
      { libraries: 3, accounts: { has: 2, invited: 1, none: 0 } },
    ]);
    const users = (await world.app.overview.libraries(GUILD)).map(({ library, users }) => [
      library.name,
      users,
    ]);
    expect(users).toEqual([
      ['Movies', 2],
      ['Music', 1],
      ['Shows', 1],
    ]);
  });

  it('that are not listed any more stay as rows that see nothing', async () => {
    const person = tower.fake.addPerson({ name: 'left', access: ['movies'] });
    await sync();
    tower.fake.people.delete(person.externalId);
    await sync();
    expect(await world.stores.of(GUILD).accounts.list()).toMatchObject([
      { name: 'left', seenAccess: 'none', seen: [] },
    ]);
  });

  it('that nobody manages drift unremarked', async () => {
    const person = tower.fake.addPerson({ name: 'observed', access: ['movies'] });
    await sync();
    person.access = ['shows'];
    const before = await world.countEvents();
    expect((await sync()).drift).toEqual([]);
    expect(await world.countEvents()).toBe(before);
  });
});

describe('what others changed on a member’s account', () => {
  it('is said and audited once, and left as it is', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    person.access = ['music'];
    const { writes } = tower.fake;
    const before = await world.countEvents();
    expect(inEnglish((await sync()).drift)).toEqual([
      `${person.name}: somebody else gave Music; somebody else took Movies; left as it is`,
    ]);
    expect(inEnglish((await sync()).drift)).toEqual([]);
    await world.pass(MINUTE);
    expect(inEnglish((await world.events()).slice(before))).toMatchObject([
      {
        action: 'drift.found',
        actorId: null,
        targetId: ADA,
        facts: { server: 'Tower', libraries: ['Music', 'Movies'] },
      },
    ]);
    expect(inEnglish(person.access)).toEqual(['music']);
    expect(inEnglish(tower.fake.writes)).toBe(writes);
  });

  it('is said when they are gone altogether', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    person.access = null;
    expect(inEnglish((await sync()).drift)).toEqual([
      `${person.name}: somebody else took Movies; left as it is`,
    ]);
    expect(inEnglish((await sync()).drift)).toEqual([]);
    const { page } = await world.app.grantStatus.list(GUILD, { memberId: ADA, limit: 1 });
    expect(inEnglish(page[0]?.servers)).toMatchObject([
      { application: { kind: 'changed-there', missing: [tower.id('Movies')] } },
    ]);
  });

  it('is not said of a change of ours that waits', async () => {
    const person = await world.newAccount(ADA, tower);
    tower.fake.fail('invite', DOWN, { happens: true });
    tower.fake.fail('readAccess', DOWN, { times: 0 });
    const { invite } = tower.fake;
    tower.fake.invite = async (...args) => {
      const outcome = await invite.apply(tower.fake, args);
      tower.fake.fail('readAccess', DOWN);
      return outcome;
    };
    await world.grant(ADA, [tower.id('Movies')]);
    expect(person.access).toEqual(['movies']);
    expect((await sync()).drift).toEqual([]);
    expect(await world.events('drift.found')).toEqual([]);
  });
});

it('a list that is not surely whole adds and renames, and proves of no library that it is gone', async () => {
  tower.fake.addLibrary('Radio');
  const listed = await tower.fake.listLibraries();
  if (listed.kind === 'unknown') throw new Error(saidPlain(listed.why.message));
  const [first, ...others] = listed.value.toReversed();
  if (!first) throw new Error('nothing is listed');
  tower.fake.listLibraries = async () => ({ kind: 'known', value: [first], isPartial: true });
  for (let look = 0; look < 3; look += 1) {
    const { added, gone, doubts } = await sync();
    expect([added, gone]).toEqual([look === 0 ? ['Radio'] : [], []]);
    expect(inEnglish(doubts.map(saidPlain).join())).toContain('plex.tv gives Usher nothing that opens Tower');
    await world.pass(20 * MINUTE);
  }
  const rows = await world.stores.of(GUILD).libraries.list(tower.server.id);
  expect(
    inEnglish(rows.filter(({ goneAt, missingSince }) => goneAt !== null || missingSince !== null)),
  ).toEqual([]);
  expect(rows).toHaveLength(others.length + 1);
});

describe('a server that does not answer', () => {
  it.each([
    ['everything', () => takeDown(tower.fake)],
    ['who has access', () => tower.fake.fail('readAccess', DOWN)],
    ['the libraries', () => tower.fake.fail('listLibraries', DOWN)],
  ])('%s: nothing is changed by that', async (_name, breakDown) => {
    tower.fake.addPerson({ name: 'somebody', access: ['movies'] });
    await sync();
    const known = [
      await libraries(),
      await world.stores.of(GUILD).accounts.list(),
      await world.countEvents(),
    ];
    remove('Movies');
    tower.fake.people.clear();
    breakDown();
    expect(inEnglish(await world.app.syncServers(GUILD))).toMatchObject([
      { outcome: { kind: 'failed', why: DOWN } },
    ]);
    expect(
      inEnglish([await libraries(), await world.stores.of(GUILD).accounts.list(), await world.countEvents()]),
    ).toEqual(known);
  });

  it('does not keep the others from being synced', async () => {
    const den = await world.addDen();
    takeDown(tower.fake);
    den.fake.addLibrary('Radio');
    const reports = await world.app.syncServers(GUILD);
    expect(reports.map(({ server, outcome }) => [server.name, outcome.kind])).toEqual([
      ['Den', 'synced'],
      ['Tower', 'failed'],
    ]);
  });

  it('twice in a row is offline, once; and online, once, when it answers', async () => {
    takeDown(tower.fake);
    const before = await world.countEvents();
    for (let times = 1; times <= 4; times += 1) await world.app.syncServers(GUILD);
    tower.fake.heal();
    await sync();
    await sync();
    expect(await world.actions(before)).toEqual(['server.offline', 'server.online']);
  });

  it('is found again by a probe, without anything that waits', async () => {
    takeDown(tower.fake);
    for (let times = 1; times <= 2; times += 1) await world.app.syncServers(GUILD);
    tower.fake.heal();
    await world.pass(MINUTE);
    expect(await world.events('server.online')).toHaveLength(1);
    expect(tower.fake.calls.slice(-2)).toEqual(['ping', 'readAccess']);
  });

  it('that is another one at the same address is not believed', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    tower.fake.identity = 'another server';
    expect(inEnglish(await world.app.syncServers(GUILD))).toMatchObject([
      { outcome: { kind: 'failed', why: { kind: 'other-server' } } },
    ]);
    expect(inEnglish(person.access)).toEqual(['movies']);
  });
});

it('tells how far it is, and in the end the reports in the order of the servers', async () => {
  await world.addDen();
  const told: string[] = [];
  const reports = await world.app.syncServers(GUILD, undefined, async (done, total) => {
    told.push(`${done.length}/${total}`);
  });
  expect(told).toEqual(['1/2', '2/2']);
  expect(reports.map(({ server }) => server.name)).toEqual(['Den', 'Tower']);
});

it('sets the next scheduled sync before it begins, so that one that fails does not repeat at once', async () => {
  takeDown(tower.fake);
  world.clock.advance(90 * MINUTE);
  await world.app.scheduledSync(GUILD);
  const { nextSyncAt } = await world.stores.of(GUILD).settings.get();
  expect(nextSyncAt.getTime() - world.clock.now().getTime()).toBe(60 * MINUTE);
});

describe('adding a server', () => {
  const input = { guildId: GUILD, actorId: STAFF, kind: 'plex', token: 't', name: '' } as const;

  it('that does not answer saves nothing', async () => {
    takeDown(world.build('plex', 'Attic', ['Movies']));
    const before = await world.countEvents();
    expect(await world.app.addServer({ ...input, url: 'http://attic.test' })).toEqual({
      kind: 'refused',
      why: DOWN,
    });
    expect(await world.stores.of(GUILD).servers.list()).toHaveLength(1);
    expect(await world.countEvents()).toBe(before);
  });

  it('twice, or under a name that is taken, is refused', async () => {
    expect(await world.app.addServer({ ...input, url: 'http://tower.test' })).toEqual({
      kind: 'already-added',
      name: 'Tower',
    });
    world.build('plex', 'Attic', []);
    expect(await world.app.addServer({ ...input, url: 'http://attic.test', name: ' TOWER ' })).toEqual({
      kind: 'name-taken',
      name: 'TOWER',
    });
  });

  it('twice at the same time adds it once', async () => {
    world.build('plex', 'Attic', ['Movies']);
    const adding = () => world.app.addServer({ ...input, url: 'http://attic.test' });
    const kinds = (await Promise.all([adding(), adding()])).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['added', 'already-added']);
    expect((await world.events('server.added')).map(({ facts }) => facts.server)).toEqual(['Tower', 'Attic']);
  });
});
