/**
 * One enforcement pass (design section 4): what is due → read each server once → decide purely → apply → read back →
 * record. Level-triggered: it may be run at any moment, any number of times, and be killed at any instant.
 */

import { inParallel } from '../../concurrency/in-parallel.ts';
import type { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { type Change, takesAway } from '../../domain/access.ts';
import { takesTooMuch } from '../../domain/limits.ts';
import { moveDueGrants } from '../ledger/grant-transitions.ts';
import { recordRun } from '../ledger/job-log.ts';
import { addNewLibraries } from '../observe/libraries.ts';
import { actualIn, namesUnknown } from '../observe/reading.ts';
import { recordReachable, recordUnreachable } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccessReading, MediaServer } from '../ports/media-server.ts';

import { applyAll, judge, stillDue } from './apply.ts';
import { hold } from './hold.ts';
import { decideAll, type Pass, type PassCase, preparePass } from './pass.ts';
import { recordInFlight, recordPass } from './record.ts';

/** Servers of a guild at a time. */
const SERVERS_AT_ONCE = 8;
export interface Enforce {
  /**
   * Moves grants that start or end now, and begins a pass over each server with something due; does not wait for them,
   * so that a server that hangs holds up nothing else. A server whose pass still runs is left to it.
   */
  begin(guildId: string): Promise<void>;
  /** The same, and resolves when the passes have ended. */
  guild(guildId: string): Promise<void>;
  /** The accounts that are due on these servers; resolves when the pass over them has ended, whatever came of it. */
  servers(guildId: string, serverIds: readonly string[]): Promise<void>;
}

export function makeEnforce(deps: Deps, mutex: KeyedMutex): Enforce {
  const laneOf = (guildId: string, serverId: string) => `enforce:${guildId}:${serverId}`;
  // One pass at a time per server: two would decide from the same reading.
  const pass = (guildId: string, serverId: string) =>
    mutex.run(laneOf(guildId, serverId), () => enforceServer(deps, mutex, guildId, serverId));
  const servers = async (guildId: string, serverIds: readonly string[]) => {
    await inParallel(serverIds, SERVERS_AT_ONCE, (serverId) => pass(guildId, serverId));
  };
  const dueServers = async (guildId: string) => {
    await moveDueGrants(deps, guildId);
    return await deps.stores.of(guildId).accounts.listDueServers(deps.clock.now());
  };
  return {
    servers,
    async begin(guildId) {
      for (const serverId of await dueServers(guildId)) {
        if (mutex.isBusy(laneOf(guildId, serverId))) continue;
        pass(guildId, serverId).catch((err) => {
          deps.log.error({ guildId, serverId, err }, 'a pass over a server could not be written down');
        });
      }
    },
    async guild(guildId) {
      await servers(guildId, await dueServers(guildId));
    },
  };
}

async function enforceServer(
  deps: Deps,
  mutex: KeyedMutex,
  guildId: string,
  serverId: string,
): Promise<void> {
  const stores = deps.stores.of(guildId);
  const server = await stores.servers.find(serverId);
  if (!server) return;
  const pass = await preparePass(stores, server, deps.clock.now());
  if (pass.cases.length === 0) return;

  try {
    await recordRun(deps, guildId, 'enforce', () => passOver(deps, mutex, guildId, pass));
  } catch (err) {
    // A mistake of ours must not spin: the accounts stay due, later.
    deps.log.error({ guildId, serverId, err }, 'a pass over a server broke off');
    await recordPass(deps, guildId, pass, () => ({
      kind: 'due',
      message: 'Usher itself failed; its log says why.',
    }));
  }
}

/** Resolves to what came of it, in one sentence. `looked`: the libraries were listed in this pass already; ids that are still unknown are of libraries that are no more. */
async function passOver(
  deps: Deps,
  mutex: KeyedMutex,
  guildId: string,
  pass: Pass,
  looked = false,
): Promise<string> {
  const { server } = pass;
  const media = await openServer(deps, deps.stores.of(guildId), server);
  const of = pass.cases.map(({ account }) => account.externalId);
  const before = await media.readAccess({ of });
  if (before.kind === 'unknown') {
    await recordUnreachable(deps, guildId, server, before.why);
    return recordPass(deps, guildId, pass, () => stillDue(before.why));
  }
  if (!looked && namesUnknown(before.value, pass.libraries)) {
    // Somebody gave a library that was added since the last sync; a write that does not know it would take it away.
    const listed = await media.listLibraries();
    if (listed.kind === 'unknown') return recordPass(deps, guildId, pass, () => stillDue(listed.why));
    const now = deps.clock.now();
    await deps.stores.transaction(guildId, (tx) => addNewLibraries(deps, tx, server, listed.value, now));
    const again = await preparePass(deps.stores.of(guildId), server, now);
    return await passOver(deps, mutex, guildId, again, true);
  }

  const decided = decideAll(pass, before.value);
  const held = await heldBack(deps, guildId, pass, before.value, decided);
  const changes = new Map([...decided].filter(([accountId]) => !held.has(accountId)));
  // It was promised that nobody is removed there any more.
  if (!(await recordInFlight(deps, guildId, pass, before.value, changes)))
    return `${server.name} was removed from Usher meanwhile`;
  const failures = await applyAll(pass, before.value, changes, media);
  const wrote =
    [...changes.values()].some((change) => change.kind !== 'none') ||
    pass.cases.some(({ deletion }) => deletion === 'now');
  const after = wrote ? await media.readAccess({ of, after: before.value }) : before;
  if (after.kind === 'known') await recordReachable(deps, guildId, server);
  const withdrawn = pass.cases.filter(({ account }) => changes.get(account.id)?.kind === 'withdraw');
  if (withdrawn.length > 0) endSessions(deps, mutex, guildId, media, withdrawn);
  return await recordPass(deps, guildId, pass, (item) => {
    if (held.has(item.account.id)) return { kind: 'due', message: HELD };
    const change = changes.get(item.account.id) ?? { kind: 'none' };
    // Where nothing was written the first reading is proof enough.
    if (change.kind === 'none' && item.deletion !== 'now') return judge(pass, item, before.value, failures);
    if (after.kind === 'unknown') return stillDue(after.why);
    return judge(pass, item, after.value, failures, { change, before: before.value });
  });
}

/** What they watch right now ends as well, best effort, and nobody waits for it. */
function endSessions(
  deps: Deps,
  mutex: KeyedMutex,
  guildId: string,
  media: MediaServer,
  withdrawn: readonly PassCase[],
): void {
  const ids = withdrawn.map(({ account }) => account.externalId);
  mutex
    .run(`sessions:${guildId}`, () => media.endSessions(ids))
    .catch((err) => deps.log.warn({ guildId, err }, 'running streams could not be ended'));
}

/** Accounts that would lose something for a cause that nobody decided, when they are too many (rule 5): an admin is asked. */
async function heldBack(
  deps: Deps,
  guildId: string,
  pass: Pass,
  reading: AccessReading,
  changes: ReadonlyMap<string, Change>,
): Promise<ReadonlySet<string>> {
  const losing = pass.cases.filter(({ account }) => {
    const actual = actualIn(reading, account.externalId, pass.libraries);
    const change = changes.get(account.id) ?? { kind: 'none' };
    return !account.lossApproved && takesAway(change, actual, pass.present);
  });
  const ids = losing.map(({ account }) => account.id);
  // The server's accounts are counted only where it can matter.
  if (!takesTooMuch(ids.length, 0)) return new Set();
  const all = await deps.stores.of(guildId).accounts.list({ serverId: pass.server.id });
  const managed = all.filter((account) => account.memberId !== null && !account.protected);
  if (!takesTooMuch(ids.length, managed.length)) return new Set();
  const detail = `${ids.length} of ${managed.length} managed accounts on ${pass.server.name} would lose something, and no end date or command explains it`;
  await hold(deps, guildId, pass.server, ids, detail);
  return new Set(ids);
}

const HELD = 'Held: too much would be taken away at once. An admin has to release or dismiss it.';
