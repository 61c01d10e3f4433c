/** Once a day: are the endpoints that Usher lives on still there? plex.tv has taken several away (media-servers.md A7). */
import { inParallel } from '../../concurrency/in-parallel.ts';
import type { Server } from '../../domain/model.ts';
import { type Deps, openServer } from '../ports/deps.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SERVERS_AT_ONCE = 4;

/** What the last look at a server's endpoints said. */
interface LastLook {
  readonly at: string;
  readonly removed: readonly string[];
}

/** Tells staff when an endpoint is gone, once per finding. A server that does not answer is asked again at the next sync. */
export async function checkEndpoints(deps: Deps, guildId: string): Promise<void> {
  const servers = await deps.stores.of(guildId).servers.list();
  const online = servers.filter(({ status }) => status === 'online');
  await inParallel(online, SERVERS_AT_ONCE, (server) => checkServer(deps, guildId, server));
}

async function checkServer(deps: Deps, guildId: string, server: Server): Promise<void> {
  const fact = `endpoints.${guildId}.${server.id}`;
  const last = parse(await deps.stores.installation.find(fact));
  const now = deps.clock.now();
  if (last && now.getTime() - Date.parse(last.at) < DAY_MS) return;
  const media = await openServer(deps, deps.stores.of(guildId), server);
  const found = await media.findRemovedEndpoints();
  if (found.kind === 'unknown') return;
  const removed = found.value.toSorted();
  const known = new Set(last?.removed);
  const fresh = removed.filter((endpoint) => !known.has(endpoint));
  if (fresh.length > 0) await alert(deps, guildId, server, fresh, now);
  await deps.stores.installation.set(fact, JSON.stringify({ at: now.toISOString(), removed }));
}

async function alert(
  deps: Deps,
  guildId: string,
  server: Server,
  removed: readonly string[],
  now: Date,
): Promise<void> {
  deps.log.error({ guildId, serverId: server.id, removed }, 'endpoints that Usher needs are gone');
  await deps.stores.transaction(guildId, async (tx) => {
    const { alertsChannelId, auditChannelId } = await tx.settings.get();
    const sink = alertsChannelId ?? auditChannelId;
    if (sink === null) return;
    const text = `${server.name} no longer answers to something that Usher needs: ${removed.join(', ')}.\nSome changes may not work until Usher is updated. Nothing was changed; what fails stays due.`;
    const content = { kind: 'alert', text } as const;
    await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'channel', sink, content }, now);
  });
}

function parse(text: string | undefined): LastLook | undefined {
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('at' in value) || !('removed' in value))
    return undefined;
  const { at, removed } = value;
  return typeof at === 'string' && Array.isArray(removed) ? { at, removed: removed.map(String) } : undefined;
}
