/** Looks at messages that are kept up to date when their moment has come. */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { refusalOf } from '../../domain/invite.ts';
import type { Invite } from '../../domain/model.ts';
import { lines, momentOf, say, timeOf } from '../../words/say.ts';
import { over, personOf, tell } from '../ledger/alerts.ts';
import { recordRun } from '../ledger/job-log.ts';
import { close, show } from '../ledger/posts.ts';
import type { Deps } from '../ports/deps.ts';
import type { ClaimEnd } from '../ports/outbox.ts';
import type { Post, PostContent } from '../ports/posts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type BeginPosted, lookAtBegin, postBegin } from './begin.ts';
import { lookAtPanel, type PanelNeeds } from './panels.ts';

type Needs = PanelNeeds & Pick<Deps, 'stores' | 'clock' | 'guilds'>;

export function makePosts(deps: Needs) {
  return {
    /**
     * Posts a button in a channel by which whoever has an account on a server already proves it. There is one: in
     * another channel, it goes from where it was.
     */
    async openDoor(guildId: GuildId, channelId: string): Promise<void> {
      const door = { topic: 'door', content: { kind: 'door' }, kind: 'channel', sink: channelId } as const;
      await deps.stores.transaction(guildId, (tx) =>
        show(deps, tx, { ...door, again: true }, deps.clock.now()),
      );
    },

    /** Posts a button in a channel by which one member begins, who takes no direct messages. */
    openBegin: (guildId: GuildId, memberId: MemberId, channelId: string): Promise<BeginPosted> =>
      postBegin(deps, guildId, { memberId, channelId }),

    /** Looks at those that are due, and leaves none of them due. */
    async look(guildId: GuildId): Promise<void> {
      const due = await deps.stores.of(guildId).posts.listDue(deps.clock.now());
      if (due.length === 0) return;
      const work = () => lookAtDue(deps, guildId);
      // A panel is looked at with whatever happens, which is no news.
      if (due.every(({ content }) => content?.kind === 'panel')) await work();
      else
        await recordRun(deps, guildId, 'cards', async () => say('jobs.said.looked', { count: await work() }));
    },
  };
}

async function lookAtDue(deps: Needs, guildId: GuildId): Promise<number> {
  return await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const due = await tx.posts.listDue(now);
    for (const post of due) await lookAt(deps, tx, post, now);
    return due.length;
  });
}

async function lookAt(deps: Needs, tx: GuildStores, post: Post, now: Date): Promise<void> {
  // What follows decides when it is looked at next.
  await tx.posts.put({ ...post, dueAt: null });
  const { topic, content } = post;
  if (post.state === 'closed') {
    // While Discord is away, what is over is still to be said.
    if (post.deliveryId === null) return await tx.posts.remove(post.id);
    return await tx.posts.put({ ...post, dueAt: new Date(now.getTime() + AGAIN_MS) });
  }
  if (content?.kind === 'claim') return await lookAtClaim(deps, tx, content, now);
  if (content?.kind === 'request') return await remindStaff(deps, tx, content, now);
  if (content?.kind === 'news' && content.begins)
    return await lookAtBegin(deps, tx, { ...content, channelId: post.sink ?? '' }, now);
  if (content?.kind === 'news') return await close(deps, tx, topic, { content: null, now });
  if (content?.kind === 'panel' && post.sink !== null)
    return await lookAtPanel(deps, tx, { topic, channelId: post.sink }, now);
  if (topic === 'clock')
    return await over(deps, tx, topic, { text: say('alert.clock.right', { at: timeOf(now) }), now });
  const [what, serverId = ''] = topic.split(' ');
  if (what === 'outage') await askOnceMore(tx, serverId, now);
}

/** Whether a server is still away shows when it is asked now: what comes of that is told (ledger/outage.ts). */
async function askOnceMore({ servers }: GuildStores, serverId: string, now: Date): Promise<void> {
  const server = await servers.find(serverId);
  if (!server) return;
  if (server.nextProbeAt === null || server.nextProbeAt > now)
    await servers.update(serverId, { nextProbeAt: now });
}

/** A request has waited for two days: once, because the card itself calls nobody. */
async function remindStaff(
  deps: Needs,
  tx: GuildStores,
  { requestId }: Extract<PostContent, { kind: 'request' }>,
  now: Date,
): Promise<void> {
  const request = await tx.requests.find(requestId);
  // Whoever asked is forgotten.
  if (request?.state !== 'waiting')
    return await close(deps, tx, `request ${requestId}`, { content: null, now });
  const { requestsChannelId } = await tx.settings.get();
  const values = { who: await personOf(tx, request.memberId), since: momentOf(request.createdAt) };
  const text = say('request.waits', values);
  if (requestsChannelId === null) return await tell(deps, tx, { text }, now);
  const content = { kind: 'notice', text: lines(text) } as const;
  const message = { id: deps.codes.newId(), kind: 'channel', sink: requestsChannelId, content } as const;
  await tx.deliveries.owe(message, now);
}

const AGAIN_MS = 15 * 60_000;

async function lookAtClaim(
  deps: Needs,
  tx: GuildStores,
  claim: Extract<PostContent, { kind: 'claim' }>,
  now: Date,
): Promise<void> {
  const topic = `claim ${claim.inviteId}` as const;
  const invite = await tx.invites.find(claim.inviteId);
  const ended = invite ? await endOf(tx, invite, now) : 'revoked';
  if (ended) return await close(deps, tx, topic, { content: { ...claim, ended }, now });
  const post = await tx.posts.find(topic);
  const sink = post?.sink ?? '';
  await show(
    deps,
    tx,
    { topic, content: claim, kind: 'channel', sink, dueAt: invite?.validUntil ?? null },
    now,
  );
}

async function endOf(tx: GuildStores, invite: Invite, now: Date): Promise<ClaimEnd | undefined> {
  const { id, memberId } = invite;
  if (memberId !== null && (await tx.invites.findRedemption(id, memberId))) return 'claimed';
  const refusal = refusalOf(invite, memberId, now);
  return refusal === 'for-somebody-else' ? undefined : refusal;
}
