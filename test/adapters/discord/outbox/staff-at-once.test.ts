/** Staff of all guilds are told at once, also while the database says nothing; in one message, until it is over. */
import { beforeEach, expect, it } from 'vitest';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import { createStaffAtOnce } from '../../../../src/adapters/discord/outbox/staff-at-once.ts';
import { createStaffPlaces } from '../../../../src/adapters/discord/outbox/staff-places.ts';
import type { StaffPlace } from '../../../../src/app/ports/stores.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';
import { say } from '../../../../src/words/say.ts';
import { type Channel, discordError } from '../../../standins/discord/index.ts';
import { GuildScene, restsOf, SECRET, use } from '../setup.ts';

const scene = use(new GuildScene());
let channel: Channel;
/** What the database answers. */
let read: () => Promise<readonly StaffPlace[]>;

beforeEach(() => {
  channel = scene.guild.addTextChannel('alerts');
  const place = { guildId: toGuildId(scene.guild.id), channelId: channel.id, language: 'en' } as const;
  read = async () => [place, { ...place, guildId: toGuildId('404') }];
});

function staff() {
  const places = createStaffPlaces({ listStaffPlaces: () => read() }, scene.clock);
  const atOnce = createStaffAtOnce({
    rests: restsOf(scene.discord, scene),
    ids: createCustomIds(SECRET),
    identity: () => ({ applicationId: scene.discord.applicationId, botId: scene.discord.bot.id }),
    guildIds: () => [scene.guild.id],
    ...{ places, clock: scene.clock, log: scene.log },
  });
  return { places, ...atOnce };
}

const lost = say('alert.storage.lost');
const back = say('alert.backup.back');
const texts = () => channel.messages.map(({ text }) => text);

it.each([
  ['fails', () => Promise.reject(new Error('the database is away'))],
  ['never answers', () => new Promise<never>(() => {})],
])('in the channel that was known last, when the database %s', async (_what, broken) => {
  const { tell, places } = staff();
  await places();
  read = broken;
  await scene.passing(tell(lost));
  await scene.passing(tell(lost));
  expect(texts()).toEqual([expect.stringContaining('cannot write to its database')]);
});

it('nobody is told that it is over who was not told before', async () => {
  await staff().takeBack(back);
  expect(texts()).toEqual([]);
});

it('what comes and goes is one message for an hour, and news after that', async () => {
  const { tell, takeBack } = staff();
  for (let times = 0; times < 3; times += 1) {
    await tell(lost);
    expect(texts()).toEqual([expect.stringContaining('cannot write')]);
    await takeBack(async () => back);
    expect(texts()).toEqual([expect.not.stringContaining('cannot write')]);
  }
  scene.clock.advance(3_600_000);
  await tell(lost);
  expect(texts()).toHaveLength(2);
});

it('where the message cannot be changed, because somebody deleted it, another one says that it is over', async () => {
  const { tell, takeBack } = staff();
  await tell(lost);
  const answer = discordError(404, 10_008, 'Unknown Message');
  scene.discord.http.fault({ method: 'PATCH', path: /\/messages\/\d+$/, answer });
  await takeBack(back);
  expect(texts()).toEqual([expect.anything(), expect.not.stringContaining('cannot write')]);
});
