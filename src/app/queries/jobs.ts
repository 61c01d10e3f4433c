/** Which jobs ran and what came of them, and which changes are overdue. */

import { withinPatience } from '../../concurrency/patience.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Account, JobName, JobRun, Server } from '../../domain/model.ts';
import { shownSync } from '../../domain/schedule.ts';
import { recordRun } from '../ledger/job-log.ts';
import type { Deps } from '../ports/deps.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import type { ProbeOffline } from '../reconcile/probe.ts';

/** How long somebody waits for a job that they asked for; it goes on afterwards. */
const PATIENCE_MS = 60_000;

export interface JobOverview {
  readonly last: JobRun | undefined;
  /** Null when nothing is waiting. */
  readonly nextAt: Date | null;
}

export interface JobsOverview extends Readonly<Record<JobName, JobOverview>> {
  /** Grants whose end has come, and that no reading has shown to be gone. */
  readonly ending: number;
}

/** A change that could not be made yet. */
export interface OverdueChange {
  readonly account: Account;
  readonly server: Server;
}

/** What came of trying a server again. */
export type Retried =
  /** It takes longer than people wait, and goes on. */
  | { readonly kind: 'running'; readonly server: Server }
  | { readonly kind: 'away'; readonly server: Server; readonly why: string }
  | { readonly kind: 'left'; readonly server: Server; readonly count: number; readonly why: string }
  | { readonly kind: 'done'; readonly server: Server }
  | { readonly kind: 'gone' };

export function makeJobRuns(deps: Deps, enforce: Enforce, probes: Pick<ProbeOffline, 'now'>) {
  const isDoneInTime = async (work: Promise<void>): Promise<boolean> =>
    (await withinPatience(deps.clock, PATIENCE_MS, work)).kind === 'done';

  /** Changes that failed and will be tried again, in the order of their next tries. */
  async function overdue(guildId: GuildId): Promise<readonly OverdueChange[]> {
    const stores = deps.stores.of(guildId);
    const [accounts, servers] = await Promise.all([
      stores.accounts.list({ troubled: true }),
      stores.servers.list(),
    ]);
    return accounts
      .flatMap((account) => {
        const server = servers.find(({ id }) => id === account.serverId);
        return server ? [{ account, server }] : [];
      })
      .toSorted((a, b) => (a.account.dueAt?.getTime() ?? 0) - (b.account.dueAt?.getTime() ?? 0));
  }

  /** Whoever asked for a run finds it in the list, also where nothing was due. */
  async function enforced(guildId: GuildId): Promise<void> {
    const { jobRuns } = deps.stores.of(guildId);
    const [before] = await jobRuns.list('enforce', 1);
    await enforce.guild(guildId);
    const [last] = await jobRuns.list('enforce', 1);
    if (last?.id === before?.id) await recordRun(deps, guildId, 'enforce', async () => 'nothing was due');
  }

  return {
    overdue,

    /** Each job: its last run, and when the next one is due; and what is past its end by now. */
    async overview(guildId: GuildId): Promise<JobsOverview> {
      const stores = deps.stores.of(guildId);
      const [[lastEnforce], [lastSync], [lastRemind], settings, nextDue, nextReminder, ending] =
        await Promise.all([
          stores.jobRuns.list('enforce', 1),
          stores.jobRuns.list('sync', 1),
          stores.jobRuns.list('remind', 1),
          stores.settings.get(),
          deps.stores.due.nextMoment(guildId),
          deps.stores.due.nextReminder(guildId),
          stores.grants.count({ states: ['ending'], at: deps.clock.now() }),
        ]);
      return {
        enforce: { last: lastEnforce, nextAt: nextDue ?? null },
        sync: { last: lastSync, nextAt: shownSync(settings, deps.clock.now()) },
        remind: { last: lastRemind, nextAt: nextReminder ?? null },
        ending,
      };
    },

    /** Tries a change again now, or all that are overdue; false when it takes longer than people wait. */
    async retry(guildId: GuildId, accountId?: string): Promise<boolean> {
      const chosen = (await overdue(guildId)).filter(
        ({ account }) => accountId === undefined || account.id === accountId,
      );
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        for (const { account } of chosen) await tx.accounts.update(account.id, { dueAt: now });
      });
      const serverIds = [...new Set(chosen.map(({ server }) => server.id))];
      return await isDoneInTime(enforce.servers(guildId, serverIds));
    },

    /** Asks a server again, and tries what failed there. */
    async retryServer(guildId: GuildId, serverId: string): Promise<Retried> {
      const stores = deps.stores.of(guildId);
      const before = await stores.servers.find(serverId);
      if (!before) return { kind: 'gone' };
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        for (const { id } of await tx.accounts.list({ serverId, troubled: true }))
          await tx.accounts.update(id, { dueAt: now });
      });
      const isInTime = await isDoneInTime(probes.now(guildId, before));
      const [server, left] = await Promise.all([
        stores.servers.find(serverId),
        stores.accounts.list({ serverId, troubled: true }),
      ]);
      if (!server) return { kind: 'gone' };
      if (!isInTime) return { kind: 'running', server };
      if (server.offlineSince ?? server.sharingSince)
        return { kind: 'away', server, why: server.offlineWhy ?? server.sharingWhy ?? '' };
      const [first] = left;
      if (!first) return { kind: 'done', server };
      return { kind: 'left', server, count: left.length, why: first.trouble ?? '' };
    },

    /** Starts, ends and compares everything that is due now; false when it takes longer than people wait. */
    async enforceNow(guildId: GuildId): Promise<boolean> {
      return await isDoneInTime(enforced(guildId));
    },
  };
}
