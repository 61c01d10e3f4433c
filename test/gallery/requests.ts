/** The cards of what members have asked in a house, as they stand in the channel for requests. */
import { requestCard } from '../../src/adapters/discord/views/requests.ts';
import { GUILD } from '../support/people.ts';
import type { House } from './houses.ts';
import type { Frame } from './scenes.ts';

export async function requestFrames({ name: house, world }: House): Promise<readonly Frame[]> {
  const { posts, requests } = world.stores.of(GUILD);
  const waiting = await posts.list();
  const asked = await requests.listWaiting();
  return waiting.flatMap(({ content, topic }) =>
    content?.kind === 'request' && asked.some(({ id }) => topic === `request ${id}`)
      ? [{ ...{ house, command: 'my renew', what: '[card]', who: 'Olga' }, view: requestCard(content) }]
      : [],
  );
}
