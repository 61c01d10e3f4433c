/** A full sync of one server: what libraries it has, who has access, and what others changed there (drift). */
import { drift, presentLibraries, without } from '../domain/access.ts';
import type { Account, Library, Server } from '../domain/model.ts';
import { type Deps, inParallel, openServer } from './deps.ts';
import { actualOf, seenFields } from './enforce.ts';
import { libraryNames } from './grant-transitions.ts';
import type { Lanes } from './lanes.ts';
import type { AccessReading, GuildStores, LibraryOnServer, Trouble } from './ports.ts';
import { recordReachable, recordUnreachable } from './server-health.ts';

const SERVERS_AT_ONCE = 8;
/** A list that lost more than this is not believed (media-servers.md D4). */
const BELIEVABLE_LOSS = { count: 3, share: 0.2 };

export interface SyncReport {
  readonly server: Server;
  readonly outcome:
    | {
        readonly kind: 'synced';
        readonly added: readonly string[];
        readonly renamed: readonly { readonly from: string; readonly to: string }[];
        readonly gone: readonly string[];
        readonly back: readonly string[];
        readonly libraries: number;
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
  return await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const found = await storeLibraries(deps, tx, server, libraries.value, now);
    const seen = await storeAccounts(deps, tx, server, access.value, now);
    await tx.servers.update(server.id, { lastSyncAt: now, checkedAt: now });
    return { kind: 'synced' as const, ...found, ...seen };
  });
}

async function storeLibraries(
  deps: Deps,
  tx: GuildStores,
  server: Server,
  listed: readonly LibraryOnServer[],
  now: Date,
) {
  const known = await tx.libraries.list(server.id);
  const byExternal = new Map(known.map((library) => [library.externalId, library]));
  const added: string[] = [];
  const renamed: { from: string; to: string }[] = [];
  const back: Library[] = [];
  for (const { externalId, name, type, grantable } of listed) {
    const old = byExternal.get(externalId);
    // One that cannot be granted yet is neither new nor gone (media-servers.md A5.2, B3).
    if (!old && !grantable) continue;
    if (!old) {
      await tx.libraries.add({ id: deps.codes.newId(), serverId: server.id, externalId, name, type });
      added.push(name);
      continue;
    }
    if (old.name !== name) renamed.push({ from: old.name, to: name });
    if (old.goneAt !== null) back.push(old);
    if (old.name !== name || old.type !== type || old.goneAt !== null)
      await tx.libraries.update(old.id, { name, type, goneAt: null });
  }

  const listedIds = new Set(listed.map((library) => library.externalId));
  const present = known.filter((library) => library.goneAt === null);
  const vanished = present.filter((library) => !listedIds.has(library.externalId));
  const believed =
    listed.length > 0 &&
    (vanished.length <= BELIEVABLE_LOSS.count || vanished.length <= present.length * BELIEVABLE_LOSS.share);
  const gone = believed ? vanished : [];
  for (const library of gone) await tx.libraries.update(library.id, { goneAt: now });
  for (const [action, list] of [
    ['library.gone', gone],
    ['library.back', back],
  ] as const) {
    if (list.length === 0) continue;
    const facts = { server: server.name, libraries: list.map((library) => library.name) };
    await tx.audit.append({ action, actorId: null, facts, at: now });
  }
  return {
    added,
    renamed,
    gone: gone.map((library) => library.name),
    back: back.map((library) => library.name),
    libraries: listed.length,
    doubt: believed
      ? null
      : `${server.name} suddenly listed only ${listed.length} libraries; ${vanished.length} that were there before are kept until it is seen again.`,
  };
}

async function storeAccounts(deps: Deps, tx: GuildStores, server: Server, reading: AccessReading, now: Date) {
  const [libraries, known] = await Promise.all([
    tx.libraries.list(server.id),
    tx.accounts.list({ serverId: server.id }),
  ]);
  const present = presentLibraries(server.id, libraries);
  const byExternal = new Map(known.map((account) => [account.externalId, account]));
  const found: string[] = [];
  for (const listed of reading.accounts) {
    const actual = actualOf(listed, libraries);
    const old = byExternal.get(listed.externalId);
    // Whether a disabling is ours is told by the pass that is still due, from how the account was before it.
    const fields = { ...seenFields(actual), ...(old?.dueAt && { disabled: old.disabled }) };
    const seen = actual.kind === 'present' && actual.access !== 'all' ? actual.access : present;
    // Nothing is written when nothing differs: with 5,000 accounts most rows stay as they are.
    if (old && same(old, { ...fields, name: listed.name, protected: listed.protected, seen })) continue;
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
    await tx.accounts.setLibraries(id, { seen, given: old?.given ?? [] });
    if (old) found.push(...(await noteDrift(tx, server, libraries, old, { ...old, ...fields, seen }, now)));
  }
  const listedIds = new Set(reading.accounts.map((account) => account.externalId));
  for (const old of known) {
    if (old.externalId === null || listedIds.has(old.externalId) || old.seenAccess === 'none') continue;
    // Absence deletes nothing (rule 3): the row stays and says that nothing was seen.
    await tx.accounts.update(old.id, { ...seenFields({ kind: 'absent' }), seenAt: now });
    await tx.accounts.setLibraries(old.id, { seen: [], given: old.given });
    found.push(
      ...(await noteDrift(tx, server, libraries, old, { ...old, seenAccess: 'none', seen: [] }, now)),
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

/** Audits a foreign change the first time it is seen. A change of ours that is still due is no drift. */
async function noteDrift(
  tx: GuildStores,
  server: Server,
  libraries: readonly Library[],
  old: Account,
  now: Account,
  at: Date,
): Promise<readonly string[]> {
  if (old.memberId === null || old.protected || old.dueAt !== null) return [];
  const present = presentLibraries(server.id, libraries);
  const [before, after] = [drift(old, present), drift(now, present)];
  const extra = libraryNames(without(after.extra, before.extra), libraries);
  const missing = libraryNames(without(after.missing, before.missing), libraries);
  if (extra.length === 0 && missing.length === 0) return [];
  const detail = [
    extra.length > 0 && `somebody else gave ${extra.join(', ')}`,
    missing.length > 0 && `somebody else took ${missing.join(', ')}`,
  ]
    .filter((part) => part !== false)
    .join('; ');
  const facts = {
    server: server.name,
    account: old.name,
    libraries: [...extra, ...missing],
    detail,
  };
  await tx.audit.append({ action: 'drift.found', actorId: null, targetId: old.memberId, facts, at });
  return [`${old.name}: ${detail}`];
}
