import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemberId } from '../../../src/domain/ids.ts';
import { toMemberId } from '../../../src/domain/ids.ts';
import type { DriftPolicy } from '../../../src/domain/model.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const setPolicy = (driftPolicy: DriftPolicy) =>
  world.stores.transaction(GUILD, (tx) => tx.servers.update(tower.server.id, { driftPolicy }));

/** Runs a full sync, and then what it made due. */
async function sync(): Promise<void> {
  await world.app.syncServers(GUILD, [tower.server.id]);
  await world.pass(1);
}

/** Two syncs that agree, long after the last write. */
async function syncTwice(): Promise<void> {
  await sync();
  await world.pass(10 * MINUTE);
  await sync();
}

/** Adds members who each have an account and a grant of Movies for good. */
async function members(
  count: number,
): Promise<readonly { readonly id: string; readonly person: FakePerson }[]> {
  const all: { id: string; person: FakePerson }[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = String(300000000000002000n + BigInt(n));
    const person = await world.newAccount(toMemberId(id), tower);
    await world.grant(toMemberId(id), [tower.id('Movies')]);
    all.push({ id, person });
  }
  return all;
}

const grantsOf = async (memberId: MemberId) =>
  (await world.app.grantStatus.list(GUILD, { memberId, limit: 99 })).page.map(({ grant, libraries }) => ({
    state: grant.state,
    source: grant.source,
    libraries: libraries.map(({ name }) => name),
  }));

describe('report', () => {
  it('says what was found, and leaves it', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    person.access = ['movies', 'shows'];
    const { writes } = tower.fake;
    await sync();
    await sync();
    expect([tower.fake.writes, await world.events('drift.corrected')]).toEqual([writes, []]);
    expect(await world.events('drift.found')).toMatchObject([
      { targetId: ADA, facts: { added: ['Shows'], removed: [], detail: 'left as it is' } },
    ]);
  });
});

it('who left a share is named, with what to do, and not invited again by itself', async () => {
  const person = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  person.access = null;
  tower.fake.left = [person.externalId];
  await sync();
  await sync();
  expect(person.access).toBeNull();
  expect(await world.events('drift.found')).toMatchObject([
    {
      targetId: ADA,
      facts: { how: 'left', removed: ['Movies'], detail: expect.stringContaining('give it anew') },
    },
  ]);
});

describe('enforce', () => {
  beforeEach(() => setPolicy('enforce'));

  it.each<[string, readonly string[] | null, object]>([
    ['what was given', ['movies', 'shows'], { added: ['Shows'], removed: [] }],
    ['what was taken', ['music'], { added: ['Music'], removed: ['Movies'] }],
    ['a share that was ended', null, { added: [], removed: ['Movies'] }],
  ])('puts %s back, verified, and says so once', async (_name, foreign, what) => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    person.access = foreign && [...foreign];
    await sync();
    expect(person.access).toEqual(['movies']);
    expect(await world.events('drift.found')).toMatchObject([
      { facts: { ...what, detail: 'will be put back' } },
    ]);
    expect(await world.events('drift.corrected')).toMatchObject([
      { actorId: null, targetId: ADA, facts: { ...what, detail: 'seen on Tower' } },
    ]);
    const { writes } = tower.fake;
    await sync();
    expect(tower.fake.writes).toBe(writes);
    expect(await world.events('drift.corrected')).toHaveLength(1);
  });

  it('is found by a pass for another reason as well, and is one correction', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    person.access = ['movies', 'shows'];
    await world.grant(ADA, [tower.id('Music')]);
    expect(new Set(person.access)).toEqual(new Set(['movies', 'music']));
    expect(await world.events('drift.found')).toHaveLength(1);
    expect(await world.events('drift.corrected')).toMatchObject([
      { facts: { libraries: ['Shows'], added: ['Shows'] } },
    ]);
  });

  it('never touches accounts that are not linked', async () => {
    const stranger = tower.fake.addPerson({ name: 'stranger', access: ['music'] });
    const { writes } = tower.fake;
    await sync();
    expect([stranger.access, tower.fake.writes]).toEqual([['music'], writes]);
  });
});

describe('adopt', () => {
  beforeEach(() => setPolicy('adopt'));

  it('makes a grant of what was given', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    person.access = ['movies', 'shows'];
    const { writes } = tower.fake;
    await syncTwice();
    expect(tower.fake.writes).toBe(writes);
    expect(await grantsOf(ADA)).toEqual([
      { state: 'active', source: 'command', libraries: ['Movies'] },
      { state: 'active', source: 'imported', libraries: ['Shows'] },
    ]);
    expect(await world.events('drift.found')).toMatchObject([
      { facts: { added: ['Shows'], detail: 'will be taken over if another look shows the same' } },
    ]);
    await sync();
    expect(await grantsOf(ADA)).toHaveLength(2);
  });

  it('takes what was taken from the grants; one that gives nothing else ends', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    await world.grant(ADA, [tower.id('Movies'), tower.id('Music')], { ms: HOUR });
    await world.pass(SECOND);
    person.access = ['music'];
    const { writes } = tower.fake;
    await syncTwice();
    expect(tower.fake.writes).toBe(writes);
    expect(await grantsOf(ADA)).toEqual([
      { state: 'active', source: 'command', libraries: ['Music'] },
      { state: 'ended', source: 'command', libraries: ['Movies'] },
    ]);
    expect(await world.events('grant.ended')).toHaveLength(1);
    await sync();
    expect(person.access).toEqual(['music']);
  });

  it('brings the default library where nothing else is left, and ends it where something else came', async () => {
    const person = await world.newAccount(ADA, tower);
    const changes = { defaultLibraryId: tower.id('Movies') };
    await world.app.serverPolicy.set({ guildId: GUILD, actorId: STAFF, serverId: tower.server.id, changes });
    expect(person.access).toEqual(['movies']);
    person.access = ['movies', 'shows'];
    await syncTwice();
    expect(person.access).toEqual(['shows']);
    person.access = null;
    await syncTwice();
    expect(person.access).toEqual(['movies']);
  });

  it('does not take a locked account for a changes', async () => {
    const den = await world.addDen();
    await world.stores.transaction(GUILD, (tx) => tx.servers.update(den.server.id, { driftPolicy: 'adopt' }));
    const person = await world.newAccount(ADA, den);
    await world.grant(ADA, [den.id('Films')]);
    person.disabled = true;
    for (let look = 0; look < 2; look += 1) {
      await world.app.syncServers(GUILD, [den.server.id]);
      await world.pass(10 * MINUTE);
    }
    expect(await grantsOf(ADA)).toMatchObject([{ state: 'active', libraries: ['Films'] }]);
  });

  it('does not believe one list: what was revoked is not given back for good, what was given is not ended', async () => {
    const person = await world.newAccount(ADA, tower);
    const revoked = await world.grant(ADA, [tower.id('Movies')]);
    await world.grant(ADA, [tower.id('Music')]);
    await world.revoke(revoked.grant.id);
    await world.pass(10 * MINUTE);
    // The list is from before the first grant was revoked and the second one given.
    const { access } = person;
    person.access = ['movies'];
    await sync();
    person.access = access;
    await world.pass(31 * SECOND);
    await sync();
    await sync();
    expect(await grantsOf(ADA)).toEqual([
      { state: 'active', source: 'command', libraries: ['Music'] },
      { state: 'ended', source: 'command', libraries: ['Movies'] },
    ]);
  });

  it('takes nothing over that is seen soon after a write, however often', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.revoke(grant.id);
    // The withdrawal shows, and a write that was given up on lands after it.
    person.access = ['movies'];
    for (let look = 0; look < 3; look += 1) {
      await sync();
      await world.pass(MINUTE);
    }
    expect(await grantsOf(ADA)).toMatchObject([{ state: 'ended' }]);
  });
});

describe('a run that would take too much away', () => {
  const held = async () => await world.app.heldRuns.list(GUILD);
  const decide = async (what: 'release' | 'dismiss') => {
    const [one] = await held();
    return await world.app.heldRuns[what]({
      guildId: GUILD,
      actorId: STAFF,
      heldRunId: one?.run.id ?? 'none',
    });
  };

  /** Five of ten members also have Shows, which nobody granted. */
  async function muchToTake() {
    await world.setChannel('alerts');
    const people = await members(10);
    for (const { person } of people.slice(0, 5)) person.access = ['movies', 'shows'];
    await setPolicy('enforce');
    return people;
  }

  it('is held, explains itself, and asks once', async () => {
    const people = await muchToTake();
    const { writes } = tower.fake;
    await sync();
    await world.pass(HOUR);
    expect(tower.fake.writes).toBe(writes);
    expect(people[0]?.person.access).toEqual(['movies', 'shows']);
    expect(inEnglish(await held())).toMatchObject([
      { server: { name: 'Tower' }, run: { detail: expect.stringContaining('5 of 10 managed accounts') } },
    ]);
    expect(await world.events('access.held')).toHaveLength(1);
    const alerts = (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
    expect(alerts).toMatchObject([{ heldRun: (await held())[0]?.run.id }]);
    const account = await world.account(toMemberId(people[0]?.id ?? ''), tower.server.id);
    expect(inEnglish(account.trouble)).toContain('Held');
  });

  it('happens when an admin releases it', async () => {
    const people = await muchToTake();
    await sync();
    expect((await decide('release')).kind).toBe('decided');
    for (const { person } of people) expect(person.access).toEqual(['movies']);
    expect(await held()).toEqual([]);
    expect(await world.events('drift.corrected')).toHaveLength(5);
    expect(await world.events('access.held')).toMatchObject([
      { actorId: null },
      { actorId: STAFF, facts: { how: 'released' } },
    ]);
    expect((await decide('release')).kind).toBe('decided-before');
  });

  it('is forgotten when an admin dismisses it, and foreign changes are only reported then', async () => {
    const people = await muchToTake();
    await sync();
    expect((await decide('dismiss')).kind).toBe('decided');
    const { writes } = tower.fake;
    await sync();
    expect(tower.fake.writes).toBe(writes);
    expect(people[0]?.person.access).toEqual(['movies', 'shows']);
    expect((await world.account(toMemberId(people[0]?.id ?? ''), tower.server.id)).trouble).toBeNull();
    expect((await world.stores.of(GUILD).servers.find(tower.server.id))?.driftPolicy).toBe('report');
  });

  it('asks anew when more would go', async () => {
    const people = await muchToTake();
    await sync();
    for (const { person } of people.slice(5)) person.access = ['movies', 'music'];
    await sync();
    await world.pass(HOUR);
    expect(await held()).toHaveLength(1);
    await decide('release');
    for (const { person } of people) expect(person.access).toEqual(['movies']);
  });

  it('is not held for what ended or was decided meanwhile', async () => {
    const people = await muchToTake();
    await sync();
    const first = people[0];
    if (!first) throw new Error('nobody');
    const { page } = await world.app.grantStatus.list(GUILD, { memberId: toMemberId(first.id), limit: 1 });
    await world.revoke(page[0]?.grant.id ?? '');
    expect(first.person.access).toBeNull();
    expect(people[1]?.person.access).toEqual(['movies', 'shows']);
  });

  it('is not held for three, nor for a fifth', async () => {
    const people = await members(20);
    for (const { person } of people.slice(0, 4)) person.access = ['movies', 'shows'];
    await setPolicy('enforce');
    await sync();
    expect(await held()).toEqual([]);
    expect(people[3]?.person.access).toEqual(['movies']);
  });

  it('holds the adoption of a loss in the same way, and takes it over when it is released', async () => {
    const people = await members(6);
    for (const { person } of people.slice(0, 5)) person.access = null;
    await setPolicy('adopt');
    await syncTwice();
    await sync();
    expect(inEnglish(await held())).toMatchObject([{ run: { detail: expect.stringContaining('5 of 6') } }]);
    expect(await grantsOf(toMemberId(people[0]?.id ?? ''))).toMatchObject([{ state: 'active' }]);
    await decide('release');
    await world.pass(MINUTE);
    for (const { id } of people.slice(0, 5))
      expect(await grantsOf(toMemberId(id))).toMatchObject([{ state: 'ended' }]);
    expect(await grantsOf(toMemberId(people[5]?.id ?? ''))).toMatchObject([{ state: 'active' }]);
  });
});
