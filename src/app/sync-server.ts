/** A full sync of one server: what libraries it has, who has access, and what others changed there (drift). */
import { librariesIn, overlap, presentLibraries, without } from '../domain/access.ts';
import type { Account, Library, Server } from '../domain/model.ts';
import { type Deps, inParallel, openServer } from './deps.ts';
import { applyDriftPolicy } from './drift-policy.ts';
import type { Lanes } from './lanes.ts';
import { linkKnownInSync } from './link-known.ts';
import { noteDrift } from './note-drift.ts';
import { seenIn } from './pass.ts';
import type { AccessReading, AccountAccess, GuildStores, Trouble } from './ports.ts';
import { actualOf, seenFields } from './reading.ts';
import { recordReachable, recordUnreachable } from './server-health.ts';
import { storeLibraries } from './store-libraries.ts';

/** So many that those which hang until their time is up do not hold up the others. */
const SERVERS_AT_ONCE = 32;
/** Accounts stored in one transaction: nobody else waits long for the database, however many there are. */
const STORE_BATCH = 100;

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
  const found = await deps.stores.transaction(guildId, async (tx) => {
    if (!(await tx.servers.find(server.id))) return undefined;
    const now = deps.clock.now();
    const { returned, ...rest } = await storeLibraries(deps, tx, server, libraries.value, now);
    if (returned.length > 0) await forgetGiven(tx, server, access.value, returned, now);
    await tx.servers.update(server.id, { checkedAt: now });
    return rest;
  });
  if (!found) return { kind: 'failed', why: REMOVED };
  const drift = await storeAccounts(deps, guildId, server, access.value);
  const linked = await linkKnownInSync(deps, guildId, server, access.value, first);
  // The sync is done when everything is stored and everybody linked: one that was cut off is made up for.
  await noteSync(deps, guildId, server.id);
  await applyDriftPolicy(deps, guildId, server.id);
  const back = found.back.map((library) => library.name);
  return { kind: 'synced', ...found, back, drift, accounts: countWithAccess(access.value), linked };
}

const REMOVED: Trouble = { kind: 'not-possible', says: 'It was removed from Usher meanwhile.' };

async function noteSync(deps: Deps, guildId: string, serverId: string): Promise<void> {
  await deps.stores.transaction(guildId, async (tx) => {
    if (await tx.servers.find(serverId)) await tx.servers.update(serverId, { lastSyncAt: deps.clock.now() });
  });
}

/** What we gave and a library that is there again took along is not there any more: it is new for who is granted it. */
async function forgetGiven(
  tx: GuildStores,
  server: Server,
  reading: AccessReading,
  returned: readonly Library[],
  now: Date,
): Promise<void> {
  const libraries = await tx.libraries.list(server.id);
  const present = presentLibraries(server.id, libraries);
  const ids = returned.map(({ id }) => id);
  for (const { id, externalId, seen, given, unsure } of await tx.accounts.list({ serverId: server.id })) {
    const actual = actualOf(externalId === null ? undefined : seenIn(reading, externalId), libraries);
    const lost = without(overlap(given, ids), librariesIn(actual, present));
    if (lost.length > 0) await tx.accounts.setLibraries(id, { seen, given: without(given, lost), unsure });
  }
  await tx.accounts.makeDue({ serverId: server.id }, now, 'noticed');
}

/** Stores what a reading shows, a batch in a transaction; resolves to one sentence per account that others changed. */
async function storeAccounts(
  deps: Deps,
  guildId: string,
  server: Server,
  reading: AccessReading,
): Promise<readonly string[]> {
  const stores = deps.stores.of(guildId);
  const [libraries, known] = await Promise.all([
    stores.libraries.list(server.id),
    stores.accounts.list({ serverId: server.id }),
  ]);
  // Nothing is written when nothing differs: with 5,000 accounts most rows stay as they are.
  const news = newsOf(server, libraries, known, reading);
  const found: string[] = [];
  for (let start = 0; start < news.length; start += STORE_BATCH) {
    const batch = news.slice(start, start + STORE_BATCH);
    await deps.stores.transaction(guildId, async (tx) => {
      if (!(await tx.servers.find(server.id))) return;
      // Meanwhile somebody may have been linked, or been granted something.
      const externalIds = batch.map(({ externalId }) => externalId);
      const rows = await tx.accounts.list({ serverId: server.id, externalIds });
      const byExternal = new Map(rows.map((row) => [row.externalId, row]));
      for (const each of batch)
        found.push(...(await storeOne(deps, tx, server, libraries, byExternal.get(each.externalId), each)));
    });
  }
  return found;
}

/** An account that differs from its row; `listed` is undefined for one that the server lists no more. */
interface News {
  readonly externalId: string;
  readonly listed: AccountAccess | undefined;
}

function newsOf(
  server: Server,
  libraries: readonly Library[],
  known: readonly Account[],
  reading: AccessReading,
): readonly News[] {
  const present = presentLibraries(server.id, libraries);
  const byExternal = new Map(known.map((account) => [account.externalId, account]));
  const differing = reading.accounts.filter((listed) => {
    const old = byExternal.get(listed.externalId);
    return !old || !same(old, { ...shownBy(listed, old, libraries, present), name: listed.name });
  });
  const listedIds = new Set(reading.accounts.map(({ externalId }) => externalId));
  // Absence deletes nothing (rule 3): the row stays and says that nothing was seen.
  const vanished = known.flatMap(({ externalId, seenAccess }) =>
    externalId === null || listedIds.has(externalId) || seenAccess === 'none' ? [] : [externalId],
  );
  return [
    ...differing.map((listed) => ({ externalId: listed.externalId, listed })),
    ...vanished.map((externalId) => ({ externalId, listed: undefined })),
  ];
}

/** What a reading shows of an account, in terms of its row. */
function shownBy(
  listed: AccountAccess | undefined,
  old: Account | undefined,
  libraries: readonly Library[],
  present: readonly string[],
) {
  const actual = actualOf(listed, libraries);
  return {
    ...seenFields(actual),
    // Whether a disabling is ours is told by the pass that is still due, from how the account was before it.
    ...(old?.dueAt && listed && { disabled: old.disabled }),
    protected: listed?.protected ?? old?.protected ?? false,
    seen: librariesIn(actual, present),
  };
}

async function storeOne(
  deps: Deps,
  tx: GuildStores,
  server: Server,
  libraries: readonly Library[],
  old: Account | undefined,
  { externalId, listed }: News,
): Promise<readonly string[]> {
  const now = deps.clock.now();
  const { seen, ...fields } = shownBy(listed, old, libraries, presentLibraries(server.id, libraries));
  const row = { ...fields, seenAt: now };
  if (!old) {
    if (!listed) return [];
    const { name, emailMasked } = listed;
    const id = await tx.accounts.save({
      id: deps.codes.newId(),
      serverId: server.id,
      externalId,
      name,
      emailMasked,
      ...row,
    });
    await tx.accounts.setLibraries(id, { seen, given: [] });
    return [];
  }
  await tx.accounts.update(old.id, {
    ...row,
    ...(listed && { name: listed.name, emailMasked: listed.emailMasked }),
  });
  // What a run that was cut off was about to give or take, and is there, is ours.
  const given = [...old.given, ...overlap(old.unsure, seen)];
  await tx.accounts.setLibraries(old.id, { seen, given, unsure: without(old.unsure, seen) });
  return await noteDrift(tx, server, libraries, old, { ...old, ...fields, seen, given }, now);
}

/** Accounts that have access, pending ones included. */
const countWithAccess = ({ accounts }: AccessReading): number =>
  accounts.filter(
    ({ access, disabled }) => !disabled && (access.kind === 'all' || access.externalIds.length > 0),
  ).length;

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
