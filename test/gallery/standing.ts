/** What tells staff how things stand in a house: the panel, and the digest of the week with its pictures. */
import { createCharts } from '../../src/adapters/charts/charts.ts';
import { chartsOf, digestCard } from '../../src/adapters/discord/views/digest.ts';
import { panelCard } from '../../src/adapters/discord/views/panel.ts';
import type { DigestContent } from '../../src/app/ports/outbox.ts';
import { dayOf } from '../../src/domain/availability.ts';
import { DAY } from '../support/moments.ts';
import { GUILD, STAFF } from '../support/people.ts';
import type { House } from './houses.ts';
import { LANGUAGE } from './language.ts';
import type { Frame } from './scenes.ts';

const CHANNEL = '400000000000000005';

export async function standingFrames({ name: house, world, fakes }: House): Promise<readonly Frame[]> {
  const posted = { house, who: 'Usher', isPosted: true, at: world.clock.now() } as const;
  const asked = { guildId: GUILD, actorId: STAFF };
  await world.app.panels.post({ ...asked, channelId: CHANNEL });
  // As when Discord shows it: what is being watched is asked for, and the panel looked at again.
  await world.stores.transaction(GUILD, async ({ posts }) => {
    for (const post of await posts.list())
      if (post.topic.startsWith('panel ')) await posts.put({ ...post, messageId: '1' });
  });
  for (const [index, fake] of fakes.entries()) {
    fake.streams = [2, 0, 14][index] ?? 1;
    if (index === 3) fake.fail('countStreams', { kind: 'timeout', message: 'It hangs.' });
  }
  await world.app.streams.look(new AbortController().signal);
  await world.app.panels.post({ ...asked, channelId: `${CHANNEL}0` });
  const panels = (await world.stores.of(GUILD).posts.list())
    .filter(({ topic }) => topic === `panel ${CHANNEL}0`)
    .flatMap(({ content }) => (content?.kind === 'panel' ? [content] : []));
  await world.app.panels.remove(asked);
  return [
    ...panels.map((panel) => ({ ...posted, command: 'panel post', what: '[panel]', view: panelCard(panel) })),
    ...(await digestFrames({ ...posted, command: 'settings digest' }, world)),
  ];
}

async function digestFrames(
  frame: Omit<Frame, 'what' | 'view'>,
  world: House['world'],
): Promise<readonly Frame[]> {
  const now = world.clock.now();
  await world.setChannel('audit');
  await world.app.digest.set({ guildId: GUILD, actorId: STAFF, day: 'monday', time: '09:00' });
  await world.stores.transaction(GUILD, ({ settings }) => settings.update({ nextDigestAt: now }));
  await world.app.digest.send(GUILD);
  const all = await world.owed((await world.app.settings.get(GUILD)).auditChannelId ?? '');
  const digest = all.find((content): content is typeof content & DigestContent => content.kind === 'digest');
  if (!digest) return [];
  const lived: DigestContent = { ...digest, servers: digest.servers.map(livedFor) };
  const charts = chartsOf(lived, LANGUAGE).map(({ chart }) => chart);
  const pictures = await createCharts().draw(charts);
  return [
    { ...frame, what: '[digest]', view: digestCard(lived, pictures, LANGUAGE) },
    { ...frame, what: '[digest without pictures]', view: digestCard(lived, undefined, LANGUAGE) },
  ];

  /** As if the house had been looked at for three weeks, with an hour or a day off. */
  function livedFor({ name }: DigestContent['servers'][number], index: number) {
    const days = Array.from({ length: 30 }, (_, day) => {
      const looked = day < 9 ? 0 : 24;
      const away = (day + index) % 11 === 10 ? 24 : (day + index) % 13 === 12 ? 1 : 0;
      return { day: dayOf(new Date(now.getTime() - (29 - day) * DAY)), looked, away: looked && away };
    });
    return { name, days };
  }
}
