/** A guild with much to do on a media server lets another guild have it, which has only a little to do there. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOUR } from '../../support/moments.ts';
import { ADA, GUILD, memberAt, OTHER_GUILD } from '../../support/people.ts';
import { newGrant } from '../../support/rows.ts';
import { type Place, World } from '../world.ts';

/** More than a guild writes in one turn. */
const MANY = 130;

let world: World;
let here: Place;
let there: Place;

beforeEach(async () => {
  world = await World.open();
  here = await world.addTower(GUILD);
  there = await world.add(here.fake, OTHER_GUILD);
});
afterEach(() => world.close());

/** Members who have Movies for an hour, as if that had been given long ago. */
async function giveMany(): Promise<void> {
  await world.stores.transaction(GUILD, async (tx) => {
    for (let n = 1; n <= MANY; n += 1) {
      const memberId = memberAt(n);
      const { externalId, name } = here.fake.addPerson({ name: `member${n}`, access: ['movies'] });
      await tx.members.ensure(memberId);
      const expiresAt = new Date(world.clock.now().getTime() + HOUR);
      const libraryIds = [here.id('Movies')];
      await tx.grants.add(
        newGrant(`grant ${n}`, { memberId, libraryIds, expiresAt, startsAt: world.clock.now() }),
      );
      const account = {
        serverId: here.server.id,
        externalId,
        name,
        memberId,
        seenAccess: 'libraries',
      } as const;
      const id = await tx.accounts.save({ id: `account ${n}`, ...account });
      await tx.accounts.setLibraries(id, { seen: libraryIds, given: libraryIds });
    }
  });
}

it('after a hundred accounts another guild has its turn, and the rest is ended like the others', async () => {
  await giveMany();
  const ada = await world.newAccount(ADA, there, OTHER_GUILD);
  await world.grant(ADA, [there.id('Movies')], { guildId: OTHER_GUILD, ms: HOUR });
  const ended: string[] = [];
  const withdraw = here.fake.withdraw.bind(here.fake);
  let theirs: Promise<void> | undefined;
  here.fake.withdraw = async (account) => {
    ended.push(account.externalId);
    // Theirs falls due when the first of the many is being written.
    theirs ??= world.app.enforce.guild(OTHER_GUILD);
    await new Promise((resolve) => setImmediate(resolve));
    return await withdraw(account);
  };
  world.clock.advance(HOUR);
  await world.app.enforce.guild(GUILD);
  await theirs;
  expect(ended).toHaveLength(MANY + 1);
  expect(ended.indexOf(ada.externalId)).toBe(100);
  expect([...here.fake.people.values()].filter(({ access }) => access !== null)).toEqual([]);
  const accounts = await world.stores.of(GUILD).accounts.list();
  expect(accounts.filter(({ dueAt, doubtSince, attempts }) => dueAt || doubtSince || attempts)).toEqual([]);
  expect(await world.events('grant.ended')).toHaveLength(MANY);
});
