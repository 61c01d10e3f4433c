import { afterEach, beforeEach, expect, it } from 'vitest';
import { grantText } from '../../../src/adapters/discord/views/grants.ts';
import { MINUTE } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { said } from '../../support/said.ts';
import { applicationsOf, type Place, World } from '../world.ts';

/** Case P19: a library was made anew on the server, with another id. */
let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(async () => await world.close());

const remake = async () => {
  const index = tower.fake.libraries.findIndex(({ name }) => name === 'Music');
  tower.fake.libraries.splice(index, 1);
  tower.fake.addLibrary('Music', { externalId: 'music-2' });
  for (const person of tower.fake.people.values())
    if (Array.isArray(person.access)) person.access = person.access.filter((id) => id !== 'music');
  await world.app.syncServers(GUILD);
};

it.each([0, 11 * MINUTE])('is nobody’s doing for grants of the old one, %i ms later', async (ms) => {
  const person = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Music'), tower.id('Movies')]);
  await remake();
  world.clock.advance(ms);
  await world.app.syncServers(GUILD);
  const second = await world.grant(ADA, [tower.id('Music'), tower.id('Shows')]);
  expect(person.access).toEqual(['movies', 'shows']);
  expect(applicationsOf(second)).toEqual({ Tower: 'applied' });
  const text = said(grantText(second, 'member'));
  expect(text).toContain('Music is not on Tower at the moment');
  expect(text).toContain('Music (not there now)');
  expect(text).not.toContain('somebody changed');
  const third = await world.grant(ADA, [tower.id('Music')]);
  expect(applicationsOf(third)).toEqual({ Tower: 'not-listed' });
  expect(await world.events('drift.found')).toEqual([]);
  expect(await world.app.why(GUILD, ADA, tower.id('Music'))).toMatchObject({ next: { kind: 'gone' } });
});

it('can be told apart from the old one while it is not known whether that is gone', async () => {
  await remake();
  const offered = await world.app.autocomplete.completeLibraries(GUILD, 'music');
  expect(offered.map(({ name }) => name).toSorted()).toEqual([
    'Tower · Music (movies, music) (not there now)',
    'Tower · Music (movies, music-2)',
  ]);
});
