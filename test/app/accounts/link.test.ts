import { afterEach, beforeEach, expect, it } from 'vitest';
import { linkAccount } from '../../../src/app/accounts/link.ts';
import type { MemberId } from '../../../src/domain/ids.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR } from '../../support/moments.ts';
import { ADA, BEN, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

async function link(memberId: MemberId, { externalId, name, emailMasked }: FakePerson) {
  const reading = await tower.fake.readAccess({ of: [externalId] });
  if (reading.kind === 'unknown') throw new Error('not read');
  const { server } = tower;
  return await world.stores.transaction(GUILD, (tx) =>
    linkAccount(
      world.deps,
      tx,
      { server, memberId, externalId, name, emailMasked, seen: reading.value.accounts[0], elsewhere: [] },
      world.clock.now(),
    ),
  );
}

const grants = async () =>
  (await world.app.grantStatus.list(GUILD, { limit: 10 })).page.map(({ grant }) => grant);

it('imports what the account has as a grant without an end, and writes nothing to the server', async () => {
  const person = tower.fake.addPerson({ name: 'ada', access: ['movies', 'music'] });
  const before = await world.countEvents();
  expect(await link(ADA, person)).toBe('linked');
  await world.pass(0);
  expect(await grants()).toMatchObject([
    { memberId: ADA, source: 'imported', state: 'active', expiresAt: null, createdById: ADA },
  ]);
  expect((await grants())[0]?.libraryIds.toSorted()).toEqual(
    [tower.id('Movies'), tower.id('Music')].toSorted(),
  );
  expect(await world.actions(before)).toEqual(['member.imported', 'grant.created']);
  expect(tower.fake.writes).toBe(0);
  expect(person.access).toEqual(['movies', 'music']);
});

it('imports everything of an account that sees all libraries, and leaves it so', async () => {
  const person = tower.fake.addPerson({ name: 'ada', access: 'all' });
  await link(ADA, person);
  await world.pass(0);
  expect((await grants())[0]?.libraryIds).toHaveLength(3);
  expect(person.access).toBe('all');
  expect(tower.fake.writes).toBe(0);
});

it('makes no grant for an account that has nothing', async () => {
  expect(await link(ADA, tower.fake.addPerson({ name: 'ada' }))).toBe('linked');
  expect(await grants()).toEqual([]);
});

it('takes over the row of an account that was observed', async () => {
  const person = tower.fake.addPerson({ name: 'ada', access: ['movies'] });
  await world.app.syncServers(GUILD);
  await link(ADA, person);
  const accounts = await world.stores.of(GUILD).accounts.list();
  expect(accounts).toMatchObject([{ externalId: person.externalId, memberId: ADA }]);
});

it('twice does nothing the second time', async () => {
  const person = tower.fake.addPerson({ name: 'ada', access: ['movies'] });
  await link(ADA, person);
  const before = await world.countEvents();
  expect(await link(ADA, person)).toBe('already');
  expect(await world.countEvents()).toBe(before);
  expect(await grants()).toHaveLength(1);
});

it('does not wait for a grant to be applied: what is granted comes with the link', async () => {
  const person = tower.fake.addPerson({ name: 'ada' });
  await world.grant(ADA, [tower.id('Shows')]);
  await link(ADA, person);
  await world.pass(0);
  expect(person.access).toEqual(['shows']);
});

it('keeps what was there when the grant beside it ends', async () => {
  const person = tower.fake.addPerson({ name: 'ada', access: ['movies'] });
  await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')], { ms: HOUR });
  await link(ADA, person);
  await world.pass(0);
  expect(person.access).toEqual(['movies', 'shows']);
  await world.pass(HOUR);
  expect(person.access).toEqual(['movies']);
});

it.each<[string, () => Promise<FakePerson>, string]>([
  [
    'the account of another member',
    async () => {
      const person = tower.fake.addPerson({ name: 'ben', access: ['movies'] });
      await link(BEN, person);
      return person;
    },
    'somebody-elses',
  ],
  [
    'a protected account',
    async () => tower.fake.addPerson({ name: 'kid', access: ['movies'], protection: 'managed' }),
    'managed',
  ],
  [
    'an account that was seen to be protected',
    async () => {
      const person = tower.fake.addPerson({ name: 'kid', access: ['movies'], protection: 'home' });
      await world.app.syncServers(GUILD);
      tower.fake.people.delete(person.externalId);
      return person;
    },
    'home',
  ],
  [
    'the owner of the server',
    async () => ({ ...tower.fake.addPerson({ name: 'boss' }), externalId: '1' }),
    'owner',
  ],
])('refuses %s, and changes nothing', async (_name, who, outcome) => {
  const person = await who();
  const [events, made, accounts] = [
    await world.countEvents(),
    await grants(),
    await world.stores.of(GUILD).accounts.list(),
  ];
  expect(inEnglish(await link(ADA, person))).toBe(outcome);
  expect(inEnglish(await world.countEvents())).toBe(events);
  expect(inEnglish(await grants())).toEqual(made);
  expect(inEnglish(await world.stores.of(GUILD).accounts.list())).toEqual(accounts);
});
