import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { toMemberId } from '../../../src/domain/ids.ts';
import { HOUR } from '../../support/moments.ts';
import { GUILD } from '../../support/people.ts';
import { newGrant } from '../../support/rows.ts';
import { type Place, takeDown, World } from '../world.ts';

/** The driver itself: whatever is asked of SQLite is prepared there first. It has no types of its own. */
const Database: { readonly prototype: { prepare(sql: string): unknown } } = createRequire(import.meta.url)(
  'better-sqlite3',
);

let world: World;
beforeEach(async () => {
  world = await World.open();
  await world.setChannel('audit');
});
afterEach(() => world.close());

/** People who have all libraries of a server, and an account there, for an hour. */
async function fill({ fake, server, id }: Place, count: number): Promise<void> {
  const libraryIds = fake.libraries.map(({ name }) => id(name));
  const expiresAt = new Date(world.clock.now().getTime() + HOUR);
  await world.stores.transaction(GUILD, async (tx) => {
    for (let index = 0; index < count; index += 1) {
      const name = `${server.name}-${index}`;
      const memberId = toMemberId(`member-of-${name}`);
      const access = fake.libraries.map(({ externalId }) => externalId);
      const { externalId } = fake.addPerson({ name, access });
      await tx.members.ensure(memberId);
      await tx.accounts.save({ id: name, serverId: server.id, externalId, name, memberId });
      await tx.accounts.setLibraries(name, { seen: libraryIds, given: libraryIds });
      await tx.grants.add(newGrant(`grant-of-${name}`, { memberId, expiresAt, libraryIds }));
    }
  });
}

it.each(['plex', 'jellyfin'] as const)(
  'on %s: a hundred ends at once cost the database hardly more statements than ten',
  async (kind) => {
    const cost = async (count: number) => {
      const place = await world.add(world.build(kind, `${kind}-${count}`, ['One', 'Two', 'Three']));
      await fill(place, count);
      const prepare = vi.spyOn(Database.prototype, 'prepare');
      await world.pass(HOUR + 1);
      const statements = prepare.mock.calls.length;
      prepare.mockRestore();
      const states = await world.stores.of(GUILD).grants.list({ serverId: place.server.id });
      expect(states.filter(({ state }) => state === 'ended')).toHaveLength(count);
      return statements;
    };
    const [few, many] = [await cost(10), await cost(100)];
    expect(few).toBeGreaterThan(10);
    expect(many).toBeLessThan(few + 20);
    expect(await world.events('grant.ended')).toHaveLength(110);
  },
);

it('the first of many are written down while the last are still taken, and the server is read once for each hundred', async () => {
  const place = await world.addTower();
  await fill(place, 250);
  const [read, withdraw] = [vi.spyOn(place.fake, 'readAccess'), place.fake.withdraw.bind(place.fake)];
  const endedBefore: number[] = [];
  let written = 0;
  place.fake.withdraw = async (account) => {
    written += 1;
    if (written % 50 === 0)
      endedBefore.push(await world.stores.of(GUILD).grants.count({ states: ['ended'] }));
    return await withdraw(account);
  };
  world.clock.advance(HOUR + 1);
  await world.app.enforce.guild(GUILD);
  expect(endedBefore).toEqual([0, 0, 100, 100, 200]);
  expect(read).toHaveBeenCalledTimes(1 + 3);
  expect(await world.stores.of(GUILD).grants.count({ states: ['ended'] })).toBe(250);
});

it('a server begins to take what has ended while the rest of thousands are still being moved', async () => {
  const place = await world.addTower();
  await fill(place, 450);
  const withdraw = place.fake.withdraw.bind(place.fake);
  let movedThen = -1;
  place.fake.withdraw = async (account) => {
    if (movedThen < 0) movedThen = await world.stores.of(GUILD).grants.count({ states: ['ending'] });
    return await withdraw(account);
  };
  world.clock.advance(HOUR + 1);
  await world.app.enforce.begin(GUILD);
  await world.app.idle('all');
  await world.app.enforce.guild(GUILD);
  expect(movedThen).toBeGreaterThan(0);
  expect(movedThen).toBeLessThan(450);
  expect(await world.stores.of(GUILD).grants.count({ states: ['ended'] })).toBe(450);
});

it('what waits for a server that is away is not read in the transaction that tells it: others may write meanwhile', async () => {
  const place = await world.addTower();
  await fill(place, 3);
  takeDown(place.fake);
  await world.pass(HOUR + 1);
  await world.pass(HOUR);
  world.clock.advance(HOUR);
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  await world.app.probeOffline(GUILD);
  await world.app.idle('servers');
  const asked = prepare.mock.calls.map(([sql], index) => ({ sql, of: prepare.mock.contexts[index] }));
  prepare.mockRestore();
  const writer = asked.find(({ sql }) => sql === 'BEGIN IMMEDIATE')?.of;
  const reads = asked.filter(({ sql }) => /^SELECT .* FROM `main`\.`Grant`/.test(sql));
  expect(writer).toBeDefined();
  expect(reads.length).toBeGreaterThan(0);
  expect(reads.filter(({ of }) => of === writer)).toEqual([]);
});
