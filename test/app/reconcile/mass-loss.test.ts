import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemberId } from '../../../src/domain/ids.ts';
import type { DriftPolicy } from '../../../src/domain/model.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { MINUTE } from '../../support/moments.ts';
import { GUILD, memberAt, STAFF } from '../../support/people.ts';
import { ALERTS, applicationsOf, type Place, World } from '../world.ts';

const MANY = 6;

interface Lost {
  readonly memberId: MemberId;
  readonly person: FakePerson;
}

let world: World;
let place: Place;
let all: readonly Lost[];

const setPolicy = (driftPolicy: DriftPolicy) =>
  world.stores.transaction(GUILD, (tx) => tx.servers.update(place.server.id, { driftPolicy }));
const sync = async () => {
  await world.app.syncServers(GUILD);
  await world.pass(1);
};
const alerts = async () => (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
const held = async () => await world.app.heldRuns.list(GUILD);
const decide = async (what: 'release' | 'dismiss') => {
  const [one] = await held();
  return await world.app.heldRuns[what]({ guildId: GUILD, actorId: STAFF, heldRunId: one?.run.id ?? '' });
};
const standings = async () =>
  (await world.app.grantStatus.list(GUILD, { limit: 99 })).page.map(
    (standing) => Object.values(applicationsOf(standing))[0],
  );

async function members(library: string): Promise<readonly Lost[]> {
  const made: Lost[] = [];
  for (let n = 0; n < MANY; n += 1) {
    const memberId = memberAt(n);
    const person = await world.newAccount(memberId, place);
    await world.grant(memberId, [place.id(library)]);
    made.push({ memberId, person });
  }
  return made;
}

beforeEach(async () => {
  world = await World.open();
  await world.setChannel('alerts');
});
afterEach(async () => await world.close());

describe('a server of a vendor that loses all of its shares at once', () => {
  beforeEach(async () => {
    place = await world.addTower();
    all = await members('Movies');
    await world.pass(10 * MINUTE);
  });
  const lose = () => {
    for (const { person } of all) person.access = null;
  };

  it.each(['report', 'enforce', 'adopt'] as const)(
    'is one event and one question, with policy %s',
    async (policy) => {
      await setPolicy(policy);
      lose();
      const before = await world.countEvents();
      const { writes } = place.fake;
      for (let look = 0; look < 4; look += 1) {
        await sync();
        await world.pass(10 * MINUTE);
      }
      expect((await world.events()).slice(before)).toMatchObject([
        { action: 'access.held', facts: { detail: expect.stringContaining('6 of 6 managed accounts') } },
      ]);
      expect(await alerts()).toMatchObject([
        { heldRun: (await held())[0]?.run.id, text: expect.stringContaining('Nothing is done about it yet') },
      ]);
      expect(place.fake.writes).toBe(writes);
      expect(await standings()).toEqual(Array.from({ length: MANY }, () => 'changed-there'));
    },
  );

  it.each(['report', 'enforce'] as const)(
    'is given again when an admin releases it, with policy %s',
    async (policy) => {
      await setPolicy(policy);
      place.fake.acceptsAtOnce = false;
      lose();
      await sync();
      expect(await decide('release')).toMatchObject({ kind: 'decided' });
      for (const { person } of all) expect(person).toMatchObject({ access: ['movies'], pending: true });
      expect(await standings()).toEqual(Array.from({ length: MANY }, () => 'invited'));
      // An invitation is no access.
      const said = (await world.events('drift.corrected')).map(({ facts }) => facts.detail);
      expect(said.filter((detail) => detail?.includes('seen on'))).toEqual([]);
    },
  );

  it('leaves the grants when it is released with policy adopt', async () => {
    await setPolicy('adopt');
    lose();
    await sync();
    await decide('release');
    await world.pass(MINUTE);
    const states = (await world.app.grantStatus.list(GUILD, { limit: 99 })).page.map(
      ({ grant }) => grant.state,
    );
    expect(states).toEqual(Array.from({ length: MANY }, () => 'ended'));
  });

  it('stays as it is when an admin dismisses it, and is not asked again', async () => {
    await setPolicy('enforce');
    lose();
    await sync();
    await decide('dismiss');
    const { writes } = place.fake;
    await sync();
    await world.pass(10 * MINUTE);
    await sync();
    expect(place.fake.writes).toBe(writes);
    expect(await held()).toEqual([]);
    expect(await alerts()).toHaveLength(1);
  });

  it('closes the question itself when the next list has them again: one list was short', async () => {
    lose();
    await sync();
    for (const { person } of all) person.access = ['movies'];
    await sync();
    expect(await held()).toEqual([]);
    expect((await world.events('access.held')).at(-1)).toMatchObject({
      actorId: null,
      facts: { how: 'settled' },
    });
    expect(await standings()).toEqual(Array.from({ length: MANY }, () => 'applied'));
  });

  it('is told one by one when it is three', async () => {
    for (const { person } of all.slice(0, 3)) person.access = null;
    await sync();
    expect(await held()).toEqual([]);
    expect(await world.events('drift.found')).toHaveLength(3);
  });

  it('does not keep a command from giving to one of them', async () => {
    lose();
    await sync();
    await world.grant(memberAt(0), [place.id('Shows')]);
    expect(all[0]?.person.access).toEqual(['shows']);
    expect(await held()).toHaveLength(1);
  });
});

describe('a server that loses all of its own accounts at once', () => {
  beforeEach(async () => {
    place = await world.addDen();
    all = await members('Films');
    await world.pass(10 * MINUTE);
  });
  const lose = () => {
    for (const { person } of all) place.fake.people.delete(person.externalId);
  };
  const linked = async () =>
    (await world.stores.of(GUILD).accounts.list({ serverId: place.server.id })).filter(
      ({ memberId }) => memberId !== null,
    );

  it.each(['report', 'enforce', 'adopt'] as const)(
    'is one event and one question, with policy %s',
    async (policy) => {
      await setPolicy(policy);
      lose();
      const before = await world.countEvents();
      for (let look = 0; look < 4; look += 1) {
        await sync();
        await world.pass(10 * MINUTE);
      }
      expect(await world.actions(before)).toEqual(['access.held']);
      expect(await alerts()).toHaveLength(1);
      expect(await linked()).toHaveLength(MANY);
      expect(await standings()).toEqual(Array.from({ length: MANY }, () => 'account-missing'));
    },
  );

  it('ends the links when an admin releases it', async () => {
    lose();
    await sync();
    await decide('release');
    expect(await linked()).toEqual([]);
    expect(await standings()).toEqual(Array.from({ length: MANY }, () => 'no-account'));
  });

  it('keeps the links when an admin dismisses it, and is not asked again', async () => {
    lose();
    await sync();
    await decide('dismiss');
    for (let look = 0; look < 3; look += 1) {
      await sync();
      await world.pass(10 * MINUTE);
    }
    expect(await linked()).toHaveLength(MANY);
    expect(await held()).toEqual([]);
    expect(await alerts()).toHaveLength(1);
    expect(await world.app.jobRuns.overdue(GUILD)).toEqual([]);
  });

  it('ends what is revoked meanwhile: nothing is there', async () => {
    lose();
    await sync();
    await world.pass(10 * MINUTE);
    const [standing] = (await world.app.grantStatus.list(GUILD, { limit: 99 })).page;
    await world.revoke(standing?.grant.id ?? '');
    await world.pass(10 * MINUTE);
    await world.pass(10 * MINUTE);
    expect(await world.grantState(standing?.grant.id ?? '')).toBe('ended');
    expect(await linked()).toHaveLength(MANY);
  });

  it('is as before when the database is restored once more', async () => {
    lose();
    await sync();
    await world.pass(10 * MINUTE);
    await sync();
    for (const { person } of all) place.fake.people.set(person.externalId, person);
    await sync();
    await sync();
    expect(await held()).toEqual([]);
    expect(await standings()).toEqual(Array.from({ length: MANY }, () => 'applied'));
  });
});
