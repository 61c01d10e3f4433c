/** Which jobs ran and what came of them, and which changes are overdue. */

import { withinPatience } from '../../concurrency/patience.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Account, JobName, JobRun, Server } from '../../domain/model.ts';
import { BACKUP_EVERY_MS, PURGE_EVERY_MS, ROLES_EVERY_MS, shownSync } from '../../domain/schedule.ts';
import { say, type Text } from '../../words/say.ts';
import { recordRun } from '../ledger/job-log.ts';
import type { Backup } from '../ports/backups.ts';
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
  /** Of the whole installation; undefined where its communities need not know how it is run. */
  readonly backup: BackupOverview | undefined;
  /** Grants whose end has come, and that no reading has shown to be gone. */
  readonly ending: number;
}

export interface BackupOverview {
  readonly last: Pick<Backup, 'madeAt' | 'bytes'> | undefined;
  /** Null where none is made by itself: it is switched off, or the database has tools of its own. */
  readonly nextAt: Date | null;
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
  | { readonly kind: 'away'; readonly server: Server; readonly why: Text }
  | { readonly kind: 'left'; readonly server: Server; readonly count: number; readonly why: Text }
  | { readonly kind: 'done'; readonly server: Server }
  | { readonly kind: 'gone' };

const after = (run: JobRun | undefined, ms: number): Date | undefined =>
  run && new Date(run.startedAt.getTime() + ms);

const later = (one: Date, other: Date | undefined): Date =>
  other !== undefined && other > one ? other : one;

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
    if (last?.id === before?.id)
      await recordRun(deps, guildId, 'enforce', async () => say('jobs.said.nothing'));
  }

  /** The communities of a host need not know how it is run. */
  async function backupOverview(): Promise<BackupOverview | undefined> {
    const { operator, backups } = deps;
    const info = await operator.info().catch(() => undefined);
    if (info?.guilds !== 1) return undefined;
    const last = await backups.newest();
    if (!backups.isDaily) return { last, nextAt: null };
    const next = last && new Date(last.madeAt.getTime() + BACKUP_EVERY_MS);
    return { last, nextAt: later(deps.clock.now(), next) };
  }

  return {
    overdue,

    /** Each job: its last run, and when the next one is due; and what is past its end by now. */
    async overview(guildId: GuildId): Promise<JobsOverview> {
      const stores = deps.stores.of(guildId);
      const last = async (job: JobName) => (await stores.jobRuns.list(job, 1))[0];
      const now = deps.clock.now();
      const [lastEnforce, lastSync, lastRemind] = await Promise.all([
        last('enforce'),
        last('sync'),
        last('remind'),
      ]);
      const [roles, cards, purge] = await Promise.all([last('roles'), last('cards'), last('purge')]);
      const [settings, nextDue, nextReminder, posts, backup, ending] = await Promise.all([
        stores.settings.get(),
        deps.stores.due.nextMoment(guildId),
        deps.stores.due.nextReminder(guildId),
        stores.posts.list(),
        backupOverview(),
        stores.grants.count({ states: ['ending'], at: now }),
      ]);
      const nextSync = shownSync(settings, now);
      const nextPost = posts
        .flatMap(({ dueAt }) => dueAt ?? [])
        .toSorted((one, other) => one.getTime() - other.getTime())[0];
      return {
        enforce: { last: lastEnforce, nextAt: nextDue ?? null },
        sync: { last: lastSync, nextAt: nextSync },
        remind: { last: lastRemind, nextAt: nextReminder ?? null },
        // With the sync that is the first after a day, where Discord tells of everybody meanwhile.
        roles: {
          last: roles,
          nextAt: deps.guilds.mayListMembers() ? later(nextSync, after(roles, ROLES_EVERY_MS)) : nextSync,
        },
        cards: { last: cards, nextAt: nextPost ?? null },
        purge: { last: purge, nextAt: later(now, after(purge, PURGE_EVERY_MS)) },
        backup,
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
