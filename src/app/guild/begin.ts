/**
 * Members who have to do something before they can watch, and take no direct messages: a button in a channel that only
 * they can use, one at a time, until they have begun.
 */
import { serversOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { close, show } from '../ledger/posts.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** How often it is looked whether there is still something for them to begin. */
const LOOK_MS = 60 * 60_000;

const topicOf = (memberId: MemberId) => `news ${memberId}` as const;

interface Where {
  readonly memberId: MemberId;
  readonly channelId: string;
}

/** `posted` also where the button was there before. */
export type BeginPosted = 'posted' | 'not-seen' | 'nothing-to-do';

/** Staff say in which channel a member finds their button. */
export async function postBegin(
  deps: Pick<Deps, 'stores' | 'clock' | 'codes' | 'guilds'>,
  guildId: GuildId,
  { memberId, channelId }: Where,
): Promise<BeginPosted> {
  if (!(await seesChannel(deps, guildId, { memberId, channelId }))) return 'not-seen';
  return await deps.stores.transaction(guildId, async (tx): Promise<BeginPosted> => {
    if (!(await hasToBegin(tx, memberId))) return 'nothing-to-do';
    await showBegin(deps, tx, { memberId, channelId }, deps.clock.now());
    return 'posted';
  });
}

/** A channel that a member does not see is no place to tell them anything, and neither is one of which nobody knows. */
export async function seesChannel(
  { guilds }: Pick<Deps, 'guilds'>,
  guildId: GuildId,
  { memberId, channelId }: Where,
): Promise<boolean> {
  const sees = await guilds.seesChannel(guildId, channelId, memberId);
  return sees.kind === 'known' && sees.value;
}

/** The button, in this channel from now on. */
export async function showBegin(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { memberId, channelId }: Where,
  now: Date,
): Promise<void> {
  const content = { kind: 'news', memberId, begins: true } as const;
  const dueAt = new Date(now.getTime() + LOOK_MS);
  const where = { kind: 'channel', sink: channelId, dueAt } as const;
  await show(deps, tx, { topic: topicOf(memberId), content, ...where }, now);
}

/** They have begun: their button goes. */
export async function endBegin(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  memberId: MemberId,
  now: Date,
): Promise<void> {
  const post = await tx.posts.find(topicOf(memberId));
  if (post?.content?.kind === 'news' && post.content.begins)
    await close(deps, tx, post.topic, { content: null, now });
}

/** Its moment has come: it stays as long as it is true. */
export async function lookAtBegin(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { memberId, channelId }: Where,
  now: Date,
): Promise<void> {
  if (await hasToBegin(tx, memberId)) await showBegin(deps, tx, { memberId, channelId }, now);
  else await endBegin(deps, tx, memberId, now);
}

/** Whether a grant gives them something on a server where they have no account, or one that is only invited. */
async function hasToBegin(tx: GuildStores, memberId: MemberId): Promise<boolean> {
  const [grants, accounts, libraries] = await Promise.all([
    tx.grants.list({ memberId, states: ['active'] }),
    tx.accounts.list({ memberId }),
    tx.libraries.list(),
  ]);
  const there = new Set(
    accounts.flatMap(({ serverId, externalId, pending }) =>
      externalId !== null && !pending ? [serverId] : [],
    ),
  );
  return grants.some((grant) => serversOf(grant, libraries).some((serverId) => !there.has(serverId)));
}
