import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

const stored = () => world.stores.of(GUILD).servers.find(tower.server.id);
const alerts = async () => (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
const WRONG = expect.stringMatching(/^Another server answered .*until the right one is back\.$/);
const replace = () => {
  tower.fake.identity = 'another';
};

it('E39: another server behind the address stops all writes at once, and staff are told once', async () => {
  const ada = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  const { writes } = tower.fake;
  replace();
  await world.pass(HOUR);
  expect(inEnglish(await stored())).toMatchObject({ status: 'offline', offlineWhy: WRONG });
  expect(await alerts()).toMatchObject([
    { state: 'open', text: expect.stringContaining('Nothing is written there until the right one is back') },
  ]);
  await world.pass(HOUR);
  await world.app.syncServers(GUILD);
  expect([tower.fake.writes, ada.access, await world.grantState(grant.id)]).toEqual([
    writes,
    ['movies'],
    'ending',
  ]);
  expect(await alerts()).toHaveLength(1);
  expect(await world.events('server.offline')).toMatchObject([
    { facts: { server: 'Tower', detail: 'Another server answers.' } },
  ]);

  tower.fake.identity = tower.fake.expectedIdentity;
  await world.pass(HOUR);
  expect([ada.access, await world.grantState(grant.id)]).toEqual([null, 'ended']);
  expect(await world.events('server.online')).toHaveLength(1);
});

it('E39: is told as well when the server was offline before', async () => {
  await world.newAccount(ADA, tower);
  takeDown(tower.fake);
  await world.app.syncServers(GUILD);
  await world.app.syncServers(GUILD);
  expect(await stored()).toMatchObject({ offlineWhy: DOWN.message });
  tower.fake.heal();
  replace();
  await world.app.syncServers(GUILD);
  await world.pass(MINUTE);
  expect(inEnglish(await stored())).toMatchObject({ status: 'offline', offlineWhy: WRONG });
  expect(await alerts()).toHaveLength(1);
});

it('E39: one that at times does not answer at all is still the wrong one, and staff are not told again', async () => {
  replace();
  await world.app.syncServers(GUILD);
  takeDown(tower.fake);
  await world.app.syncServers(GUILD);
  expect(inEnglish((await stored())?.offlineWhy)).toMatch(
    new RegExp(`^Another server .* Now: ${DOWN.message}$`),
  );
  tower.fake.heal();
  await world.app.syncServers(GUILD);
  expect(inEnglish(await stored())).toMatchObject({ status: 'offline', offlineWhy: WRONG });
  expect(await alerts()).toHaveLength(1);
  tower.fake.identity = tower.fake.expectedIdentity;
  await world.app.syncServers(GUILD);
  expect(await stored()).toMatchObject({ status: 'online', offlineWhy: null });
  replace();
  await world.app.syncServers(GUILD);
  // So soon after the last time, it goes on in the same message.
  expect(inEnglish(await alerts())).toMatchObject([
    { state: 'open', text: expect.stringMatching(/^Another server/) },
  ]);
});
