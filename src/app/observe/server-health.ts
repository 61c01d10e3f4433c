/** Notes whether a server can be reached. When it is back, whatever waited for it is tried at once. */

import type { GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { nextProbeAt } from '../../domain/retry.ts';
import { tell } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Failed checks in a row after which a server counts as offline: a single lost connection is no outage. */
const OFFLINE_AFTER = 2;
const FROZEN =
  'Frozen: another server answered at this address. Nothing is written there until the right one is back.';

/**
 * Notes a failed read: after two in a row the server is offline (audited once), and is probed until it answers.
 * Another server behind the address freezes it at once, and staff are told.
 */
export async function recordUnreachable(
  deps: Deps,
  guildId: GuildId,
  server: Server,
  why: Trouble,
): Promise<void> {
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const fresh = await tx.servers.find(server.id);
    if (!fresh) return;
    const failedChecks = fresh.failedChecks + 1;
    // Another server at the address is no lost connection: it counts at once, and staff are told (media-servers.md
    // E39).
    const frozen = why.kind === 'other-server';
    const wasFrozen = fresh.offlineWhy?.startsWith(FROZEN) ?? false;
    const isNew = fresh.status === 'online' || (frozen && !wasFrozen);
    // A frozen server that does not answer at all stays frozen until the right one answers, and staff are told only
    // once.
    const offlineWhy = frozen ? FROZEN : wasFrozen ? `${FROZEN} Now: ${why.message}` : why.message;
    const goesOffline = isNew && (frozen || failedChecks >= OFFLINE_AFTER);
    if (frozen && goesOffline) await alertFrozen(deps, tx, fresh, now);
    await tx.servers.update(server.id, {
      failedChecks,
      checkedAt: now,
      offlineWhy,
      nextProbeAt: nextProbeAt(now, failedChecks),
      ...(goesOffline && fresh.status === 'online' && { status: 'offline', offlineSince: now }),
    });
    if (!goesOffline) return;
    await tx.audit.append({
      action: 'server.offline',
      actorId: null,
      facts: { server: server.name, detail: why.message },
      at: now,
    });
  });
  deps.log.warn({ guildId, serverId: server.id, trouble: why.kind }, 'a media server could not be read');
}

/** Nothing is written to a server that is not the one that was added; a person has to look. */
async function alertFrozen(deps: Deps, tx: GuildStores, server: Server, now: Date): Promise<void> {
  const text = `Another server answers at the address of ${server.name}: all changes there are frozen, and nothing of it is believed.\nIf the address is wrong, put it right with /server edit. If the server was set up anew, add it as a new one; this one can be removed with /server remove.`;
  await tell(deps, tx, { text }, now);
}

/** Notes a complete read. Writes only when something was wrong before. */
export async function recordReachable(deps: Deps, guildId: GuildId, server: Server): Promise<void> {
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
    // The server answers, so whatever waits for a later try is tried now.
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
