/** How many streams run on the servers that a panel names: asked while one is shown, and kept in memory only. */
import { inParallel } from '../../concurrency/in-parallel.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { MOST_PANEL_SERVERS, panelsDueAt } from '../../domain/panel.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { PanelContent } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Guilds whose servers are asked at the same time. */
const GUILDS_AT_ONCE = 8;

/** What was counted last; null: the server was asked and did not say. Undefined: it was not asked. */
export type StreamsOf = (guildId: GuildId, serverId: string) => number | null | undefined;

export function makeStreams(deps: Deps) {
  const counted = new Map<GuildId, ReadonlyMap<string, number | null | undefined>>();

  async function count(guildId: GuildId): Promise<void> {
    const stores = deps.stores.of(guildId);
    const panels = (await stores.posts.list()).flatMap(({ content, messageId, dueAt }) =>
      content?.kind === 'panel' && messageId !== null ? [{ content, dueAt }] : [],
    );
    if (panels.length === 0) return void counted.delete(guildId);
    const servers = (await stores.servers.list()).slice(0, MOST_PANEL_SERVERS);
    const counts = await Promise.all(servers.map((server) => streamsOn(deps, stores, server)));
    counted.set(guildId, new Map(servers.map(({ id }, index) => [id, counts[index]])));
    // Written only where a panel will say something else, and is not about to be looked at anyway.
    const at = panelsDueAt(deps.clock.now());
    const isNews = panels.some(
      ({ content, dueAt }) => !isSame(content, counts) && (dueAt === null || dueAt > at),
    );
    if (isNews) await deps.stores.transaction(guildId, ({ posts }) => posts.ringPanels(at));
  }

  return {
    of: ((guildId, serverId) => counted.get(guildId)?.get(serverId)) satisfies StreamsOf,

    /** Asks each server once, wherever a panel is shown; panels are looked at where they say something else now. */
    async look(stopping: AbortSignal): Promise<void> {
      const guildIds = await deps.stores.due.listPanels();
      for (const guildId of counted.keys()) if (!guildIds.includes(guildId)) counted.delete(guildId);
      await inParallel(guildIds, GUILDS_AT_ONCE, async (guildId) => {
        if (stopping.aborted) return;
        await count(guildId).catch((err) => deps.log.error({ guildId, err }, 'streams could not be counted'));
      });
    },
  };
}

/** One that is away, or refuses Usher, is said to be so and need not be asked. */
export const isAnswering = ({ status, sharingSince }: Server): boolean =>
  status === 'online' && sharingSince === null;

async function streamsOn(
  deps: Deps,
  stores: GuildStores,
  server: Server,
): Promise<number | null | undefined> {
  if (!isAnswering(server)) return undefined;
  const media = await openServer(deps, stores, server);
  const streams = await media.countStreams();
  return streams.kind === 'known' ? streams.value : null;
}

const isSame = ({ servers }: PanelContent, counts: readonly (number | null | undefined)[]): boolean =>
  servers.length === counts.length && servers.every(({ streams }, index) => streams === counts[index]);
