import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { toMemberId } from '../../../src/domain/ids.ts';
import { HOUR } from '../../support/moments.ts';
import { GUILD } from '../../support/people.ts';
import { newGrant } from '../../support/rows.ts';
import { type Place, World } from '../world.ts';

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
