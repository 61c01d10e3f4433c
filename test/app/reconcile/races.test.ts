import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, BEN, GUILD } from '../../support/people.ts';
import { applicationsOf, DOWN, type Place, takeDown, World, whileRead } from '../world.ts';

/** Commands that arrive while a server is being read: the pass began without them and must not lose them. */

let world: World;
let tower: Place;
let ada: FakePerson;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  ada = await world.newAccount(ADA, tower);
});
afterEach(() => world.close());

/** Staff act while the server is being read. What they wait for comes after the pass. */
function meanwhile(act: () => Promise<unknown>): Promise<unknown> {
  const acting = Promise.withResolvers<unknown>();
  whileRead(tower.fake, async () => {
    const events = await world.countEvents();
    acting.resolve(act());
    // The command has been recorded before the pass goes on.
    await expect.poll(() => world.countEvents(), { interval: 1 }).toBeGreaterThan(events);
  });
  return acting.promise;
}

it('a grant that is made meanwhile is applied', async () => {
  await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  const later = meanwhile(() => world.grant(ADA, [tower.id('Shows')]));
  await world.pass(HOUR);
  await later;
  expect(ada.access).toEqual(['shows']);
  expect(await world.account(ADA, tower.server.id)).toMatchObject({ dueAt: null, trouble: null });
});

it('a grant that is made meanwhile for what just ends is applied', async () => {
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  const later = meanwhile(() => world.grant(ADA, [tower.id('Movies')]));
  await world.pass(HOUR);
  await later;
  expect(ada.access).toEqual(['movies']);
  expect(await world.grantState(grant.id)).toBe('ended');
});

it('a grant that is revoked while it is being applied is taken back', async () => {
  takeDown(tower.fake);
  const { grant } = await world.grant(ADA, [tower.id('Movies')]);
  tower.fake.heal();
  const later = meanwhile(() => world.revoke(grant.id));
  await world.pass(5 * SECOND);
  await later;
  expect(ada.access).toBeNull();
  expect(await world.grantState(grant.id)).toBe('ended');
});

it('a grant is not “ended” by a reading that was taken before it was revoked', async () => {
  const { grant } = await world.grant(ADA, [tower.id('Movies')]);
  // Makes the account due for another reason. The reading will find nothing wrong.
  await world.stores.transaction(GUILD, (tx) =>
    tx.accounts.makeDue({ memberIds: [ADA] }, world.clock.now(), 'decided'),
  );
  const states: string[] = [];
  const later = meanwhile(() => world.revoke(grant.id));
  const { withdraw } = tower.fake;
  tower.fake.withdraw = async (account) => {
    states.push(await world.grantState(grant.id));
    return await withdraw.call(tower.fake, account);
  };
  await world.pass(0);
  await later;
  expect(states).toEqual(['ending']);
  expect(ada.access).toBeNull();
});

it('a command is tried at once even when the pass that it met failed after many failures', async () => {
  const forbidden = { kind: 'forbidden', message: 'Not now.' } as const;
  tower.fake.fail('invite', forbidden, { times: 9 });
  await world.grant(ADA, [tower.id('Movies')]);
  for (let times = 1; times < 8; times += 1) await world.pass(30 * MINUTE);
  expect(await world.account(ADA, tower.server.id)).toMatchObject({ attempts: 8 });

  const later = meanwhile(() => world.grant(ADA, [tower.id('Shows')]));
  await world.pass(30 * MINUTE);
  await later;
  expect(ada.access).toEqual(['movies', 'shows']);
});

it('two passes over a server never overlap', async () => {
  await world.newAccount(BEN, tower);
  let inside = 0;
  let most = 0;
  const read = tower.fake.readAccess;
  tower.fake.readAccess = async (options) => {
    inside += 1;
    most = Math.max(most, inside);
    const answer = await read.call(tower.fake, options);
    inside -= 1;
    return answer;
  };
  await Promise.all([
    world.grant(ADA, [tower.id('Movies')]),
    world.grant(BEN, [tower.id('Movies')]),
    world.grant(ADA, [tower.id('Shows')]),
    world.app.syncServers(GUILD),
    world.app.enforce.guild(GUILD),
  ]);
  expect(most).toBe(1);
  expect(ada.access).toEqual(['movies', 'shows']);
});

it('a reading that fails meanwhile loses nothing either', async () => {
  const standing = await world.grant(ADA, [tower.id('Movies')]);
  await world.stores.transaction(GUILD, (tx) =>
    tx.accounts.makeDue({ memberIds: [ADA] }, world.clock.now(), 'decided'),
  );
  const later = meanwhile(() => world.revoke(standing.grant.id));
  tower.fake.fail('readAccess', DOWN);
  await world.pass(0);
  await later;
  expect(ada.access).toBeNull();
  expect(applicationsOf(await world.app.grantStatus.get(GUILD, standing.grant.id))).toEqual({
    Tower: 'not-now',
  });
  expect(await world.grantState(standing.grant.id)).toBe('ended');
});
