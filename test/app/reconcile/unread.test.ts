/** An entry of a list that is not understood is that account's trouble and nobody else's. Case P11. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD } from '../../support/people.ts';
import { ALERTS, type Place, World } from '../world.ts';

const MESSAGE = 'An entry (7) is not understood.';
let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

/** From now on the entry of these accounts is not understood; of none given, an entry does not say whose it is. */
const spoil = (...whose: string[]) => {
  tower.fake.unread = [{ whose, message: MESSAGE, handle: null }];
};
const sync = async () => {
  const [report] = await world.app.syncServers(GUILD, [tower.server.id]);
  return report?.outcome.kind === 'synced' ? report.outcome : undefined;
};

it('of a stranger: said by a sync, and nobody else is held up', async () => {
  const person = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 60 * MINUTE });
  spoil('4711');
  expect((await sync())?.doubts).toEqual([MESSAGE]);
  await world.pass(60 * MINUTE);
  expect([person.access, await world.grantState(grant.id)]).toEqual([null, 'ended']);
});

it('of a member: their access is not known, said, told to staff when it stays so, and never drift', async () => {
  const [ada, ben] = [await world.newAccount(ADA, tower), await world.newAccount(BEN, tower)];
  for (const member of [ADA, BEN]) await world.grant(member, [tower.id('Movies')]);
  spoil(ada.externalId);
  await sync();
  for (let look = 1; look <= 3; look += 1) await world.pass(60 * MINUTE);
  expect(await world.account(ADA, tower.server.id)).toMatchObject({
    trouble: MESSAGE,
    refused: true,
    seen: [tower.id('Movies')],
  });
  expect((await world.account(BEN, tower.server.id)).trouble).toBeNull();
  expect(JSON.stringify(await world.owed(ALERTS))).toContain(MESSAGE);
  expect(await world.events('drift.found')).toEqual([]);
  tower.fake.unread = [];
  await world.pass(24 * 60 * MINUTE);
  expect((await world.account(ADA, tower.server.id)).trouble).toBeNull();
  expect([ada.access, ben.access]).toEqual([['movies'], ['movies']]);
});

it('the end of a member whose own entry it is: carried out, and proven when it is gone', async () => {
  const person = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 60 * MINUTE });
  spoil(person.externalId);
  const { withdraw } = tower.fake;
  tower.fake.withdraw = async (...call) => {
    const outcome = await withdraw.apply(tower.fake, call);
    tower.fake.unread = [];
    return outcome;
  };
  await world.pass(60 * MINUTE);
  expect([person.access, await world.grantState(grant.id)]).toEqual([null, 'ended']);
  expect(await world.events('drift.found')).toEqual([]);
});

it('while it stays so, the end is not said to be done', async () => {
  const person = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 60 * MINUTE });
  spoil(person.externalId);
  await world.pass(60 * MINUTE);
  expect(await world.grantState(grant.id)).toBe('ending');
});

it('that does not say whose it is may be theirs who is missing: nothing counts as gone by itself', async () => {
  const person = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 60 * MINUTE });
  spoil();
  person.access = null;
  await sync();
  expect((await world.account(ADA, tower.server.id)).seen).toEqual([tower.id('Movies')]);
  await world.pass(60 * MINUTE);
  await world.pass(60 * MINUTE);
  expect(await world.grantState(grant.id)).toBe('ending');
  tower.fake.unread = [];
  for (let look = 1; look <= 2; look += 1) await world.pass(24 * 60 * MINUTE);
  expect(await world.grantState(grant.id)).toBe('ended');
});

it('and what Usher itself has taken is proven all the same', async () => {
  const person = await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 60 * MINUTE });
  spoil();
  await world.pass(60 * MINUTE);
  expect([person.access, await world.grantState(grant.id)]).toEqual([null, 'ended']);
});

it('what a server did beside what it was told is for staff, once for each write', async () => {
  await world.newAccount(ADA, tower);
  tower.fake.notices = ['It forgot the filters of ada.'];
  await world.grant(ADA, [tower.id('Movies')]);
  await world.pass(60 * MINUTE);
  const told = (await world.owed(ALERTS)).filter((each) =>
    JSON.stringify(each).includes('forgot the filters'),
  );
  expect(told).toEqual([{ kind: 'alert', text: expect.stringMatching(/^Tower: It forgot/) }]);
});
