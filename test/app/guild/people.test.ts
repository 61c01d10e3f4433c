/** What people are called: kept when they appear, written only when it changed. */
import { afterEach, expect, it } from 'vitest';
import { makePeople } from '../../../src/app/guild/people.ts';
import { toGuildId } from '../../../src/domain/ids.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { World } from '../world.ts';

let world: World;
afterEach(() => world.close());

it('a name is kept, refreshed, and known in its own guild only', async () => {
  world = await World.open();
  const { people } = world.app;
  await people.note(GUILD, [{ userId: ADA, name: 'Ada', locale: 'de' }]);
  await people.note(GUILD, [{ userId: ADA, name: 'Ada ✨' }]);
  expect(await people.named(GUILD, [ADA, BEN, ADA])).toEqual(new Map([[ADA, 'Ada ✨']]));
  expect(await people.named(toGuildId('999999999999999999'), [ADA])).toEqual(new Map());
});

it('what is known costs no write', async () => {
  world = await World.open();
  let writes = 0;
  const stores: typeof world.stores = {
    ...world.stores,
    transaction: (guildId, work) => {
      writes += 1;
      return world.stores.transaction(guildId, work);
    },
  };
  const people = makePeople({ stores });
  for (let click = 0; click < 3; click += 1) await people.note(GUILD, [{ userId: ADA, name: 'Ada' }]);
  expect(writes).toBe(1);
  await people.note(GUILD, [{ userId: ADA, name: 'Ada L.' }]);
  expect(writes).toBe(2);
});

it('the channels of a guild have a language of their own', async () => {
  world = await World.open();
  const { people, settings } = world.app;
  expect(await people.languageOf(GUILD)).toBe('en');
  await settings.setLanguage({ guildId: GUILD, actorId: STAFF, language: 'de' });
  expect(await people.languageOf(GUILD)).toBe('de');
});
