/** A small guild to test stores with: one Plex server, three libraries, two members, one linked account. */

import type { Post } from '../../src/app/ports/posts.ts';
import type { Forgetting } from '../../src/app/ports/stores/data.ts';
import type { Stores } from '../../src/app/ports/stores.ts';
import { asActor, type GuildId, type MemberId } from '../../src/domain/ids.ts';
import type { JobRun } from '../../src/domain/model.ts';
import { lines, say } from '../../src/words/say.ts';
import { later, MINUTE, noon } from '../support/moments.ts';
import { ann, bob } from '../support/people.ts';
import { newLibrary, newServer } from '../support/rows.ts';

export const minutes = (count: number) => later(count * MINUTE);

export const aHeldRun = (id: string, serverId: string) =>
  ({ id, serverId, accountIds: ['account'], detail: 'would take much away', createdAt: noon }) as const;

/** An alert that is open and posted nowhere yet. */
export const aPost = (id: string, changes: Partial<Post> = {}): Post => ({
  id,
  topic: 'outage plex',
  kind: 'alert',
  state: 'open',
  sink: null,
  onRecord: false,
  content: { kind: 'alert', state: 'open', text: lines(say('alert.needsPerson')) },
  version: 1,
  shown: 0,
  channelId: null,
  messageId: null,
  deliveryId: null,
  dueAt: noon,
  openedAt: noon,
  closedAt: null,
  ...changes,
});

export const aDrill = (
  id: string,
  serverId: string,
  wish: { readonly name?: string; readonly secretCipher?: string; readonly externalId?: string } = {},
) => ({
  id,
  serverId,
  name: 'usher-drill',
  externalId: null,
  secretCipher: 'x',
  dueAt: minutes(30),
  ...wish,
});

/** Asked for by themselves, and looked at at noon. */
export const aForgetting = (userId: MemberId): Forgetting => ({
  userId,
  pseudonym: 'forgotten-one',
  askedById: asActor(userId),
  askedAt: noon,
  dueAt: noon,
});

export const aJobRun = (id: string, startedAt = noon): JobRun => ({
  id,
  job: 'sync',
  startedAt,
  finishedAt: startedAt,
  outcome: 'ok',
  detail: 'all well',
});

/** The ids are the same in every guild, so that only the guild tells rows apart. */
export async function seed(stores: Stores, guildId: GuildId): Promise<void> {
  await stores.transaction(guildId, async ({ servers, libraries, members, accounts }) => {
    await servers.add(newServer('plex', { name: `Plex of ${guildId}` }));
    for (const type of ['movies', 'shows', 'music'] as const)
      await libraries.add(newLibrary(type, { name: `${type} of ${guildId}`, type }));
    await members.ensure(ann);
    await members.ensure(bob);
    await accounts.save({
      id: 'account',
      serverId: 'plex',
      externalId: '77',
      name: `ann@${guildId}`,
      memberId: ann,
    });
  });
}
