/** What changed nothing is no event. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;
const who = { guildId: GUILD, actorId: STAFF } as const;
const ROLE = '600000000000000001';

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

it.each<[string, () => Promise<unknown>]>([
  ['a zone', () => world.app.settings.setZone({ ...who, zone: 'Europe/Berlin' })],
  ['a schedule', () => world.app.settings.setSchedule({ ...who, every: '2h' })],
  ['a language', () => world.app.settings.setLanguage({ ...who, language: 'de' })],
  ['the number of accounts', () => world.app.settings.setMaxAccounts({ ...who, max: 2 })],
  [
    'a right',
    () => world.app.settings.setRole({ ...who, capability: 'auditor', roleId: ROLE, action: 'allow' }),
  ],
  ['a channel', () => world.setChannel('alerts')],
  [
    'a policy',
    () =>
      world.app.serverPolicy.set({ ...who, serverId: tower.server.id, changes: { driftPolicy: 'enforce' } }),
  ],
])('%s that is set to what it is leaves no trace the second time', async (_what, set) => {
  const before = await world.countEvents();
  await set();
  expect(await world.countEvents()).toBe(before + 1);
  await set();
  expect(await world.countEvents()).toBe(before + 1);
});

it('a right that was never set cannot be taken back', async () => {
  const before = await world.countEvents();
  await world.app.settings.setRole({ ...who, capability: 'auditor', roleId: ROLE, action: 'clear' });
  expect(await world.countEvents()).toBe(before);
});

it('a grant that is set to what it is stays as it is, and says so', async () => {
  await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')]);
  const before = await world.countEvents();
  const set = { kind: 'set', until: null, libraryIds: [tower.id('Movies')] } as const;
  const { changed, unchanged } = await world.app.changeGrants.change({
    ...{ ...who, grantIds: [grant.id], reason: null },
    action: set,
  });
  expect(changed).toEqual([]);
  expect(unchanged).toMatchObject([{ message: { key: 'grant.no.same' } }]);
  expect(await world.countEvents()).toBe(before);
});
