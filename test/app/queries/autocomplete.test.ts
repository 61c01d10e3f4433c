import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GUILD, STAFF } from '../../support/people.ts';
import { type Place, World } from '../world.ts';

const NAMES = [
  'Movies',
  '4K',
  'Movies, 4K',
  'Reality / Talk / Documentary TV',
  'TV · Kids',
  'Movies: US',
  'Anime - Dub',
];

let world: World;
let tower: Place;

beforeAll(async () => {
  world = await World.open();
  tower = await world.add(world.build('plex', 'Tower', NAMES));
});
afterAll(() => world.close());

const picked = async (typed: string) => {
  const answer = await world.app.autocomplete.pickLibraries(GUILD, typed);
  return answer.kind === 'all' ? answer.items.map(({ name }) => name) : answer.kind;
};

describe('a library is understood as people write it', () => {
  let house: World;
  beforeAll(async () => {
    house = await World.open();
    for (const name of ['Attic', 'Tower'])
      await house.add(house.build('plex', name, ['Movies', 'Movies 4K', 'Kids, Teens', 'Anime']));
  });
  afterAll(() => house.close());

  const read = async (typed: string) => {
    const answer = await house.app.autocomplete.pickLibraries(GUILD, typed);
    if (answer.kind === 'all') return answer.items.map(({ name }) => name);
    if (answer.kind !== 'unclear') return answer.kind;
    const { picked: unclear } = answer;
    const items = unclear.kind === 'several' ? unclear.items : (unclear.near ?? []);
    return [unclear.kind, ...items.map(({ name }) => name)];
  };

  it.each([
    ['Attic Movies', ['Attic · Movies']],
    ['attic - movies', ['Attic · Movies']],
    ['Attic/Movies', ['Attic · Movies']],
    ['movies@attic', ['Attic · Movies']],
    ['Movies @ Attic', ['Attic · Movies']],
    ['movies attic', ['Attic · Movies']],
    ['Movies (Attic)', ['Attic · Movies']],
    ['movies@tower, anime@attic', ['Tower · Movies', 'Attic · Anime']],
    ['kids, teens@attic', ['Attic · Kids, Teens']],
    ['attic movies 4', ['Attic · Movies 4K']],
    ['att mov', ['none', 'Attic · Movies', 'Attic · Movies 4K']],
    ['movies', ['several', 'Attic · Movies', 'Tower · Movies']],
    ['anime', ['several', 'Attic · Anime', 'Tower · Anime']],
    ['moveis@attic', ['none', 'Attic · Movies']],
    ['4k tower', ['none', 'Tower · Movies 4K']],
  ])('“%s”', async (typed, expected) => {
    expect(await read(typed)).toEqual(expected);
  });

  it('is offered of the server that was named', async () => {
    const attic = await house.app.autocomplete.pickServer(GUILD, 'Attic');
    const serverId = attic.kind === 'one' ? attic.item.id : '';
    const offered = await house.app.autocomplete.completeLibraries(GUILD, 'mov', serverId);
    expect(offered.map(({ name }) => name)).toEqual(['Attic · Movies', 'Attic · Movies 4K']);
  });
});

describe('libraries with commas', () => {
  it.each([
    ['Tower · Movies, 4K', ['Tower · Movies, 4K']],
    ['Movies, 4K', ['Tower · Movies, 4K']],
    ['4K, Movies', ['Tower · 4K', 'Tower · Movies']],
    ['Movies, 4', 'ambiguous'],
  ])('“%s”', async (typed, expected) => {
    expect(await picked(typed)).toEqual(expected);
  });

  it.each(['Movies, 4', '4', 'Movies, ', 'TV · Kids, mov', 'Movies: US, Anime - Dub, Reality', '“Movies, 4'])(
    'every completion of “%s” gives exactly what it shows',
    async (typed) => {
      const offers = await world.app.autocomplete.completeLibraryList(GUILD, typed);
      expect(offers.length).toBeGreaterThan(0);
      for (const { name, value } of offers) {
        expect(value.length).toBeLessThanOrEqual(100);
        const meant = await picked(value);
        // What is shown is what is meant, and typing on after a choice goes on from that.
        expect(await picked(name)).toEqual(meant);
        for (const each of meant) expect(name).toContain(each);
      }
    },
  );

  it('goes on in a list that is longer than Discord sends: with ids', async () => {
    const before = ['Reality / Talk / Documentary TV', 'Anime - Dub', 'Movies: US', 'TV · Kids', '4K'];
    const typed = `${before.join(', ')}, Tower · Movies, 4`;
    const [offer] = await world.app.autocomplete.completeLibraryList(GUILD, typed);
    expect(await picked(offer?.value ?? '')).toEqual(
      [...before, 'Movies, 4K'].map((name) => `Tower · ${name}`),
    );
    expect(offer?.value.length).toBeLessThanOrEqual(100);
    expect(offer?.name).toContain('Tower · Movies, 4K');
    expect(await picked(offer?.name ?? '')).toEqual(await picked(offer?.value ?? ''));
  });

  it('goes on behind a name that two servers have: with each of them', async () => {
    const offers = await world.app.autocomplete.completeLibraryList(GUILD, '4K, ani');
    expect(offers.map(({ name }) => name)).toEqual(['Tower · 4K, Tower · Anime - Dub']);
    const den = await world.add(world.build('jellyfin', 'Den', ['4K']));
    expect(await picked('4K, ani')).toBe('unclear');
    const both = await world.app.autocomplete.completeLibraryList(GUILD, '4K, ani');
    expect(both.map(({ name }) => name)).toEqual([
      'Den · 4K, Tower · Anime - Dub',
      'Tower · 4K, Tower · Anime - Dub',
    ]);
    await world.app.removeServer.remove(GUILD, STAFF, den.server.id);
  });

  it('a library that is gone keeps its name, and is not taken for two others', async () => {
    const id = tower.id('Movies, 4K');
    await world.stores.transaction(GUILD, (tx) => tx.libraries.update(id, { goneAt: world.clock.now() }));
    expect(await picked('Movies, 4K')).toBe('gone');
    expect(await picked('Tower · Movies, Tower · 4K')).toEqual(['Tower · Movies', 'Tower · 4K']);
    const offers = await world.app.autocomplete.completeLibraryList(GUILD, 'Movies, 4');
    expect(offers.map(({ name }) => name)).not.toContain('Tower · Movies, 4K');
    await world.stores.transaction(GUILD, (tx) => tx.libraries.update(id, { goneAt: null }));
  });
});

describe('zones of a guild', () => {
  it.each([
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['europe/kyiv', 'Europe/Kyiv'],
    ['CET', 'CET'],
    ['Etc/UTC', 'Etc/UTC'],
    ['Berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['Munich', 'Europe/Berlin'],
    ['Österreich', 'Europe/Vienna'],
    ['Thailand', 'Asia/Bangkok'],
    ['Germany', 'Europe/Berlin'],
    ['Deutschland', 'Europe/Berlin'],
    ['India', 'Asia/Kolkata'],
    // Its old name leads to the new one.
    ['kiev', 'Europe/Kyiv'],
  ])('%s is saved as %s', async (typed, zone) => {
    const saved = await world.app.settings.setZone({ guildId: GUILD, actorId: STAFF, zone: typed });
    expect(saved).toMatchObject({ kind: 'saved', zone });
    expect((await world.app.settings.get(GUILD)).zone).toBe(zone);
  });

  it('asks which of several was meant, and what is none', async () => {
    const set = (zone: string) => world.app.settings.setZone({ guildId: GUILD, actorId: STAFF, zone });
    const usa = await set('usa');
    expect(usa).toMatchObject({ kind: 'problem', message: { key: 'typing.zone.several' } });
    const readings = usa.kind === 'problem' ? (usa.unclear?.readings ?? []) : [];
    expect(readings.map(({ text }) => text)).toContain('America/Chicago');
    for (const { text } of readings) expect(await set(text)).toMatchObject({ kind: 'saved', zone: text });
    expect(await set('Atlantis')).toEqual({
      kind: 'problem',
      message: { key: 'typing.zone.none', values: { typed: 'Atlantis' } },
    });
  });
});
