import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GuildId } from '../../../src/domain/ids.ts';
import { DAY, HOUR } from '../../support/moments.ts';
import { GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

const alerts = async () => (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
const looks = () => tower.fake.calls.filter((call) => call === 'findRemovedEndpoints').length;
async function syncAfter(ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.app.scheduledSync(GUILD);
}

it('endpoints are asked once a day, and one that is gone is told once', async () => {
  await syncAfter(HOUR);
  await syncAfter(HOUR);
  expect([looks(), await alerts()]).toEqual([1, []]);
  tower.fake.removedEndpoints = ['clients /api/v2/shared_servers (410)'];
  await syncAfter(DAY);
  expect(await alerts()).toMatchObject([{ text: expect.stringContaining('/api/v2/shared\\_servers (410)') }]);
  await syncAfter(DAY);
  expect([looks(), (await alerts()).length]).toEqual([3, 1]);
  tower.fake.removedEndpoints = [];
  await syncAfter(DAY);
  tower.fake.removedEndpoints = ['clients /api/v2/shared_servers (410)'];
  await syncAfter(DAY);
  expect((await alerts()).length).toBe(2);
});

it('what was noted goes with the server, and is nobody else’s', async () => {
  const other = await world.add(tower.fake, OTHER_GUILD);
  tower.fake.removedEndpoints = ['clients /api/v2/shared_servers (410)'];
  await syncAfter(HOUR);
  expect([looks(), (await alerts()).length]).toEqual([1, 1]);
  const lookOf = async (guildId: GuildId, serverId: string) =>
    await world.stores.of(guildId).servers.findEndpointLook(serverId);
  expect(await lookOf(OTHER_GUILD, tower.server.id)).toBeUndefined();
  // The other guild is told for itself.
  await world.app.scheduledSync(OTHER_GUILD);
  expect(looks()).toBe(2);
  await world.app.removeServer.remove(GUILD, STAFF, tower.server.id);
  expect(await lookOf(GUILD, tower.server.id)).toBeUndefined();
  expect(await lookOf(OTHER_GUILD, other.server.id)).toMatchObject({ removed: tower.fake.removedEndpoints });
});

it('a server that does not answer says nothing about its endpoints', async () => {
  tower.fake.fail('findRemovedEndpoints', DOWN);
  await syncAfter(HOUR);
  expect([looks(), await alerts()]).toEqual([1, []]);
  await syncAfter(HOUR);
  expect(looks()).toBe(2);
  takeDown(tower.fake);
  await syncAfter(DAY);
  expect(await alerts()).toEqual([]);
});
