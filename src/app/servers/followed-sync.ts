/**
 * A sync that a program asks for. What takes longer than people wait for a command goes on as an operation, which keeps
 * what came of it. Who is killed meanwhile has changed nothing by it, so one that was cut off is made anew when it is
 * asked about: the answer is a reading that has ended, and nothing else.
 */
import type { Background } from '../../concurrency/background.ts';
import { withinPatience } from '../../concurrency/patience.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';
import type { CameOfSync } from '../ports/stores/api.ts';
import { COMMAND_PATIENCE_MS } from '../reconcile/apply-now.ts';
import { REMOVED, type SyncReport, type SyncServers } from './sync.ts';

export type FollowedSync =
  | { readonly kind: 'done'; readonly report: SyncReport }
  /** It goes on: the operation says what came of it. */
  | { readonly kind: 'running' }
  /** There is no such server. */
  | { readonly kind: 'gone' };

export function makeFollowedSyncs(deps: Deps, syncServers: SyncServers, background: Background) {
  const { stores, clock, log } = deps;
  const running = new Set<string>();

  /** Never rejects: a sync whose end could not be kept is made anew when it is asked about. */
  async function keepEnd(guildId: GuildId, id: string, sync: ReturnType<SyncServers>): Promise<void> {
    running.add(id);
    try {
      const [report] = await sync;
      await stores.transaction(guildId, (tx) => tx.api.endSync(id, cameOf(report)));
    } catch (err) {
      log.error({ guildId, operationId: id, err }, 'a sync that a program waits for broke off');
    } finally {
      running.delete(id);
    }
  }

  return {
    /** Looks at a server now; `id` is that of the operation, if there has to be one. */
    async begin(guildId: GuildId, id: string, serverId: string): Promise<FollowedSync> {
      const createdAt = clock.now();
      const sync = background.run(() => syncServers(guildId, [serverId]));
      const inTime = await withinPatience(clock, COMMAND_PATIENCE_MS, sync);
      if (inTime.kind === 'done') {
        const [report] = inTime.value;
        return report ? { kind: 'done', report } : { kind: 'gone' };
      }
      const operation = { id, about: [], sync: { serverId, came: null }, createdAt };
      await stores.transaction(guildId, (tx) => tx.api.addOperation(operation));
      void background.run(() => keepEnd(guildId, id, sync));
      return { kind: 'running' };
    },

    /** Makes anew what was cut off. */
    goOn(guildId: GuildId, id: string, serverId: string): void {
      if (running.has(id)) return;
      void background.run(() => keepEnd(guildId, id, syncServers(guildId, [serverId])));
    },
  };
}

/** What is kept of it: no people. What others changed there stands in the record. */
function cameOf(report: SyncReport | undefined): CameOfSync {
  if (!report) return { isSynced: false, why: REMOVED.message };
  const { outcome } = report;
  if (outcome.kind === 'failed') return { isSynced: false, why: outcome.why.message };
  const { added, gone, libraries } = outcome;
  return { isSynced: true, added, gone, libraries };
}
