/**
 * One enforcement pass (design.md 4): what is due → read each server once → decide purely → apply → read back →
 * record. It works from the state alone, so it may be run at any moment, any number of times, and be killed at any
 * instant.
 */

import type { Background } from '../../concurrency/background.ts';
import { inParallel } from '../../concurrency/in-parallel.ts';
import { withinPatience } from '../../concurrency/patience.ts';
import { takesAway, touchedBy } from '../../domain/access.ts';
import type { GuildId } from '../../domain/ids.ts';
import { takesTooMuch } from '../../domain/limits.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import { tell } from '../ledger/alerts.ts';
import { moveDueGrants, moveSomeDue } from '../ledger/due-grants.ts';
import { recordRun } from '../ledger/job-log.ts';
import { refreshLibraries } from '../observe/follow-libraries.ts';
import { namesUnknown } from '../observe/reading.ts';
import { noteFailure, noteReading } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccessReading, Known, MediaServer, Trouble } from '../ports/media-server.ts';
import type { Turn } from '../ports/server-work.ts';
import { sharesOf, writerOf } from './apply.ts';
import { beyondIn, keepExact } from './exact.ts';
import { hold } from './hold.ts';
import { judge, stillDue } from './judge.ts';
import { withoutMissing } from './missing.ts';
import { noteExceeded } from './note-exceeded.ts';
import {
  type AppliedPass,
  actualBefore,
  changeOf,
  type DecidedPass,
  isWritten,
  type PassCase,
  type PlannedPass,
  printPass,
} from './pass.ts';
import { decidePass, planPass } from './plan.ts';
import { type Recorded, recordInFlight, recordPass, summaryOf, tellStaff } from './record.ts';
import { losing, stopPlaying } from './stop-playing.ts';

/** Servers of a guild at a time. */
const SERVERS_AT_ONCE = 8;

/** How long a write waits for players to be told to stop. */
const STOPPED_WITHIN_MS = 2_000;

export interface Enforce {
  /**
   * Moves grants that start or end now, and begins a pass over each server with something due; does not wait for them,
   * so that a server that hangs holds up nothing else. A server whose pass still runs is left to it.
   */
  begin(guildId: GuildId): Promise<void>;
  /** The same, and resolves when the passes have ended. */
  guild(guildId: GuildId): Promise<void>;
  /** The accounts that are due on these servers; resolves when the pass over them has ended, whatever came of it. */
  servers(guildId: GuildId, serverIds: readonly string[]): Promise<void>;
}

/** Goes on with the accounts of a server that are half made and whose time has come. */
type FinishAccounts = (guildId: GuildId, serverId: string) => Promise<void>;

/** `background` runs what comes after a pass and nobody waits for: ending what withdrawn accounts are watching. */
export function makeEnforce(deps: Deps, background: Background, finishAccounts: FinishAccounts): Enforce {
  const pass = async (guildId: GuildId, server: Server) => {
    // What is left because others wait has its next turn behind them.
    for (let left = 1; left > 0; )
      left = await deps.servers.exclusive(guildId, server, async (turn) => {
        await finishAccounts(guildId, server.id);
        return await enforceServer({ deps, background, turn }, guildId, server.id);
      });
  };
  const find = async (guildId: GuildId, serverIds: readonly string[]) => {
    const servers = serverIds.length === 0 ? [] : await deps.stores.of(guildId).servers.list();
    return servers.filter(({ id }) => serverIds.includes(id));
  };
  const servers = async (guildId: GuildId, serverIds: readonly string[]) => {
    await inParallel(await find(guildId, serverIds), SERVERS_AT_ONCE, (server) => pass(guildId, server));
  };
  const dueServers = (guildId: GuildId) => deps.stores.of(guildId).accounts.listDueServers(deps.clock.now());
  const beginPasses = async (guildId: GuildId) => {
    for (const server of await find(guildId, await dueServers(guildId))) {
      if (deps.servers.isBusy(guildId, server.id)) continue;
      pass(guildId, server).catch((err) => {
        const of = { guildId, serverId: server.id, err };
        deps.log.error(of, 'a pass over a server could not be written down');
      });
    }
  };
  return {
    servers,
    async begin(guildId) {
      // Where thousands end at once, the first are being taken while the last are still moved.
      while (await moveSomeDue(deps, guildId)) await beginPasses(guildId);
      await beginPasses(guildId);
    },
    async guild(guildId) {
      await moveDueGrants(deps, guildId);
      await servers(guildId, await dueServers(guildId));
    },
  };
}

/** A pass that has its turn on the server. */
interface Running {
  readonly deps: Deps;
  readonly background: Background;
  readonly turn: Turn;
}

/** Resolves to how many accounts are left for the next turn. */
async function enforceServer(running: Running, guildId: GuildId, serverId: string): Promise<number> {
  const { deps } = running;
  const stores = deps.stores.of(guildId);
  const server = await stores.servers.find(serverId);
  if (!server) return 0;
  const pass = await planPass(deps, guildId, server, deps.clock.now());
  if (pass.cases.length === 0) return 0;

  let left = 0;
  try {
    await recordRun(deps, guildId, 'enforce', async () => {
      const media = await openServer(deps, stores, server);
      const over = await passOver(running, pass, media);
      left = over.left;
      await tellStaff(deps, pass, over.recorded);
      return over.said ?? summaryOf(server, over.recorded);
    });
  } catch (err) {
    // A bug of ours must not be run again at once and without end: the accounts stay due, but later.
    deps.log.error({ guildId, serverId, err }, 'a pass over a server broke off');
    const why = { kind: 'due', message: say('trouble.itself') } as const;
    await tellStaff(deps, pass, [await recordPass(deps, pass, () => why)]);
  }
  return left;
}

/** What came of a pass: what was written down, and how many accounts are left. */
interface Passed {
  readonly recorded: readonly Recorded[];
  readonly left: number;
  /** In place of what came of the accounts. */
  readonly said?: Sentence;
}

async function passOver(
  { deps, background, turn }: Running,
  planned: PlannedPass,
  media: MediaServer,
): Promise<Passed> {
  const { guildId, server } = planned;
  const allDue = async (pass: PlannedPass, why: Trouble): Promise<Passed> => ({
    recorded: [await recordPass(deps, pass, () => stillDue(server, why))],
    left: 0,
  });
  const reading = await media.readAccess({ of: planned.cases.map(({ account }) => account.externalId) });
  if (reading.kind === 'unknown') {
    await noteFailure(deps, guildId, { server, media }, reading.why);
    return await allDue(planned, reading.why);
  }
  const present = await withoutMissing(deps, planned, reading.value);
  if (present.cases.length === 0) {
    await noteReading(deps, guildId, server);
    const said = say('jobs.said.notThere', { server: server.name, count: planned.cases.length });
    return { recorded: [], left: 0, said };
  }
  const learnt = await learnLibraries(deps, present, reading.value, media);
  if (learnt.kind === 'unknown') return await allDue(present, learnt.why);

  const pass = await holdBack(deps, decidePass(learnt.value, reading.value));
  const plan = printPass(pass);
  if (plan.length > 0) deps.log.info({ guildId, serverId: server.id, plan }, 'what a pass is about to write');
  const { stopsBefore } = MEDIA_KINDS[server.kind];
  const at = { guildId, media };
  const begin = async (part: DecidedPass) => {
    if (!(await recordInFlight(deps, part))) return false;
    if (stopsBefore)
      await withinPatience(deps.clock, STOPPED_WITHIN_MS, stopPlaying(deps, background, at, losing(part)));
    return true;
  };
  const write = writerOf(pass, media);
  const shares = sharesOf(pass);
  const recorded: Recorded[] = [];
  while (recorded.length < shares.length) {
    const cases = shares[recorded.length] ?? [];
    const writes = cases.filter((item) => isWritten(pass, item));
    if (writes.length > 0 && !(await begin({ ...pass, cases: writes }))) break;
    const applied = await keepExact(await write(cases), media);
    if (applied.after.kind === 'unknown')
      await noteFailure(deps, guildId, { server, media }, applied.after.why);
    // The first has shown that it works, which is not told again with each share.
    else if (recorded.length === 0) await noteReading(deps, guildId, server);
    await noteExceeded(deps, applied);
    void stopPlaying(deps, background, at, beyondIn(applied));
    await tellNotices(deps, applied);
    // Elsewhere a stream outlives what was taken, and nobody waits for its end.
    if (!stopsBefore) void stopPlaying(deps, background, at, losing(applied));
    recorded.push(await recordPass(deps, applied, (item) => judge(applied, item)));
    // What was learnt may change what is to be done with the others.
    if (turn.isWaitedFor() || applied.after.kind === 'unknown' || applied.exceeded.size > 0) break;
  }
  // Whoever removed it was promised that nobody loses access there any more.
  if (recorded.length === 0)
    return { recorded, left: 0, said: say('jobs.said.removed', { server: server.name }) };
  return { recorded, left: shares.slice(recorded.length).flat().length };
}

/**
 * Somebody may have been given a library that was added since the last sync. A write replaces all libraries of an
 * account, so one that does not know the new library would take it away. And an id under which something is about to be
 * given may be another library's by now (domain/library-match.ts). So the libraries are listed, and if that is news the
 * pass is planned anew. Ids that are still unknown then belong to libraries that no longer exist. Where the list cannot
 * be had, what is given is given under the ids that were read last: they are the vendor's, or those that somebody else
 * would see there too.
 */
async function learnLibraries(
  deps: Deps,
  pass: PlannedPass,
  reading: AccessReading,
  media: MediaServer,
): Promise<Known<PlannedPass>> {
  const asItIs = { kind: 'known', value: pass } as const;
  const isUnknown = namesUnknown(reading, pass.libraries);
  if (!isUnknown && !mayGive(decidePass(pass, reading))) return asItIs;
  const { guildId, server } = pass;
  const news = await refreshLibraries(deps, guildId, server, media);
  if (news.kind === 'unknown') return isUnknown ? news : asItIs;
  if (!news.value) return asItIs;
  // It may be frozen now.
  const fresh = (await deps.stores.of(guildId).servers.find(server.id)) ?? server;
  const again = await planPass(deps, guildId, fresh, deps.clock.now());
  // The reading may lack accounts that became due meanwhile; they are left to the next pass.
  const read = new Set(pass.cases.map(({ account }) => account.id));
  return {
    kind: 'known',
    value: { ...again, cases: again.cases.filter(({ account }) => read.has(account.id)) },
  };
}

/** Where an id may be another library's by now, a write that only takes may give that one, too. */
function mayGive(pass: DecidedPass): boolean {
  const namesIds = MEDIA_KINDS[pass.server.kind].libraryIdentity === 'for-life';
  return pass.cases.some((item) => {
    const change = changeOf(pass, item);
    if (change.kind === 'set' && namesIds) return true;
    return touchedBy(change, actualBefore(pass, item), item.account, pass.present).giving.length > 0;
  });
}

/** What the server did beside what it was told. */
async function tellNotices(deps: Deps, { guildId, server, after }: AppliedPass): Promise<void> {
  const notices = after.kind === 'known' ? (after.value.notices ?? []) : [];
  if (notices.length === 0) return;
  await deps.stores.transaction(guildId, async (tx) => {
    for (const notice of notices)
      await tell(deps, tx, { text: say('alert.notice', { server: server.name, notice }) }, deps.clock.now());
  });
}

/**
 * Sets aside the changes by which too many accounts would lose something that nobody decided (rule 5), and asks an
 * admin.
 */
async function holdBack(deps: Deps, pass: DecidedPass): Promise<DecidedPass> {
  const { guildId, server } = pass;
  const loses = (item: PassCase) =>
    !item.account.lossApproved && takesAway(changeOf(pass, item), actualBefore(pass, item), pass.present);
  const ids = pass.cases.filter(loses).map(({ account }) => account.id);
  // With few losses the number of accounts cannot matter, so they are not read.
  if (!takesTooMuch(ids.length, 0)) return pass;
  const all = await deps.stores.of(guildId).accounts.list({ serverId: server.id });
  const managed = all.filter((account) => account.memberId !== null && account.protection === null);
  if (!takesTooMuch(ids.length, managed.length)) return pass;
  const values = { server: server.name, lost: ids.length, managed: managed.length };
  const detail = say('alert.held.detail.would', values);
  const what = say('alert.held.would', values);
  const told = { what, release: say('alert.held.release.would') };
  await hold(deps, guildId, { server, accountIds: ids, detail, told });
  const held = new Set(ids);
  return { ...pass, held, changes: new Map([...pass.changes].filter(([id]) => !held.has(id))) };
}
