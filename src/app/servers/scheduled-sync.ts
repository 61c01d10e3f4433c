/** The full sync that runs by itself, on the schedule of the guild. */

import type { GuildId } from '../../domain/ids.ts';
import { joinNames } from '../../domain/name-list.ts';
import { panelsDueAt } from '../../domain/panel.ts';
import { nextSync } from '../../domain/schedule.ts';
import { type Sentence, say } from '../../words/say.ts';
import { recordRun } from '../ledger/job-log.ts';
import type { Deps } from '../ports/deps.ts';
import { checkEndpoints } from './endpoints.ts';
import type { SyncServers } from './sync.ts';

export function makeScheduledSync(deps: Deps, syncServers: SyncServers) {
  return async (guildId: GuildId): Promise<void> => {
    await deps.stores.transaction(guildId, async (tx) => {
      const settings = await tx.settings.get();
      const now = deps.clock.now();
      // The next one is set first, so that a sync that fails is not repeated at once.
      await tx.settings.update({ nextSyncAt: nextSync(settings, now) });
      await tx.posts.ringPanels(panelsDueAt(now));
      await tx.drafts.removeExpired(now);
    });
    await recordRun(deps, guildId, 'sync', () => summaryOf(syncServers(guildId)));
    await checkEndpoints(deps, guildId);
  };
}

/** Syncs all servers of a guild because somebody asked, and keeps what came of it like a run by the schedule. */
export function makeSyncNow(deps: Deps, syncServers: SyncServers) {
  return async (guildId: GuildId, progress?: Parameters<SyncServers>[2]): ReturnType<SyncServers> => {
    const reports = syncServers(guildId, undefined, progress);
    await recordRun(
      deps,
      guildId,
      'sync',
      async () => (await summaryOf(reports)) ?? say('jobs.said.noServer'),
    );
    return await reports;
  };
}

/** One sentence; undefined when the guild has no server. */
async function summaryOf(syncing: ReturnType<SyncServers>): Promise<Sentence | undefined> {
  const reports = await syncing;
  if (reports.length === 0) return undefined;
  const failed = reports.filter(({ outcome }) => outcome.kind === 'failed').map(({ server }) => server.name);
  const values = { done: reports.length - failed.length, count: reports.length };
  return failed.length > 0
    ? say('jobs.said.syncedBut', { ...values, failed: joinNames(failed) })
    : say('jobs.said.synced', values);
}
