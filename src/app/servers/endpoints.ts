/**
 * Asks once a day whether the endpoints that Usher needs are still there: plex.tv has taken several away
 * (media-servers.md A7).
 */

import { inParallel } from '../../concurrency/in-parallel.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { lines, say, timeOf } from '../../words/say.ts';
import { alert, over } from '../ledger/alerts.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { lookAtSignInPlugins } from './sign-in-plugins.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SERVERS_AT_ONCE = 4;

/**
 * Tells staff when an endpoint is gone, once per finding. A server that does not answer is asked again at the next
 * sync.
 */
export async function checkEndpoints(deps: Deps, guildId: GuildId): Promise<void> {
  const servers = await deps.stores.of(guildId).servers.list();
  const online = servers.filter(({ status }) => status === 'online');
  await inParallel(online, SERVERS_AT_ONCE, (server) => checkServer(deps, guildId, server));
}

async function checkServer(deps: Deps, guildId: GuildId, server: Server): Promise<void> {
  const stores = deps.stores.of(guildId);
  const last = await stores.servers.findEndpointLook(server.id);
  const now = deps.clock.now();
  if (last && now.getTime() - last.at.getTime() < DAY_MS) return;
  const media = await openServer(deps, stores, server);
  const found = await media.findRemovedEndpoints();
  if (found.kind === 'unknown') return;
  await lookAtSignInPlugins(deps, guildId, { server, media });
  const removed = found.value.toSorted();
  const known = new Set(last?.removed);
  const fresh = removed.filter((endpoint) => !known.has(endpoint));
  if (fresh.length > 0)
    deps.log.error({ guildId, serverId: server.id, removed: fresh }, 'endpoints that Usher needs are gone');
  await deps.stores.transaction(guildId, async (tx) => {
    // It may have been removed from Usher while it was asked.
    if (!(await tx.servers.find(server.id))) return;
    await tellGone(deps, tx, { server, removed, isNews: fresh.length > 0 }, now);
    await tx.servers.noteEndpointLook(server.id, { at: now, removed });
  });
}

async function tellGone(
  deps: Deps,
  tx: GuildStores,
  { server, removed, isNews }: Found,
  now: Date,
): Promise<void> {
  const { id, name } = server;
  const topic = `endpoints ${id}` as const;
  if (removed.length === 0)
    return await over(deps, tx, topic, {
      text: say('alert.endpoints.over', { server: name, at: timeOf(now) }),
      now,
    });
  if (!isNews) return;
  const what = say('alert.endpoints.open', { server: name, what: removed });
  await alert(deps, tx, topic, { text: lines(what, say('alert.endpoints.next')), now });
}

interface Found {
  readonly server: Server;
  readonly removed: readonly string[];
  /** One of them was still there when it was looked at last. */
  readonly isNews: boolean;
}
