/** A full sync of one server: what libraries it has, who has access, and what others changed there (drift). */
import { overlap, presentLibraries, without } from '../domain/access.ts';
import type { Account, Library, Server } from '../domain/model.ts';
import { type Deps, inParallel, openServer } from './deps.ts';
import { applyDriftPolicy } from './drift-policy.ts';
import type { Lanes } from './lanes.ts';
import { linkKnownInSync } from './link-known.ts';
import { noteDrift } from './note-drift.ts';
import type { AccessReading, GuildStores, Trouble } from './ports.ts';
import { actualOf, seenFields } from './reading.ts';
import { recordReachable, recordUnreachable } from './server-health.ts';
import { storeLibraries } from './store-libraries.ts';

/** So many that those which hang until their time is up do not hold up the others. */
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
        readonly hints: readonly string[];
        readonly libraries: number;
        /** How many members were linked to an account here that they had proven on another server. */
        readonly linked: number;
        /** Accounts that have access, pending ones included. */
        readonly accounts: number;
        /** One sentence per account of a member that differs from what we gave. */
        readonly drift: readonly string[];
        /** A sentence when a list was read but not believed. */
        readonly doubt: string | null;
      }
    | { readonly kind: 'failed'; readonly why: Trouble };
}

/** Syncs these servers, or all of the guild; `progress` is called after each with what is done so far. */
export type SyncServers = (
  guildId: string,
  serverIds?: readonly string[],
  progress?: (done: readonly SyncReport[], total: number) => Promise<void>,
) => Promise<readonly SyncReport[]>;

export function makeSyncServers(deps: Deps, lanes: Lanes): SyncServers {
  return async (guildId, serverIds, progress) => {
    const servers = await deps.stores.of(guildId).servers.list();
    const chosen = servers.filter((server) => !serverIds || serverIds.includes(server.id));
    const done: SyncReport[] = [];
    await inParallel(chosen, SERVERS_AT_ONCE, async (server) => {
      // In the same lane as enforcement: a reading is stored before the next write to that server.
      const outcome = await lanes.run(`enforce:${guildId}:${server.id}`, () =>
        syncServer(deps, guildId, server),
      );
      done.push({ server, outcome });
      await progress?.(done, chosen.length);
    });
    return chosen.flatMap((server) => done.filter((report) => report.server.id === server.id));
  };
}

async function syncServer(deps: Deps, guildId: string, server: Server): Promise<SyncReport['outcome']> {
  const media = await openServer(deps, deps.stores.of(guildId), server);
  const [libraries, access] = await Promise.all([media.listLibraries(), media.readAccess()]);
  const failed = libraries.kind === 'unknown' ? libraries : access.kind === 'unknown' ? access : undefined;
  if (failed) {
    await recordUnreachable(deps, guildId, server, failed.why);
    return { kind: 'failed', why: failed.why };
  }
  if (libraries.kind === 'unknown' || access.kind === 'unknown') throw new Error('unreachable');
  await recordReachable(deps, guildId, server);
  const first = server.lastSyncAt === null;
  const outcome = await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const { returned, ...found } = await storeLibraries(deps, tx, server, libraries.value, now);
    const seen = await storeAccounts(deps, tx, server, access.value, returned, now);
    await tx.servers.update(server.id, { checkedAt: now, ...(!first && { lastSyncAt: now }) });
    // What was granted of a library that is there again is given again where it went with it.
    if (returned.length > 0) await tx.accounts.makeDue({ serverId: server.id }, now, 'noticed');
    const back = found.back.map((library) => library.name);
    return { kind: 'synced' as const, ...found, ...seen, back };
  });
  const linked = await linkKnownInSync(deps, guildId, server, access.value, first);
  // The first sync is done when everybody is linked: one that was cut off is made up for.
  if (first) await noteFirstSync(deps, guildId, server.id);
  await applyDriftPolicy(deps, guildId, server.id);
  return { ...outcome, linked };
}

async function noteFirstSync(deps: Deps, guildId: string, serverId: string): Promise<void> {
  await deps.stores.transaction(guildId, async (tx) => {
    if (await tx.servers.find(serverId)) await tx.servers.update(serverId, { lastSyncAt: deps.clock.now() });
  });
}

async function storeAccounts(
  deps: Deps,
  tx: GuildStores,
  server: Server,
  reading: AccessReading,
  returned: readonly Library[],
  now: Date,
) {
  const [libraries, known] = await Promise.all([
    tx.libraries.list(server.id),
    tx.accounts.list({ serverId: server.id }),
  ]);
  const present = presentLibraries(server.id, libraries);
  const byExternal = new Map(known.map((account) => [account.externalId, account]));
  const returnedIds = returned.map((library) => library.id);
  /** What we gave and a returned library took along is not there any more: it counts as new for who is granted it. */
  const givenStill = (account: Account, seen: readonly string[]) => [
    ...without(account.given, without(returnedIds, seen)),
    // What a run that was cut off was about to give or take, and is there, is ours.
    ...overlap(account.unsure, seen),
  ];
  const found: string[] = [];
  for (const listed of reading.accounts) {
    const actual = actualOf(listed, libraries);
    const old = byExternal.get(listed.externalId);
    // Whether a disabling is ours is told by the pass that is still due, from how the account was before it.
    const fields = { ...seenFields(actual), ...(old?.dueAt && { disabled: old.disabled }) };
    const seen = actual.kind === 'present' && actual.access !== 'all' ? actual.access : present;
    // Nothing is written when nothing differs: with 5,000 accounts most rows stay as they are.
    if (
      old &&
      returned.length === 0 &&
      same(old, { ...fields, name: listed.name, protected: listed.protected, seen })
    )
      continue;
    const id = await tx.accounts.save({
      id: deps.codes.newId(),
      serverId: server.id,
      externalId: listed.externalId,
      name: listed.name,
      emailMasked: listed.emailMasked,
      protected: listed.protected,
      ...fields,
      seenAt: now,
    });
    const given = old ? givenStill(old, seen) : [];
    await tx.accounts.setLibraries(id, { seen, given, unsure: without(old?.unsure ?? [], seen) });
    if (old)
      found.push(...(await noteDrift(tx, server, libraries, old, { ...old, ...fields, seen, given }, now)));
  }
  const listedIds = new Set(reading.accounts.map((account) => account.externalId));
  for (const old of known) {
    if (old.externalId === null || listedIds.has(old.externalId) || old.seenAccess === 'none') continue;
    // Absence deletes nothing (rule 3): the row stays and says that nothing was seen.
    await tx.accounts.update(old.id, { ...seenFields({ kind: 'absent' }), seenAt: now });
    const given = givenStill(old, []);
    await tx.accounts.setLibraries(old.id, { seen: [], given, unsure: old.unsure });
    found.push(
      ...(await noteDrift(tx, server, libraries, old, { ...old, seenAccess: 'none', seen: [], given }, now)),
    );
  }
  const withAccess = reading.accounts.filter(
    ({ access, disabled }) => !disabled && (access.kind === 'all' || access.externalIds.length > 0),
  );
  return { accounts: withAccess.length, drift: found };
}

function same(
  old: Account,
  now: Pick<Account, 'name' | 'protected' | 'seenAccess' | 'pending' | 'disabled' | 'seen'>,
): boolean {
  return (
    old.name === now.name &&
    old.protected === now.protected &&
    old.seenAccess === now.seenAccess &&
    old.pending === now.pending &&
    old.disabled === now.disabled &&
    old.seen.length === now.seen.length &&
    without(old.seen, now.seen).length === 0
  );
}
