/** Changes that others make on a media server between our readings: never undone, always reported (rules 3 and 5). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { DOWN, type Place, World, whileRead } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const syncTower = () => world.app.syncServers(GUILD, [tower.server.id]);

it('a library that was added and shared by the owner since the last sync survives the end of a grant', async () => {
  const person = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')], { ms: MINUTE });
  tower.fake.addLibrary('Family Films');
  person.access = ['movies', 'family films'];
  await world.pass(MINUTE);
  expect(person.access).toEqual(['family films']);
  expect(await world.events('grant.ended')).toHaveLength(1);
});

it('is audited by whoever sees it first, also by a pass, and once', async () => {
  const person = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  person.access = ['movies', 'shows'];
  await world.grant(ADA, [tower.id('Music')]);
  expect(new Set(person.access)).toEqual(new Set(['movies', 'shows', 'music']));
  const [found, ...more] = await world.events('drift.found');
  expect(inEnglish(found?.facts)).toMatchObject({
    server: 'Tower',
    libraries: ['Shows'],
    added: ['Shows'],
    detail: 'left as it is',
  });
  await syncTower();
  expect(more).toEqual([]);
  expect(await world.events('drift.found')).toHaveLength(1);
});

it('what others had given and take again is given by Usher where a grant names it', async () => {
  const person = await world.newAccount(ADA, tower);
  person.access = ['movies', 'music'];
  await syncTower();
  await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  person.access = [];
  await syncTower();
  await world.pass(0);
  expect(person.access).toEqual(['movies']);
  await world.pass(HOUR);
  expect(person.access).toBeNull();
});

it.each([0, 1])(
  'a library that went and came back is given again to who is granted it (%i)',
  async (looks) => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')]);
    const index = tower.fake.libraries.findIndex(({ name }) => name === 'Movies');
    const [movies] = tower.fake.libraries.splice(index, 1);
    person.access = ['shows'];
    await syncTower();
    for (let look = 0; look < looks; look += 1) {
      await world.pass(10 * MINUTE);
      await syncTower();
    }
    expect(await world.events('library.gone')).toHaveLength(looks);
    await world.pass(MINUTE);
    expect(person.access).toEqual(['shows']);

    if (movies) tower.fake.libraries.push(movies);
    await syncTower();
    await world.pass(0);
    expect(new Set(person.access)).toEqual(new Set(['shows', 'movies']));
  },
);

it('what a run of ours took and could not note any more is no change by others', async () => {
  const person = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')]);
  // The share is removed, but the reading that would confirm it fails.
  whileRead(tower.fake, async () => tower.fake.fail('readAccess', DOWN));
  await world.revoke(grant.id);
  expect([person.access, await world.grantState(grant.id)]).toEqual([null, 'ending']);
  await world.grant(ADA, [tower.id('Shows')]);
  expect([person.access, await world.grantState(grant.id)]).toEqual([['shows'], 'ended']);
  expect(await world.events('drift.found')).toEqual([]);
});
