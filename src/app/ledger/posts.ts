/** Messages that are kept up to date: what is to be shown is written down here, and a delivery shows it (rule 8). */
import { isDeepStrictEqual } from 'node:util';
import type { GuildSettings } from '../../domain/model.ts';
import { lines, mentionedChannel, say, timeOf } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { Delivery, DeliveryContent } from '../ports/outbox.ts';
import type { Post, PostContent, Topic } from '../ports/posts.ts';
import type { GuildStores } from '../ports/stores.ts';

/** What is over is kept for so long. */
const CLOSED_KEPT_MS = 15 * 60_000;
/** What comes back meanwhile goes on in the same message, however often. Of anything else staff are called anew. */
const COMES_AND_GOES = /^(outage|stuck) /;

type PostOwed = Extract<DeliveryContent, { kind: 'post' }>;
type Codes = Pick<Deps, 'codes'>;

interface Shown {
  readonly topic: Topic;
  readonly content: PostContent;
  /** `channel`, with the channel: a message to members. Default: an alert. */
  readonly kind?: Post['kind'];
  readonly sink?: string;
  readonly onRecord?: boolean;
  /** When it is looked at again. */
  readonly dueAt?: Date | null;
  /** It is not posted before `dueAt`, unless it is there already. */
  readonly isPatient?: boolean;
  /** It is shown again, also where nothing is different: somebody may have deleted the message. */
  readonly again?: boolean;
}

/** Says it, in the message that there is about it, or in a new one. */
export async function show(deps: Codes, tx: GuildStores, shown: Shown, now: Date): Promise<void> {
  const { topic, content, kind = 'alert', sink = null, onRecord = false, dueAt = null } = shown;
  const before = await findOpen(tx, topic);
  const isPatient = shown.isPatient === true && (before === undefined || before.messageId === null);
  const state = isPatient && before?.state !== 'open' ? 'waiting' : 'open';
  const isSame =
    before?.state === state && isDeepStrictEqual(before.content, content) && before.sink === sink;
  if (isSame && !shown.again && before.dueAt?.getTime() === dueAt?.getTime() && before.onRecord === onRecord)
    return;
  const post: Post = {
    ...(before ?? NEW),
    ...{ id: before?.id ?? deps.codes.newId(), openedAt: before?.openedAt ?? now },
    ...{ topic, content, kind, sink, onRecord, dueAt, state, closedAt: null },
    version: (before?.version ?? 0) + (isSame && !shown.again ? 0 : 1),
  };
  await keep(deps, tx, post, now);
}

async function findOpen(tx: GuildStores, topic: Topic): Promise<Post | undefined> {
  const post = await tx.posts.find(topic);
  return post?.state === 'closed' && !COMES_AND_GOES.test(topic) ? undefined : post;
}

const NEW = { shown: 0, channelId: null, messageId: null, deliveryId: null } as const;

/** It is over, and says so; nothing is said of what was not told yet. Null: the message goes. */
export async function close(
  deps: Codes,
  tx: GuildStores,
  topic: Topic,
  { content, now }: { readonly content: PostContent | null; readonly now: Date },
): Promise<void> {
  const before = await tx.posts.find(topic);
  if (!before || before.state === 'closed') return;
  if (before.state === 'waiting') return await tx.posts.remove(before.id);
  const dueAt = new Date(now.getTime() + CLOSED_KEPT_MS);
  const closed = { state: 'closed', content, version: before.version + 1, dueAt, closedAt: now } as const;
  await keep(deps, tx, { ...before, ...closed }, now);
}

/** Shows what it says once more: the message is posted anew where somebody has deleted it. */
export async function showAgain(deps: Codes, tx: GuildStores, topic: Topic, now: Date): Promise<void> {
  const post = await findOpen(tx, topic);
  if (post) await keep(deps, tx, { ...post, version: post.version + 1 }, now);
}

/** The channel for alerts is another one now: what is open is told there. */
export async function moveAlerts(deps: Codes, tx: GuildStores, now: Date): Promise<void> {
  for (const post of await tx.posts.list()) if (post.kind === 'alert') await keep(deps, tx, post, now);
}

/**
 * Discord shows `version` of it, in the channel of the delivery; what has changed since is owed. Without one, that
 * which was owed: what a message shows that may have been there already nobody knows.
 */
export async function noteShown(
  deps: Codes,
  tx: GuildStores,
  { delivery, content }: { readonly delivery: Delivery; readonly content: PostOwed },
  {
    messageId,
    version = content.version,
    now,
  }: { readonly messageId: string | null; readonly version?: number | undefined; readonly now: Date },
): Promise<void> {
  const post = await tx.posts.get(content.postId);
  if (!post) return;
  const where = { channelId: delivery.sink, messageId, shown: version, deliveryId: null };
  await keep(deps, tx, { ...post, ...where }, now);
}

/** It could not be shown, for good. What changes about it is tried again. */
export async function noteNotShown(tx: GuildStores, postId: string): Promise<void> {
  const post = await tx.posts.get(postId);
  if (post) await tx.posts.put({ ...post, deliveryId: null });
}

/** Writes it down, and owes what shows it, unless that is owed already. */
async function keep(deps: Codes, tx: GuildStores, post: Post, now: Date): Promise<void> {
  const sink = sinkOf(post, await tx.settings.get());
  const isShown = post.shown >= post.version && post.channelId === sink;
  const isOwed = post.state === 'waiting' || post.deliveryId !== null || sink === null || isShown;
  const id = isOwed ? post.deliveryId : deps.codes.newId();
  await tx.posts.put({ ...post, deliveryId: id });
  if (isOwed || id === null || sink === null) return;
  const content = { kind: 'post', postId: post.id, version: post.version } as const;
  await tx.deliveries.owe({ id, kind: post.kind, sink, content }, now);
}

function sinkOf(
  { sink, onRecord, kind }: Post,
  { alertsChannelId, auditChannelId }: GuildSettings,
): string | null {
  if (sink !== null || kind === 'channel') return sink;
  return alertsChannelId ?? (onRecord ? null : auditChannelId);
}

/** Discord takes messages in this channel again, or another one was chosen in its place. */
export async function closeRefused(
  deps: Codes,
  tx: GuildStores,
  { channelId, end }: { readonly channelId: string; readonly end: 'over' | 'moved' },
  now: Date,
): Promise<void> {
  const values = { channel: mentionedChannel(channelId), at: timeOf(now) };
  const text = end === 'over' ? say('alert.channel.over', values) : say('alert.channel.moved', values);
  const content = { kind: 'alert', state: 'over', text: lines(text) } as const;
  await close(deps, tx, `channel ${channelId}`, { content, now });
}
