/** A copy of what is stored about somebody goes to them, and to nobody else. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ADA, GUILD, OTHER_GUILD } from '../../support/people.ts';
import { World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const note = (guildId: typeof GUILD) => world.app.people.note(guildId, [{ userId: ADA, name: 'Ada' }]);
const owedTo = async (guildId: typeof GUILD) =>
  await world.stores.of(guildId).deliveries.listOwed('dm', [ADA]);

it.each([
  ['sent', 'sent'],
  ['closed', 'closed'],
  ['parked', 'closed'],
  [undefined, 'on-its-way'],
] as const)('it is owed as a direct message, whose end (%s) is told', async (end, told) => {
  await note(GUILD);
  world.awaitDelivery = async () => end;
  expect(await world.app.personalData.send(GUILD, ADA)).toBe(told);
  // Nothing of what it says is kept.
  expect(await owedTo(GUILD)).toMatchObject([{ sink: ADA, content: { kind: 'copy' } }]);
});

it('a community that knows nothing of them does not come to know that they asked', async () => {
  expect(await world.app.personalData.send(GUILD, ADA)).toBe('nothing');
  await note(OTHER_GUILD);
  await world.app.personalData.send(GUILD, ADA);
  expect(await owedTo(GUILD)).toEqual([]);
  expect(await owedTo(OTHER_GUILD)).toHaveLength(1);
  expect(await world.stores.due.listGuildsAbout(ADA)).toEqual([OTHER_GUILD]);
});
