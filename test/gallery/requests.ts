/** What members ask in a house, as it stands in the channel for requests. */
import { requestCard } from '../../src/adapters/discord/views/requests.ts';
import { GUILD } from '../support/people.ts';
import type { House } from './houses.ts';
import type { Frame } from './scenes.ts';

export async function requestFrames({ name: house, world, typed }: House): Promise<readonly Frame[]> {
  const { libraries, posts } = world.stores.of(GUILD);
  const libraryIds = (await libraries.list()).slice(0, 3).map(({ id }) => id);
  const note = 'For the holidays, with the children';
  await world.app.requests.askForNew({ guildId: GUILD, memberId: typed.nobody, libraryIds, note });
  return (await posts.list()).flatMap(({ content }) =>
    content?.kind === 'request'
      ? [{ ...{ house, command: 'my renew', what: '[card]', who: 'Olga' }, view: requestCard(content) }]
      : [],
  );
}
