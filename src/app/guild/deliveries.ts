/** Records how a delivery to Discord ended, together with what follows from that (rule 8). */
import { type GuildId, type MemberId, toMemberId } from '../../domain/ids.ts';
import type { NonEmpty } from '../../domain/model.ts';
import type { NoticeStep } from '../../domain/notice.ts';
import {
  lines,
  mentionedChannel,
  mentionedRole,
  type Said,
  say,
  type Text,
  timeOf,
} from '../../words/say.ts';
import { alert, over, personOf, tell, whoOf } from '../ledger/alerts.ts';
import { close, closeRefused, noteNotShown, noteShown, show } from '../ledger/posts.ts';
import type { Deps } from '../ports/deps.ts';
import { type Delivery, type DeliveryContent, isDirect, type RefusedChannel } from '../ports/outbox.ts';
import type { Post, Topic } from '../ports/posts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { seesChannel, showBegin } from './begin.ts';

/** Whoever has not looked by then does not read it any more. */
const NEWS_LASTS_MS = 3 * 86_400_000;

export function makeDeliveries(deps: Deps) {
  return {
    /** Discord has these, in one message, or in none where none was to be; of a post the version that it shows. */
    async sent(deliveries: NonEmpty<Delivery>, messageId: string | null, version?: number): Promise<void> {
      const [first] = deliveries;
      await deps.stores.transaction(first.guildId, async (tx) => {
        const now = deps.clock.now();
        const ids = deliveries.map(({ id }) => id);
        if (!(await tx.deliveries.markSent(ids, messageId ?? '', now))) return;
        await noteDm(tx, first, 'open', now);
        const { content, sink } = first;
        if (content.kind === 'post')
          await noteShown(deps, tx, { delivery: first, content }, { messageId, version, now });
        const events = deliveries.flatMap((one) =>
          one.content.kind === 'audit' ? [one.content.event.number] : [],
        );
        if (messageId !== null && events.length > 0) await tx.record.noteShown(events, sink, messageId);
        if (content.kind === 'role') await noteRoleWorks(deps, tx, content, now);
        // One that was refused went through.
        if (first.attempts > 0) await closeRefused(deps, tx, { channelId: sink, end: 'over' }, now);
      });
    },

    /** What the delivery of a post is about; undefined when nothing is to be said any more. */
    async findPost({ guildId, content }: Delivery): Promise<Post | undefined> {
      return content.kind === 'post' ? await deps.stores.of(guildId).posts.get(content.postId) : undefined;
    },

    /** It will not be sent: `closed` when the person takes no direct messages. */
    async parked(delivery: Delivery, trouble: Text, closed: boolean): Promise<void> {
      const requests = await requestsSeenBy(deps, delivery);
      await deps.stores.transaction(delivery.guildId, async (tx) => {
        const now = deps.clock.now();
        if (!(await tx.deliveries.park(delivery.id, trouble, now))) return;
        const { content, kind, sink } = delivery;
        if (content.kind === 'post') {
          await noteNotShown(tx, content.postId);
          await elsewhere(deps, tx, { postId: content.postId, sink, trouble }, now);
        }
        const knewClosed =
          isDirect(delivery) && (await tx.members.find(toMemberId(sink)))?.dmState === 'closed';
        if (closed) await noteDm(tx, delivery, 'closed', now);
        if (content.kind === 'notice' && kind === 'dm')
          await tellOtherwise(deps, tx, { memberId: toMemberId(sink), text: content.text }, now);
        if (hasToBegin(content))
          await beginOtherwise(deps, tx, { memberId: toMemberId(sink), requests, knewClosed }, now);
        if (content.kind === 'role')
          await noteRole(deps, tx, { memberId: toMemberId(sink), content, trouble }, now);
      });
    },

    /**
     * Discord refuses what is owed to a channel: staff are told once, where they can read it, and it goes on as soon as
     * the channel can be used again.
     */
    async refused(
      delivery: Delivery,
      refusal: { readonly trouble: Text; readonly dueAt: Date; readonly ownerId: string | undefined },
    ): Promise<void> {
      await deps.stores.transaction(delivery.guildId, async (tx) => {
        const now = deps.clock.now();
        const known = (await tx.deliveries.listRefused()).map(({ channelId }) => channelId);
        const isNews = await tx.deliveries.refuse(delivery.id, refusal, now);
        // One channel may refuse lines of the record and alerts.
        if (!isNews || known.includes(delivery.sink)) return;
        await alertRefused(deps, tx, { channelId: delivery.sink, ...refusal }, now);
      });
    },

    /** Channels in which Usher may not post, and what waits for them. */
    listRefused: (guildId: GuildId): Promise<readonly RefusedChannel[]> =>
      deps.stores.of(guildId).deliveries.listRefused(),

    /** Something has changed in the guild that may let Usher post again. */
    async retryRefused(guildId: GuildId): Promise<void> {
      if ((await deps.stores.of(guildId).deliveries.listRefused()).length === 0) return;
      await deps.stores.transaction(guildId, (tx) => tx.deliveries.retryRefused(deps.clock.now()));
    },
  };
}

/** To the channel that works, and to the owner of the guild: an admin who sees it wherever else nobody looks. */
async function alertRefused(
  deps: Deps,
  tx: GuildStores,
  {
    channelId,
    trouble,
    ownerId,
  }: { readonly channelId: string; readonly trouble: Text; readonly ownerId: string | undefined },
  now: Date,
): Promise<void> {
  const [{ alertsChannelId, auditChannelId }, refused] = await Promise.all([
    tx.settings.get(),
    tx.deliveries.listRefused(),
  ]);
  const works = (id: string | null) => id !== null && refused.every((one) => one.channelId !== id);
  const channel = [alertsChannelId, auditChannelId].find(works);
  const values = { channel: mentionedChannel(channelId), why: trouble };
  const text = lines(
    channelId === auditChannelId
      ? say('alert.channel.audit', values)
      : channelId === alertsChannelId
        ? say('alert.channel.alerts', values)
        : say('alert.channel.panel', values),
    channelId === auditChannelId || channelId === alertsChannelId
      ? say('alert.channel.next')
      : say('alert.channel.panelNext'),
  );
  if (channel) await alert(deps, tx, `channel ${channelId}`, { text, sink: channel, now });
  if (ownerId === undefined) return;
  const content = { kind: 'alert', text } as const;
  await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'dm', sink: ownerId, content }, now);
}

/** A channel for requests that takes none: what members ask for is shown where alerts are, and staff are told. */
async function elsewhere(
  deps: Deps,
  tx: GuildStores,
  { postId, sink, trouble }: { readonly postId: string; readonly sink: string; readonly trouble: Text },
  now: Date,
): Promise<void> {
  const post = await tx.posts.get(postId);
  if (post?.content?.kind !== 'request' || post.kind !== 'channel' || post.state !== 'open') return;
  const { topic, content, dueAt } = post;
  await show(deps, tx, { topic, content, dueAt, kind: 'alert' }, now);
  const channel = mentionedChannel(sink);
  await tell(deps, tx, { text: say('alert.channel.requests', { channel, why: trouble }) }, now);
}

async function noteDm(tx: GuildStores, delivery: Delivery, dmState: 'open' | 'closed', at: Date) {
  if (!isDirect(delivery)) return;
  const { sink, content } = delivery;
  const targetId = toMemberId(sink);
  await tx.members.ensure(targetId);
  await tx.members.update(targetId, { dmState });
  if (content.kind !== 'invite') return;
  const invite = await tx.invites.find(content.inviteId);
  await tx.audit.append({
    action: dmState === 'open' ? 'invite.sent' : 'invite.dm_closed',
    actorId: null,
    targetId,
    facts: invite ? { invite: invite.prefix } : {},
    at,
  });
}

/**
 * A role was not given or taken: Discord refuses it, or it is none that a plan or an invite may give. It goes into the
 * record and to staff, because nobody else would notice.
 */
async function noteRole(
  deps: Deps,
  tx: GuildStores,
  {
    memberId,
    content,
    trouble,
  }: { readonly memberId: MemberId; readonly content: RoleContent; readonly trouble: Text },
  now: Date,
): Promise<void> {
  const { roleId, remove } = content;
  const facts = { role: roleId, how: remove ? 'taken' : 'given', detail: trouble };
  await tx.audit.append({ action: 'role.refused', actorId: null, targetId: memberId, facts, at: now });
  const topic = topicOfRole(content);
  const about = [...new Set([...(await toldOf(tx, topic)), memberId])];
  const values = { role: mentionedRole(roleId), who: await whoOf(tx, about), why: trouble };
  const text = remove
    ? lines(say('alert.role.take', values), say('alert.role.takeNext'))
    : lines(say('alert.role.give', values), say('alert.role.giveNext'));
  await alert(deps, tx, topic, { text, isOnRecord: true, about, now });
}

const topicOfRole = ({ roleId, remove }: RoleContent): Topic => `role ${remove ? 'take' : 'give'}:${roleId}`;

/** The members that the open alert about it names. */
async function toldOf(tx: GuildStores, topic: Topic): Promise<readonly MemberId[]> {
  const post = await tx.posts.find(topic);
  if (post?.state !== 'open' || post.content?.kind !== 'alert') return [];
  return (post.content.about ?? []).map(toMemberId);
}

/** It could be moved for somebody: what was in the way is not any more, and who was left out is still to be seen to. */
async function noteRoleWorks(deps: Deps, tx: GuildStores, content: RoleContent, now: Date): Promise<void> {
  const topic = topicOfRole(content);
  const about = await toldOf(tx, topic);
  if (about.length === 0) return;
  const values = { role: mentionedRole(content.roleId), who: await whoOf(tx, about), at: timeOf(now) };
  await over(deps, tx, topic, { text: say('alert.role.over', values), now });
}

type RoleContent = Extract<DeliveryContent, { kind: 'role' }>;

/** Whether it tells a member what they have to do before they can watch. */
const hasToBegin = (content: DeliveryContent): boolean =>
  content.kind === 'changes' &&
  (content.said ?? []).some((part) => 'places' in part && part.places.some(({ step }) => TO_DO.has(step)));

/** The channel for requests, where the person of a delivery has to begin and sees it: there they find a button. */
async function requestsSeenBy(deps: Deps, { guildId, content, sink }: Delivery): Promise<string | null> {
  if (!hasToBegin(content)) return null;
  const { requestsChannelId: channelId } = await deps.stores.of(guildId).settings.get();
  if (channelId === null) return null;
  return (await seesChannel(deps, guildId, { memberId: toMemberId(sink), channelId })) ? channelId : null;
}

const TO_DO: ReadonlySet<NoticeStep> = new Set(['sign-in', 'create', 'accept']);
const TO_BE_DONE = say('my.toBeDone');

/**
 * Whoever has to begin finds a button in a channel: where they claimed their invite, or where requests are. Else staff
 * are asked, once, to tell them, or to say where: replies to staff say who takes no direct messages.
 */
async function beginOtherwise(
  deps: Deps,
  tx: GuildStores,
  {
    memberId,
    requests,
    knewClosed,
  }: { readonly memberId: MemberId; readonly requests: string | null; readonly knewClosed: boolean },
  now: Date,
): Promise<void> {
  const channelId = (await claimedIn(tx, memberId)) ?? requests;
  if (channelId !== null) return await showBegin(deps, tx, { memberId, channelId }, now);
  if (knewClosed) return;
  const text = say('my.tellThem', { member: await personOf(tx, memberId), text: TO_BE_DONE });
  await tell(deps, tx, { text, begins: memberId }, now);
}

/** The channel in which they claimed an invite; null where they did not. */
async function claimedIn(tx: GuildStores, memberId: MemberId): Promise<string | null> {
  const used = new Set((await tx.grants.list({ memberId })).map(({ inviteId }) => inviteId));
  const invites = (await tx.invites.list()).filter(({ id }) => used.has(id));
  return invites.find((invite) => invite.claimChannelId !== null)?.claimChannelId ?? null;
}

/**
 * What a member should hear did not reach them. Where they claimed their invite, they are told that there is news, but
 * not what it is, because others read there; else staff are asked to tell them.
 */
async function tellOtherwise(
  deps: Deps,
  tx: GuildStores,
  { memberId, text }: { readonly memberId: MemberId; readonly text: Said },
  now: Date,
): Promise<void> {
  const channelId = await claimedIn(tx, memberId);
  if (channelId !== null) {
    // An edit would call nobody, so that there is a new one for each, and the one before goes.
    const topic = `news ${memberId}` as const;
    await close(deps, tx, topic, { content: null, now });
    const dueAt = new Date(now.getTime() + NEWS_LASTS_MS);
    const content = { kind: 'news', memberId } as const;
    await show(deps, tx, { topic, content, kind: 'channel', sink: channelId, dueAt }, now);
    return;
  }
  const told = say('my.tellThem', { member: await personOf(tx, memberId), text });
  await tell(deps, tx, { text: told }, now);
}
