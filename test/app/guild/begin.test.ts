/** Who has to begin and takes no direct messages: a button in a channel, for them alone, until they have begun. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { graceOf } from '../../../src/domain/role-plans.ts';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, type Place, REQUESTS, World } from '../world.ts';

const PATRON = '600000000000000001';
const LOUNGE = '400000000000000009';
const BUTTON = { kind: 'news', memberId: ADA, begins: true };

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
  world.guilds.role(PATRON);
  const made = await world.app.plans.create({
    ...{ guildId: GUILD, actorId: STAFF, name: 'Family', libraryIds: [tower.id('Movies')] as const },
    ...{ duration: null, expiryAction: null, roleId: null },
  });
  if (made.kind !== 'done') throw new Error(made.kind);
  const mapped = { roleId: PATRON, planId: made.details.plan.id, grace: graceOf('1d') };
  await world.app.rolePlans.set({ guildId: GUILD, actorId: STAFF, ...mapped });
});
afterEach(() => world.close());

/** Ada gains the role, and Discord does not take what she is told. */
async function gainsRole(): Promise<void> {
  await world.app.presence.note(GUILD, [{ userId: ADA, roleIds: [PATRON] }]);
  await closeDm();
}

async function closeDm(): Promise<void> {
  world.clock.advance(2 * MINUTE);
  const due = await world.outbox.listDue(world.clock.now(), 50);
  const notice = due.find(({ kind, sink }) => kind === 'notice' && sink === ADA);
  if (!notice) throw new Error('Ada is told nothing');
  const prepared = await world.app.notices.prepare(notice);
  if (!prepared) throw new Error('there is nothing to say');
  await world.app.deliveries.parked(prepared.delivery, 'Cannot send messages to this user', true);
}

const buttonIn = async (channel: string) => (await world.owed(channel)).at(-1);
const post = () => world.stores.of(GUILD).posts.find(`news ${ADA}`);

it('it stands where requests are, and staff need not do anything', async () => {
  await world.setChannel('requests');
  await gainsRole();
  expect(await buttonIn(REQUESTS)).toEqual(BUTTON);
  const alerts = await world.owed(ALERTS);
  expect(alerts.filter(({ kind }) => kind === 'alert')).toEqual([]);
});

it('it is one, whatever she is given besides', async () => {
  await world.setChannel('requests');
  await gainsRole();
  const before = await post();
  await world.grant(ADA, [tower.id('Shows')]);
  await closeDm();
  expect(await post()).toEqual({ ...before, dueAt: expect.any(Date) });
});

it('it goes as soon as she has an account', async () => {
  await world.setChannel('requests');
  await gainsRole();
  await world.newAccount(ADA, tower);
  expect(await post()).toMatchObject({ state: 'closed', content: null });
});

it('it goes within the hour when there is nothing to begin any more, and stays otherwise', async () => {
  await world.setChannel('requests');
  await gainsRole();
  world.clock.advance(HOUR);
  await world.app.posts.look(GUILD);
  expect(await post()).toMatchObject({ state: 'open' });
  const [grant] = await world.stores.of(GUILD).grants.list({ memberId: ADA });
  await world.revoke(grant?.id ?? '');
  world.clock.advance(HOUR);
  await world.app.posts.look(GUILD);
  expect(await post()).toMatchObject({ state: 'closed', content: null });
});

it.each([
  ['no channel is for requests', async () => {}],
  [
    'she does not see it',
    async () => {
      await world.setChannel('requests');
      world.guilds.hidden.add(REQUESTS);
    },
  ],
])('staff say where it stands when %s', async (_why, prepare) => {
  await prepare();
  await gainsRole();
  expect((await world.owed(ALERTS)).at(-1)).toMatchObject({ kind: 'alert', begins: ADA });
  expect(await post()).toBeUndefined();
  world.guilds.hidden.add(REQUESTS);
  expect(await world.app.posts.openBegin(GUILD, ADA, REQUESTS)).toBe('not-seen');
  expect(await world.app.posts.openBegin(GUILD, ADA, LOUNGE)).toBe('posted');
  expect(await buttonIn(LOUNGE)).toEqual(BUTTON);
  await world.newAccount(ADA, tower);
  expect(await world.app.posts.openBegin(GUILD, ADA, LOUNGE)).toBe('nothing-to-do');
});
