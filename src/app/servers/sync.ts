/** A full sync of one server: what libraries it has, who has access, and what others changed there (drift). */

import { inParallel } from '../../concurrency/in-parallel.ts';
import { type AccessCounts, NOBODY } from '../../domain/access-counts.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { type Sentence, say, type Text } from '../../words/say.ts';
import { linkKnownInSync } from '../accounts/link-known.ts';
import { findNews, forgetGiven, storeNews } from '../observe/accounts.ts';
import { unlessFull } from '../observe/follow-libraries.ts';
import { storeLibraries } from '../observe/libraries.ts';
import { toCompare } from '../observe/reading.ts';
import { note, noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccessReading, Known, MediaServer, Trouble } from '../ports/media-server.ts';
import { applyDriftPolicy } from '../reconcile/drift-policy.ts';
import { closeSettled, holdLosses } from '../reconcile/hold.ts';

/** Many, so that servers that hang until their time is up do not hold up the others. */
const SERVERS_AT_ONCE = 32;

export interface SyncReport {
  readonly server: Server;
  readonly outcome:
    | {
        readonly kind: 'synced';
        readonly added: readonly string[];
        readonly renamed: readonly { readonly from: string; readonly to: string }[];
        readonly gone: readonly string[];
        readonly back: readonly string[];
        /** Sentences: what a library that is gone or back means for those who were granted it. */
        readonly hints: readonly Sentence[];
        readonly libraries: number;
        /** How many members were linked to an account here that they had proven on another server. */
        readonly linked: number;
        readonly access: AccessCounts;
        /** One sentence per account of a member that differs from what we gave. */
        readonly drift: readonly Sentence[];
        /** One sentence per account that is missing, gone or back, and per invitation that was accepted. */
        readonly accounts: readonly Sentence[];
        /** Of lists that were read but not believed. */
        readonly doubts: readonly Text[];
      }
    | { readonly kind: 'failed'; readonly why: Trouble };
}

/** Syncs these servers, or all of the guild; `progress` is called after each with what is done so far. */
export type SyncServers = (
  guildId: GuildId,
  serverIds?: readonly string[],
  progress?: (done: readonly SyncReport[], total: number) => Promise<void>,
) => Promise<readonly SyncReport[]>;

export function makeSyncServers(deps: Deps): SyncServers {
  return async (guildId, serverIds, progress) => {
    const servers = await deps.stores.of(guildId).servers.list();
    const chosen = servers.filter((server) => !serverIds || serverIds.includes(server.id));
    const done: SyncReport[] = [];
    await inParallel(chosen, SERVERS_AT_ONCE, async (server) => {
      const outcome = await deps.servers.exclusive(guildId, server, () => syncServer(deps, guildId, server));
      done.push({ server, outcome });
      await progress?.(done, chosen.length);
    });
    return chosen.flatMap((server) => done.filter((report) => report.server.id === server.id));
  };
}

async function syncServer(deps: Deps, guildId: GuildId, server: Server): Promise<SyncReport['outcome']> {
  const media = await openServer(deps, deps.stores.of(guildId), server);
  const startedAt = deps.clock.now();
  const [libraries, access] = await Promise.all([media.listLibraries(), readToCompare(media)]);
  if (access.kind === 'unknown') {
    await noteFailure(deps, guildId, { server, media }, access.why);
    return { kind: 'failed', why: access.why };
  }
  if (libraries.kind === 'unknown') {
    // Who has access was read, so that works; of the machine a ping decides.
    const alive = await media.ping();
    const machine = alive.kind === 'known' ? 'works' : alive.why;
    await note(deps, guildId, server, { machine, sharing: 'works' });
    return { kind: 'failed', why: libraries.why };
  }
  await note(deps, guildId, server, { machine: 'works', sharing: 'works' });
  const first = server.lastSyncAt === null;
  const stored = await unlessFull(() =>
    deps.stores.transaction(guildId, async (tx) => {
      const row = await tx.servers.find(server.id);
      if (!row) return undefined;
      const now = deps.clock.now();
      const listing = {
        server: { ...server, lastSyncAt: row.lastSyncAt },
        listed: libraries.value,
        isPartial: libraries.isPartial ?? false,
      };
      const { returned, ...rest } = await storeLibraries(deps, tx, listing, now);
      if (returned.length > 0) await forgetGiven(tx, { server, reading: access.value }, returned, now);
      await tx.servers.update(server.id, { checkedAt: now });
      return rest;
    }),
  );
  if (stored.kind === 'unknown') return { kind: 'failed', why: stored.why };
  const found = stored.value;
  if (!found) return { kind: 'failed', why: REMOVED };
  const seen = { server, reading: access.value, startedAt };
  const news = await findNews(deps, guildId, seen);
  const losing = news.flatMap(({ loses, old }) => (loses && old ? [old] : []));
  const aside = await holdLosses(deps, guildId, server, losing);
  const told = await storeNews(deps, guildId, seen, { news, aside });
  await lookAtUnread(deps, guildId, server, access.value);
  const linked = await linkKnownInSync(deps, guildId, seen, first);
  // Noted when everything is stored and everybody linked: a sync that was cut off before that does not count as done.
  await noteSync(deps, guildId, server.id);
  await applyDriftPolicy(deps, guildId, server.id);
  await closeSettled(deps, guildId, server.id);
  const back = found.back.map((library) => library.name);
  const counts = await deps.stores.of(guildId).accounts.countAccess();
  const { doubt, ...lists } = found;
  const unread = (access.value.unread ?? []).map(({ message }) => message);
  const doubts = [...(doubt === null ? [] : [doubt]), ...unread];
  const seenNow = counts.get(server.id) ?? NOBODY;
  return { kind: 'synced', ...lists, back, ...told, doubts, access: seenNow, linked };
}

/** Of a large server this is most of what a sync keeps in memory, from its first moment to its last. */
async function readToCompare(media: MediaServer): Promise<Known<AccessReading>> {
  const access = await media.readAccess();
  return access.kind === 'known' ? { kind: 'known', value: await toCompare(access.value) } : access;
}

/**
 * Members whose entry is not understood become due, so that it is looked at again, said where their access is shown,
 * and told to staff when it stays so.
 */
async function lookAtUnread(
  deps: Deps,
  guildId: GuildId,
  server: Server,
  { unread = [] }: AccessReading,
): Promise<void> {
  const externalIds = unread.flatMap(({ whose }) => whose);
  if (externalIds.length === 0) return;
  await deps.stores.transaction(guildId, async (tx) => {
    const accounts = await tx.accounts.list({ serverId: server.id, externalIds });
    for (const { id, memberId, dueAt } of accounts)
      if (memberId !== null && dueAt === null) await tx.accounts.update(id, { dueAt: deps.clock.now() });
  });
}

export const REMOVED: Trouble = { kind: 'not-possible', message: say('trouble.removedMeanwhile') };

async function noteSync(deps: Deps, guildId: GuildId, serverId: string): Promise<void> {
  await deps.stores.transaction(guildId, async (tx) => {
    if (await tx.servers.find(serverId)) await tx.servers.update(serverId, { lastSyncAt: deps.clock.now() });
  });
}
