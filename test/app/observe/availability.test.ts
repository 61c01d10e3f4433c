/** In which hours a server answered: noted as it is looked at, and never guessed. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inAll } from '../../../src/domain/availability.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { GUILD } from '../../support/people.ts';
import { DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;
beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const shown = async () => {
  const details = await world.app.manageServer.details(GUILD, tower.server.id);
  return inAll(details?.availability ?? []);
};
const looks = async (count: number) => {
  for (let look = 0; look < count; look += 1) {
    world.clock.advance(HOUR);
    await world.app.syncServers(GUILD);
  }
};

it('counts an hour once, however often it is looked at', async () => {
  await looks(3);
  const before = await shown();
  world.clock.advance(MINUTE);
  await world.app.syncServers(GUILD);
  expect(await shown()).toEqual(before);
  expect(before.away).toBe(0);
  expect(before.looked).toBeGreaterThanOrEqual(3);
});

it('has hours in which it did not answer, and not the one lost connection before', async () => {
  await looks(1);
  const { looked } = await shown();
  world.clock.advance(HOUR);
  takeDown(tower.fake);
  await world.app.syncServers(GUILD);
  expect(await shown()).toMatchObject({ looked, away: 0 });
  await world.app.syncServers(GUILD);
  expect(await shown()).toMatchObject({ looked: looked + 1, away: 1 });
  tower.fake.heal();
  await world.app.syncServers(GUILD);
  expect(await shown()).toMatchObject({ looked: looked + 1, away: 1 });
});

it('knows nothing of hours in which Usher asks it nothing, and of days on which nobody looked', async () => {
  await looks(1);
  const { looked } = await shown();
  world.clock.advance(3 * DAY);
  const why = { ...DOWN, kind: 'blocked' } as const;
  for (const operation of ['readAccess', 'ping', 'listLibraries', 'probe'] as const)
    tower.fake.fail(operation, why, { times: Number.POSITIVE_INFINITY });
  await world.app.syncServers(GUILD);
  await world.app.syncServers(GUILD);
  expect(await shown()).toMatchObject({ looked, away: 0, unknown: 29 });
});

it('goes after five weeks', async () => {
  await looks(1);
  const days = () => world.stores.of(GUILD).servers.listDays('2000-01-01');
  expect(await days()).not.toEqual([]);
  world.clock.advance(37 * DAY);
  await world.app.retention.purge(GUILD);
  expect(await days()).toEqual([]);
});
