/** Something was given on a server, but that could not be recorded. Usher must still be able to take it back. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MINUTE } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

/** Gives Movies and Shows for an hour. Right after the write, the server can no longer be read. */
async function giveAndGoSilent() {
  const person = await world.newAccount(ADA, tower);
  const { fake } = tower;
  const { invite } = fake;
  fake.invite = async (...call) => {
    fake.invite = invite;
    const outcome = await invite.apply(fake, call);
    takeDown(fake);
    return outcome;
  };
  const { grant } = await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')], { ms: 60 * MINUTE });
  expect(person.access).toEqual(['movies', 'shows']);
  return { person, grant };
}

it.each<[string, (grantId: string) => Promise<unknown>, readonly string[] | null]>([
  ['revoked', (id) => world.revoke(id), null],
  ['paused', (id) => world.change(id, { kind: 'pause' }), null],
  ['made smaller', (id) => world.change(id, { kind: 'set', libraryIds: [tower.id('Shows')] }), ['shows']],
  ['over by its end date', () => world.pass(60 * MINUTE), null],
])('is taken back when the grant is %s before the server can be read again', async (_name, act, left) => {
  const { person, grant } = await giveAndGoSilent();
  await act(grant.id);
  tower.fake.heal();
  await world.pass(30 * MINUTE);
  expect(person.access).toEqual(left);
});

it('is taken back also when a sync was the first to see it', async () => {
  const { person, grant } = await giveAndGoSilent();
  world.restart();
  tower.fake.heal();
  await world.app.syncServers(GUILD, [tower.server.id]);
  await world.revoke(grant.id);
  expect(person.access).toBeNull();
  expect(await world.grantState(grant.id)).toBe('ended');
  expect(await world.events('drift.found')).toEqual([]);
});

it('is given once more when somebody else took it meanwhile', async () => {
  const { person } = await giveAndGoSilent();
  person.access = ['shows'];
  tower.fake.heal();
  await world.pass(30 * MINUTE);
  expect(inEnglish(new Set(person.access))).toEqual(new Set(['movies', 'shows']));
});

it('an account of Jellyfin that Usher emptied so can be filled again', async () => {
  const den = await world.addDen();
  const person = await world.newAccount(ADA, den);
  const { fake } = den;
  const { setLibraries } = fake;
  fake.setLibraries = async (...call) => {
    fake.setLibraries = setLibraries;
    const outcome = await setLibraries.apply(fake, call);
    takeDown(fake);
    return outcome;
  };
  const { grant } = await world.grant(ADA, [den.id('Films')]);
  await world.revoke(grant.id);
  fake.heal();
  await world.pass(30 * MINUTE);
  expect(person).toMatchObject({ access: [], disabled: true });
  await world.grant(ADA, [den.id('Series')]);
  expect(person).toMatchObject({ access: ['series'], disabled: false });
});

it('what was taken is given again, when it is granted again before the server can be read again', async () => {
  const person = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')]);
  const { fake } = tower;
  const { withdraw } = fake;
  fake.withdraw = async (account) => {
    const outcome = await withdraw.call(fake, account);
    takeDown(fake);
    return outcome;
  };
  await world.change(grant.id, { kind: 'pause' });
  expect(person.access).toBeNull();
  await world.change(grant.id, { kind: 'resume' });
  fake.heal();
  await world.pass(30 * MINUTE);
  expect(person.access).toEqual(['movies']);
});
