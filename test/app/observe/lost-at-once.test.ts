/** Members who vanish from a server all at once are one event, told once, under every drift policy. Case P05. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DriftPolicy } from '../../../src/domain/model.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { MINUTE } from '../../support/moments.ts';
import { GUILD, memberAt } from '../../support/people.ts';
import { ALERTS, type Place, World } from '../world.ts';

const MEMBERS = [0, 1, 2, 3, 4].map(memberAt);
let world: World;
let tower: Place;
let people: FakePerson[];

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
  people = [];
  for (const member of MEMBERS) {
    people.push(await world.newAccount(member, tower));
    await world.grant(member, [tower.id('Movies')]);
  }
});
afterEach(() => world.close());

const lose = (count: number) => {
  for (const person of people.slice(0, count)) person.access = null;
  tower.fake.acceptsAtOnce = false;
};
const sync = () => world.app.syncServers(GUILD, [tower.server.id]);
const told = async () =>
  (await world.owed(ALERTS)).flatMap((each) =>
    each.kind === 'alert' && / at once\. Was it claimed anew/.test(each.text) ? [each.text] : [],
  );

it.each<[DriftPolicy, RegExp]>([
  ['report', /Nothing is done about it.*set the drift policy to enforce/],
  ['enforce', /given it again, and have to accept/],
  ['adopt', /an admin is asked first/],
])('with drift policy %s', async (driftPolicy, says) => {
  await world.stores.transaction(GUILD, (tx) => tx.servers.update(tower.server.id, { driftPolicy }));
  lose(5);
  for (let look = 1; look <= 2; look += 1) await sync();
  await world.pass(MINUTE);
  expect(await told()).toEqual([expect.stringMatching(/^Tower lost all 5 shares of members at once/)]);
  expect((await told())[0]).toMatch(says);
});

it('enforce: an invitation is not called put back, and each member is told to accept again', async () => {
  const driftPolicy = 'enforce';
  await world.stores.transaction(GUILD, (tx) => tx.servers.update(tower.server.id, { driftPolicy }));
  lose(5);
  await sync();
  await world.pass(MINUTE);
  const details = (await world.events('drift.corrected')).map(({ facts }) => facts.detail);
  expect(details).toHaveLength(5);
  for (const detail of details) expect(detail).toMatch(/invited again, and waits to be accepted/);
  for (const member of MEMBERS)
    expect(JSON.stringify(await world.owed(member))).toContain('You are invited to Tower now');
});

it.each([
  [4, 1],
  [1, 0],
])('%i of 5: %i alerts', async (count, alerts) => {
  lose(count);
  await sync();
  expect(await told()).toHaveLength(alerts);
});

it('what Usher itself has taken is no loss', async () => {
  for (const { id } of await world.stores.of(GUILD).grants.list({})) await world.revoke(id);
  await sync();
  expect(await told()).toEqual([]);
});
