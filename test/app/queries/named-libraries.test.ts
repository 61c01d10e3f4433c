import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stores } from '../../../src/app/ports/stores.ts';
import { makeNamedLibraries } from '../../../src/app/queries/named-libraries.ts';
import { GUILD, OTHER_GUILD } from '../../support/people.ts';
import { World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await World.open();
  await world.add(world.build('plex', 'Tower', ['Movies']));
});
afterAll(() => world.close());

/** The stores, and how often all libraries were read from them. */
function watched() {
  const reads: string[] = [];
  const stores: Stores = {
    ...world.stores,
    of(guildId) {
      const all = world.stores.of(guildId);
      const list = (serverId?: string) => {
        reads.push(guildId);
        return all.libraries.list(serverId);
      };
      return { ...all, libraries: { ...all.libraries, list } };
    },
  };
  return { stores, reads };
}

it('names are read once, however many type at the same time, until one changes', async () => {
  const { stores, reads } = watched();
  const namedLibraries = makeNamedLibraries({ stores });
  const names = async () => (await namedLibraries(GUILD)).all.map(({ name }) => name);
  const [first] = await Promise.all(Array.from({ length: 20 }, names));
  expect(first).toEqual(['Tower · Movies']);
  expect(await names()).toEqual(['Tower · Movies']);
  expect(reads).toHaveLength(1);

  const [tower] = await world.stores.of(GUILD).servers.list();
  await world.stores.transaction(GUILD, (tx) => tx.servers.update(tower?.id ?? '', { name: 'Den' }));
  expect(await names()).toEqual(['Den · Movies']);
  expect(await namedLibraries(OTHER_GUILD)).toMatchObject({ all: [] });
  expect(await names()).toEqual(['Den · Movies']);
  expect(reads).toEqual([GUILD, GUILD, OTHER_GUILD]);
});

it('a reading that fails is not kept', async () => {
  const { stores, reads } = watched();
  const failing: Stores = {
    ...stores,
    of(guildId) {
      const all = stores.of(guildId);
      const list = async () => {
        if (reads.push(guildId) === 1) throw new Error('the disk is gone');
        return await all.libraries.list();
      };
      return { ...all, libraries: { ...all.libraries, list } };
    },
  };
  const namedLibraries = makeNamedLibraries({ stores: failing });
  await expect(namedLibraries(GUILD)).rejects.toThrow('the disk is gone');
  expect((await namedLibraries(GUILD)).all).toHaveLength(1);
});

it('two libraries of one name on one server are told apart, and their name alone is asked about', async () => {
  const house = await World.open();
  const place = await house.add(house.build('plex', 'Attic', ['Kids', 'Other']));
  const [, other] = await house.stores.of(GUILD).libraries.list(place.server.id);
  await house.stores.transaction(GUILD, (tx) =>
    tx.libraries.update(other?.id ?? '', { name: 'Kids', type: 'shows' }),
  );
  const { autocomplete } = house.app;
  const found = await autocomplete.pickLibraries(GUILD, 'Attic · Kids');
  if (found.kind !== 'unclear' || found.picked.kind !== 'several') throw new Error('it was not asked');
  const names = found.picked.items.map(({ name }) => name);
  expect(names).toEqual(['Attic · Kids (movies)', 'Attic · Kids (shows)']);
  for (const name of names)
    expect(await autocomplete.pickLibraries(GUILD, name)).toMatchObject({ kind: 'all', items: [{ name }] });
  await house.close();
});
