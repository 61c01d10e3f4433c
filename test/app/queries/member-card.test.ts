import { afterEach, beforeEach, expect, it } from 'vitest';
import { DAY, later } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const card = async () => await world.app.memberCard(GUILD, ADA);

it('has what a member has: what ends next first, what is over last, and their open invites', async () => {
  await world.newAccount(ADA, tower);
  const give = async (name: string, more = {}) => (await world.grant(ADA, [tower.id(name)], more)).grant;
  const forGood = await give('Music');
  const late = await give('Movies', { ms: 9 * DAY });
  const soon = await give('Shows', { ms: 2 * DAY });
  const scheduled = await give('Movies', { startMs: DAY, ms: DAY });
  const paused = await give('Shows', { ms: DAY });
  await world.change(paused.id, { kind: 'pause' });
  const over = await give('Shows', { ms: DAY });
  await world.revoke(over.id);
  await world.grant(BEN, [tower.id('Movies')]);
  const invite = {
    guildId: GUILD,
    actorId: STAFF,
    libraryIds: [tower.id('Movies')],
    duration: null,
    roleId: null,
  };
  const made = await world.invite({ ...invite, memberId: ADA, uses: 1, validUntil: later(DAY), note: null });
  await world.invite({ ...invite, memberId: null, uses: 1, validUntil: later(DAY), note: null });
  const { running, ended, accounts, invites, left } = await card();
  const order = [soon, late, forGood, scheduled, paused].map(({ number }) => number);
  expect(running.map(({ grant }) => grant.number)).toEqual(order);
  expect(ended.map(({ grant }) => grant.number)).toEqual([over.number]);
  expect(accounts).toMatchObject([{ server: { name: 'Tower' } }]);
  expect(invites.map(({ id }) => id)).toEqual([made.invite.id]);
  expect(left).toEqual([]);
  world.clock.advance(DAY);
  expect((await card()).invites).toEqual([]);
});

it('has the note of staff, which can be taken away', async () => {
  expect(await world.app.memberNotes.save(GUILD, ADA, '  a friend ')).toBe('a friend');
  expect((await card()).member?.note).toBe('a friend');
  expect(await world.app.memberNotes.find(GUILD, ADA)).toBe('a friend');
  expect(await world.app.memberNotes.save(GUILD, ADA, ' ')).toBeNull();
  expect((await card()).member?.note).toBeNull();
});
