/** Whether a server can be reached: noted when it changes, so that what waited is tried at once when it is back. */
import type { Server } from '../domain/model.ts';
import { nextProbeAt } from '../domain/retry.ts';
import { type Deps, inParallel, openServer } from './deps.ts';
import type { Enforce } from './enforce.ts';
import type { Trouble } from './ports.ts';

/** Failed checks in a row after which a server is called offline: one lost connection is no outage. */
const OFFLINE_AFTER = 2;
const PROBES_AT_ONCE = 8;

/** Notes a failed read: after two in a row the server is offline (audited once), and is probed until it answers. */
export async function recordUnreachable(
  deps: Deps,
  guildId: string,
  server: Server,
  why: Trouble,
): Promise<void> {
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const fresh = await tx.servers.find(server.id);
    if (!fresh) return;
    const failedChecks = fresh.failedChecks + 1;
    const goesOffline = fresh.status === 'online' && failedChecks >= OFFLINE_AFTER;
    await tx.servers.update(server.id, {
      failedChecks,
      checkedAt: now,
      offlineWhy: why.says,
      nextProbeAt: nextProbeAt(now, failedChecks),
      ...(goesOffline && { status: 'offline', offlineSince: now }),
    });
    if (!goesOffline) return;
    await tx.audit.append({
      action: 'server.offline',
      actorId: null,
      facts: { server: server.name, detail: why.says },
      at: now,
    });
  });
  deps.log.warn({ guildId, serverId: server.id, trouble: why.kind }, 'a media server could not be read');
}

/** Notes a complete read. Writes only when something was wrong before. */
export async function recordReachable(deps: Deps, guildId: string, server: Server): Promise<void> {
  if (server.status === 'online' && server.failedChecks === 0) return;
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const fresh = await tx.servers.find(server.id);
    if (!fresh) return;
    await tx.servers.update(server.id, {
      status: 'online',
      failedChecks: 0,
      checkedAt: now,
      offlineWhy: null,
      offlineSince: null,
      nextProbeAt: null,
    });
    // Whatever waited for this server has waited long enough.
    await tx.accounts.hasten(server.id, now);
    if (fresh.status === 'online') return;
    await tx.audit.append({
      action: 'server.online',
      actorId: null,
      facts: { server: server.name },
      at: now,
    });
  });
  deps.log.info({ guildId, serverId: server.id }, 'a media server answers again');
}

/** Probes the unreachable servers of a guild whose time has come, and lets what waited for them go ahead. */
export async function probeOffline(deps: Deps, enforce: Enforce, guildId: string): Promise<void> {
  const stores = deps.stores.of(guildId);
  const due = await stores.servers.listProbesDue(deps.clock.now());
  await inParallel(due, PROBES_AT_ONCE, async (server) => {
    const media = await openServer(deps, stores, server);
    const alive = await media.ping();
    if (alive.kind === 'unknown') return await recordUnreachable(deps, guildId, server, alive.why);
    // A ping proves less than a read: with work waiting, the pass itself is the proof (and counts its own failures).
    const waiting = await deps.stores.transaction(guildId, (tx) =>
      tx.accounts.hasten(server.id, deps.clock.now()),
    );
    if (waiting === 0) return await recordReachable(deps, guildId, server);
    await enforce.servers(guildId, [server.id]);
  });
}
