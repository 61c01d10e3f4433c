/** Messages that show how things stand: posted by an admin, and kept up to date until they are taken away. */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { MOST_PANEL_SERVERS, nextByTime, SOON_MS } from '../../domain/panel.ts';
import { shownSync } from '../../domain/schedule.ts';
import { mentionedChannel, say } from '../../words/say.ts';
import { close, show, showAgain } from '../ledger/posts.ts';
import type { Deps } from '../ports/deps.ts';
import type { AwaitDelivery, PanelContent } from '../ports/outbox.ts';
import type { Post, Topic } from '../ports/posts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { noteChange } from './setting-changed.ts';
import { LINE_PATIENCE_MS, type LineEnd, lineEnd } from './settings.ts';
import { isAnswering, type StreamsOf } from './streams.ts';

/** Of a guild: each is edited whenever something happens. */
const MOST_PANELS = 5;

/** `there`: it stood there already, and is shown once more. `full`: there are as many as a guild may have. */
export type PostedPanel =
  | { readonly kind: 'posted' | 'there'; readonly end: LineEnd }
  | { readonly kind: 'full'; readonly channelIds: readonly string[] };

/** The channels in which there was one; where Usher may not write, its message stays as it is. */
export interface RemovedPanels {
  readonly gone: readonly string[];
  readonly left: readonly string[];
}

interface Change {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
}

/** What looking at one needs beside the stores. */
export interface PanelNeeds extends Pick<Deps, 'codes'> {
  readonly streamsOf: StreamsOf;
}
type Needs = PanelNeeds & Pick<Deps, 'stores' | 'clock'>;

export function makePanels(deps: Needs, awaitDelivery: AwaitDelivery) {
  return {
    /** Posts one in a channel; one that is there is brought up to date, and posted anew where somebody deleted it. */
    async post({
      guildId,
      actorId,
      channelId,
    }: Change & { readonly channelId: string }): Promise<PostedPanel> {
      const topic = topicOf(channelId);
      // Listened for before it is owed: the relay may have sent it before the transaction returns.
      const fate = awaitDelivery(`alert ${channelId}`, LINE_PATIENCE_MS);
      const posted = await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        const channelIds = await channelsIn(tx);
        if (channelIds.includes(channelId)) {
          await showAgain(deps, tx, topic, now);
          return { kind: 'there' } as const;
        }
        if (channelIds.length >= MOST_PANELS) return { kind: 'full', channelIds } as const;
        await lookAtPanel(deps, tx, { topic, channelId }, now);
        const detail = say('audit.setting.panelPosted', { channel: mentionedChannel(channelId) });
        await noteChange(tx, actorId, detail, now);
        return { kind: 'posted' } as const;
      });
      return posted.kind === 'full' ? posted : { ...posted, end: lineEnd(await fate) };
    },

    /** Takes it away, or all of them. */
    async remove({
      guildId,
      actorId,
      channelId,
    }: Change & { readonly channelId?: string | undefined }): Promise<RemovedPanels> {
      return await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        const all = await channelsIn(tx);
        const those = channelId === undefined ? all : all.filter((id) => id === channelId);
        const left: string[] = [];
        for (const id of those) {
          if (await letGo(deps, tx, id, now)) left.push(id);
          else await close(deps, tx, topicOf(id), { content: null, now });
          const detail = say('audit.setting.panelRemoved', { channel: mentionedChannel(id) });
          await noteChange(tx, actorId, detail, now);
        }
        return { gone: those.filter((id) => !left.includes(id)), left };
      });
    },

    /** The channels in which there is one. */
    list: (guildId: GuildId): Promise<readonly string[]> => channelsIn(deps.stores.of(guildId)),
  };
}

const topicOf = (channelId: string): Topic => `panel ${channelId}`;

/** Of a channel that takes nothing, or is gone, nothing is waited for. False where Usher may write. */
async function letGo(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  channelId: string,
  now: Date,
): Promise<boolean> {
  const isRefused = async () =>
    (await tx.deliveries.listRefused()).some((refused) => refused.channelId === channelId);
  const post = await tx.posts.find(topicOf(channelId));
  if (!post || !(await isRefused())) return false;
  if (post.deliveryId !== null) await tx.deliveries.park(post.deliveryId, 'it is not needed any more', now);
  await tx.posts.remove(post.id);
  // Unless lines of the record or alerts wait there as well.
  if (!(await isRefused())) await close(deps, tx, `channel ${channelId}`, { content: null, now });
  return true;
}

async function channelsIn({ posts }: GuildStores): Promise<readonly string[]> {
  const open = await posts.list();
  return open.flatMap(({ topic, sink }) => (topic.startsWith('panel ') && sink !== null ? [sink] : []));
}

/** Shows how things stand now, if that is something else; and when it is to be looked at although nothing happens. */
export async function lookAtPanel(
  deps: PanelNeeds,
  tx: GuildStores,
  { topic, channelId }: { readonly topic: Post['topic']; readonly channelId: string },
  now: Date,
): Promise<void> {
  const { content, nextAt } = await figuresOf(deps, tx, now);
  // As an alert: a channel that takes none is told to staff, and it waits there.
  await show(deps, tx, { topic, content, kind: 'alert', sink: channelId, dueAt: nextAt ?? null }, now);
}

async function figuresOf(
  { streamsOf }: Pick<PanelNeeds, 'streamsOf'>,
  tx: GuildStores,
  now: Date,
): Promise<{ readonly content: PanelContent; readonly nextAt: Date | undefined }> {
  const [settings, servers, ends, open, [nextInvite]] = await Promise.all([
    tx.settings.get(),
    tx.servers.list(),
    tx.grants.listEnds({ states: ['active', 'ending'], at: now }),
    tx.invites.countOpen(now),
    tx.invites.listPage({ state: 'open', at: now, limit: 1 }),
  ]);
  const active = ends.filter(({ state }) => state === 'active');
  const soon = active.filter(({ expiresAt }) => expiresAt !== null && +expiresAt <= +now + SOON_MS);
  const membersOf = (some: typeof ends) => new Set(some.map(({ memberId }) => memberId)).size;
  const content = {
    kind: 'panel',
    servers: servers.slice(0, MOST_PANEL_SERVERS).map((server) => {
      const streams = isAnswering(server) ? streamsOf(tx.guildId, server.id) : undefined;
      return { ...stateOf(server), ...(streams !== undefined && { streams }) };
    }),
    more: Math.max(0, servers.length - MOST_PANEL_SERVERS),
    active: membersOf(active),
    expiring: membersOf(soon),
    overdue: membersOf(ends.filter(({ state }) => state === 'ending')),
    invites: open.invites,
    nextSyncAt: shownSync(settings, now).toISOString(),
  } as const;
  const moments = { ends: active.map(({ expiresAt }) => expiresAt), runsOutAt: nextInvite?.validUntil };
  return { content, nextAt: nextByTime(moments, now) };
}

function stateOf({
  name,
  status,
  offlineSince,
  sharingSince,
  frozenAt,
}: Server): PanelContent['servers'][number] {
  const since = (at: Date | null) => at?.toISOString() ?? null;
  if (status === 'offline') return { name, state: 'offline', since: since(offlineSince) };
  if (frozenAt) return { name, state: 'frozen', since: since(frozenAt) };
  if (sharingSince) return { name, state: 'sharing', since: since(sharingSince) };
  return { name, state: 'online', since: null };
}
