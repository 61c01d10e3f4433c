/** What an account is keeps Usher from giving it anything: said at once, and what was given is taken. Case P16. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MINUTE } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, type Place, World } from '../world.ts';

let world: World;
let tower: Place;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  [tower, den] = [await world.addTower(), await world.addDen()];
  await world.setChannel('alerts');
});
afterEach(() => world.close());

const alerts = async (): Promise<string> => JSON.stringify(await world.owed(ALERTS));
const found = async () => (await world.events('drift.found')).map(({ facts }) => facts.detail);

it.each(['home', 'managed'] as const)(
  'who becomes protected (%s) while granted is said once, and loses at the end what Usher gave',
  async (protection) => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 60 * MINUTE });
    person.protection = protection;
    await world.app.syncServers(GUILD, [tower.server.id]);
    await world.app.syncServers(GUILD, [tower.server.id]);
    expect(await found()).toEqual([expect.stringMatching(/takes what it gave at its end/)]);
    expect(await alerts()).toContain('Plex Home');
    expect((await world.account(ADA, tower.server.id)).protection).toBe(protection);
    await world.pass(60 * MINUTE);
    expect([person.access, await world.grantState(grant.id)]).toEqual([null, 'ended']);
    expect(await world.events('grant.overdue')).toEqual([]);
  },
);

it('a pass that finds it says it too, and takes what has ended beside what others gave', async () => {
  const person = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 60 * MINUTE });
  person.access = ['movies', 'shows'];
  person.protection = 'home';
  await world.pass(60 * MINUTE);
  expect([person.access, await world.grantState(grant.id)]).toEqual([['shows'], 'ended']);
  expect(await found()).toContainEqual(expect.stringContaining('Plex Home'));
});

it('a grant gives nothing to it: a person is asked, with the reason, and nothing claims to be tried', async () => {
  const person = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  person.protection = 'home';
  tower.fake.writes = 0;
  await world.grant(ADA, [tower.id('Shows')]);
  expect([person.access, tower.fake.writes]).toEqual([['movies'], 0]);
  expect(inEnglish(await world.account(ADA, tower.server.id))).toMatchObject({
    refused: true,
    trouble: expect.stringContaining("in the Plex Home of the server's owner"),
  });
  expect(inEnglish(await alerts())).toContain('is given nothing by Usher');
});

it('an administrator sees everything: the end is not said to be done, nor to be tried, and is when they are none', async () => {
  const person = await world.newAccount(ADA, den);
  const { grant } = await world.grant(ADA, [den.id('Films')], { ms: 60 * MINUTE });
  Object.assign(person, { protection: 'administrator', access: 'all' });
  den.fake.writes = 0;
  await world.pass(60 * MINUTE);
  expect([den.fake.writes, await world.grantState(grant.id)]).toEqual([0, 'ending']);
  const [overdue] = await world.events('grant.overdue');
  expect(inEnglish(overdue?.facts.detail)).toMatch(/is an administrator of the server, and sees everything/);
  expect(inEnglish(overdue?.facts.detail)).not.toContain('keeps trying');
  Object.assign(person, { protection: null, access: ['films'] });
  await world.pass(24 * 60 * MINUTE);
  expect(inEnglish([person.access, await world.grantState(grant.id)])).toEqual([[], 'ended']);
});
