/**
 * One enforcement pass (design section 4): what is due → read each server once → decide purely → apply → read back →
 * record. Level-triggered: it may be run at any moment, any number of times, and be killed at any instant.
 */
import {
  type Actual,
  type Change,
  closingAction,
  decideChange,
  desiredLibraries,
  presentLibraries,
  takesAway,
  verify,
} from '../domain/access.ts';
import { takesTooMuch } from '../domain/limits.ts';
import type { Account, ExpiryAction, Grant, Library, Server } from '../domain/model.ts';
import { isNonEmpty } from '../domain/model.ts';
import { ALERT_AFTER, nextAttemptAt } from '../domain/retry.ts';
import { deletionOf, recordDeleted } from './delete-account.ts';
import { type Deps, inParallel, openServer } from './deps.ts';
import { alertOverdue, libraryNames, moveDueGrants, settleEndings } from './grant-transitions.ts';
import { hold } from './hold.ts';
import { recordRun } from './job-runs.ts';
import type { Lanes } from './lanes.ts';
import { noteCorrected, noteDrift } from './note-drift.ts';
import type { AccessReading, AccountAccess, GuildStores, MediaServer, Trouble } from './ports.ts';
import { actualOf, namesUnknown, seenFields } from './reading.ts';
import { recordReachable, recordUnreachable } from './server-health.ts';
import { storeLibraries } from './store-libraries.ts';

/** Writes at a time on one server (media-servers.md D3). */
const WRITES_AT_ONCE = 2;
/** Servers of a guild at a time. */
const SERVERS_AT_ONCE = 8;
/** Accounts recorded in one transaction. */
const RECORD_BATCH = 50;

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

export function makeEnforce(deps: Deps, lanes: Lanes): Enforce {
  const laneOf = (guildId: string, serverId: string) => `enforce:${guildId}:${serverId}`;
  // One pass at a time per server: two would decide from the same reading.
  const pass = (guildId: string, serverId: string) =>
    lanes.run(laneOf(guildId, serverId), () => enforceServer(deps, lanes, guildId, serverId));
  const servers = async (guildId: string, serverIds: readonly string[]) => {
    await inParallel(serverIds, SERVERS_AT_ONCE, (serverId) => pass(guildId, serverId));
  };
  const dueServers = async (guildId: string) => {
    await moveDueGrants(deps, guildId);
    const due = await deps.stores.of(guildId).accounts.listDue(deps.clock.now());
    return [...new Set(due.map((account) => account.serverId))];
  };
  return {
    servers,
    async begin(guildId) {
      for (const serverId of await dueServers(guildId)) {
        if (lanes.isBusy(laneOf(guildId, serverId))) continue;
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

/** An account that is due, with what it should have. */
interface Case {
  readonly account: Account & { readonly externalId: string };
  readonly desired: readonly string[];
  /** What happens to the account while nothing is granted. */
  readonly closing: ExpiryAction;
  /** By the expiry action `delete`: to be deleted now, or later; null when it stays. */
  readonly deletion: 'now' | 'later' | null;
}

/** What was known when a pass over one server began. */
interface Pass {
  readonly server: Server;
  readonly libraries: readonly Library[];
  readonly present: readonly string[];
  readonly cases: readonly Case[];
}

/** How one account came out of the pass. */
type Result =
  | {
      readonly kind: 'settled';
      readonly given: readonly string[];
      readonly seen: AccountAccess | undefined;
      /** What it had before something was written; absent when nothing was. */
      readonly before?: Actual;
    }
  /** By the expiry action, and the server no longer lists it. */
  | { readonly kind: 'deleted' }
  | { readonly kind: 'due'; readonly says: string; readonly retryAfterMs?: number };

async function enforceServer(deps: Deps, lanes: Lanes, guildId: string, serverId: string): Promise<void> {
  const stores = deps.stores.of(guildId);
  const server = await stores.servers.find(serverId);
  if (!server) return;
  const pass = await prepare(stores, server, deps.clock.now());
  if (pass.cases.length === 0) return;

  try {
    await recordRun(deps, guildId, 'enforce', () => passOver(deps, lanes, guildId, pass));
  } catch (err) {
    // A mistake of ours must not spin: the accounts stay due, later.
    deps.log.error({ guildId, serverId, err }, 'a pass over a server broke off');
    await record(deps, guildId, pass, () => ({
      kind: 'due',
      says: 'Usher itself failed; its log says why.',
    }));
  }
}

/** Resolves to what came of it, in one sentence. `looked`: the libraries were listed in this pass already; ids that are still unknown are of libraries that are no more. */
async function passOver(
  deps: Deps,
  lanes: Lanes,
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
    return record(deps, guildId, pass, () => stillDue(before.why));
  }
  if (!looked && namesUnknown(before.value, pass.libraries)) {
    // Somebody gave a library that was added since the last sync; a write that does not know it would take it away.
    const listed = await media.listLibraries();
    if (listed.kind === 'unknown') return record(deps, guildId, pass, () => stillDue(listed.why));
    const now = deps.clock.now();
    await deps.stores.transaction(guildId, (tx) => storeLibraries(deps, tx, server, listed.value, now));
    const again = await prepare(deps.stores.of(guildId), server, now);
    return await passOver(deps, lanes, guildId, again, true);
  }

  const decided = decideAll(pass, before.value);
  const held = await heldBack(deps, guildId, pass, before.value, decided);
  const changes = new Map([...decided].filter(([accountId]) => !held.has(accountId)));
  const failures = await applyAll(pass, before.value, changes, media);
  const wrote =
    [...changes.values()].some((change) => change.kind !== 'none') ||
    pass.cases.some(({ deletion }) => deletion === 'now');
  const after = wrote ? await media.readAccess({ of, after: before.value }) : before;
  if (after.kind === 'known') await recordReachable(deps, guildId, server);
  const withdrawn = pass.cases.filter(({ account }) => changes.get(account.id)?.kind === 'withdraw');
  if (withdrawn.length > 0) endSessions(deps, lanes, guildId, media, withdrawn);
  return await record(deps, guildId, pass, (item) => {
    if (held.has(item.account.id)) return { kind: 'due', says: HELD };
    const change = changes.get(item.account.id) ?? { kind: 'none' };
    // Where nothing was written the first reading is proof enough.
    if (change.kind === 'none' && item.deletion !== 'now') return judge(pass, item, before.value, failures);
    if (after.kind === 'unknown') return stillDue(after.why);
    return judge(pass, item, after.value, failures, before.value);
  });
}

/** What they watch right now ends as well, best effort, and nobody waits for it. */
function endSessions(
  deps: Deps,
  lanes: Lanes,
  guildId: string,
  media: MediaServer,
  withdrawn: readonly Case[],
): void {
  const ids = withdrawn.map(({ account }) => account.externalId);
  lanes
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
    const actual = actualOf(find(reading, account.externalId), pass.libraries);
    const change = changes.get(account.id) ?? { kind: 'none' };
    return !account.mayLose && takesAway(change, actual, pass.present);
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

async function prepare(stores: GuildStores, server: Server, now: Date): Promise<Pass> {
  const due = await stores.accounts.listDue(now, server.id);
  const accounts = due.flatMap((account) =>
    account.externalId !== null && account.memberId !== null
      ? [{ ...account, externalId: account.externalId }]
      : [],
  );
  const memberIds = accounts.flatMap((account) => account.memberId ?? []);
  const [libraries, grants] = await Promise.all([
    stores.libraries.list(server.id),
    stores.grants.list({ memberIds, states: ['active'] }),
  ]);
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  const closings = await closingActions(stores, server, libraries, memberIds, byMember);
  return {
    server,
    libraries,
    present: presentLibraries(server.id, libraries),
    cases: accounts.map((account) => {
      const theirs = byMember.get(account.memberId ?? '') ?? [];
      const closing = closings.get(account.memberId ?? '') ?? 'withdraw';
      const desired = desiredLibraries(server, libraries, theirs, closing);
      // Only what Usher made is Usher's to delete.
      const deletes = closing === 'delete' && desired.length === 0 && account.createdByUs;
      const isTime = account.deleteAt !== null && account.deleteAt <= now;
      return { account, closing, desired, deletion: deletes ? (isTime ? 'now' : 'later') : null };
    }),
  };
}

/** The expiry action of each member who is granted nothing now, where it is another than withdrawing. */
async function closingActions(
  stores: GuildStores,
  server: Server,
  libraries: readonly Library[],
  memberIds: readonly string[],
  active: ReadonlyMap<string, readonly Grant[]>,
): Promise<ReadonlyMap<string, ExpiryAction>> {
  const plans = await stores.plans.list();
  // Where nobody chose anything else, the grants that are over need not be read.
  if (server.expiryAction === 'withdraw' && plans.every(({ expiryAction }) => expiryAction === null))
    return new Map();
  const without = memberIds.filter((id) => !active.has(id));
  const grants = await stores.grants.list({ memberIds: without, serverId: server.id });
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  return new Map(without.map((id) => [id, closingAction(server, libraries, byMember.get(id) ?? [], plans)]));
}

function decideAll(pass: Pass, reading: AccessReading): ReadonlyMap<string, Change> {
  const { server, present } = pass;
  return new Map(
    pass.cases.map(({ account, desired }) => {
      const actual = actualOf(find(reading, account.externalId), pass.libraries);
      return [account.id, decideChange({ account, actual, desired, present, policy: server.driftPolicy })];
    }),
  );
}

/** Applies the changes; a failure does not stop the others. Returns what is known to have failed, by account. */
async function applyAll(
  pass: Pass,
  reading: AccessReading,
  changes: ReadonlyMap<string, Change>,
  media: MediaServer,
): Promise<ReadonlyMap<string, Trouble>> {
  const failures = new Map<string, Trouble>();
  await inParallel(pass.cases, WRITES_AT_ONCE, async ({ account, deletion }) => {
    const change = changes.get(account.id);
    const seen = find(reading, account.externalId);
    const outcome =
      deletion === 'now'
        ? seen && (await media.deleteAccount(seen))
        : await applyOne(pass, account.externalId, change, seen, media);
    if (outcome && outcome.kind !== 'done') failures.set(account.id, outcome.why);
  });
  return failures;
}

async function applyOne(
  pass: Pass,
  externalId: string,
  change: Change | undefined,
  seen: AccountAccess | undefined,
  media: MediaServer,
) {
  if (!change || change.kind === 'none') return undefined;
  if (change.kind === 'withdraw') return seen && (await media.withdraw(seen));
  const libraries = pass.libraries
    .filter((library) => change.libraryIds.includes(library.id))
    .map((library) => library.externalId);
  if (!isNonEmpty(libraries)) throw new Error('a change lost its libraries on the way');
  if (change.kind === 'invite') return await media.invite(externalId, libraries);
  return seen && (await media.setLibraries(seen, libraries));
}

/** `written`: what was read before something was written; absent when nothing was. */
function judge(
  pass: Pass,
  { account, desired, deletion }: Case,
  reading: AccessReading,
  failures: ReadonlyMap<string, Trouble>,
  written?: AccessReading,
): Result {
  const seen = find(reading, account.externalId);
  if (deletion === 'now') {
    if (!seen) return { kind: 'deleted' };
    const failure = failures.get(account.id);
    return failure ? stillDue(failure) : { kind: 'due', says: `${pass.server.name} still has the account.` };
  }
  const actual = actualOf(seen, pass.libraries);
  const verdict = verify({
    account,
    actual,
    desired,
    present: pass.present,
    policy: pass.server.driftPolicy,
  });
  if (verdict.kind === 'settled')
    return {
      kind: 'settled',
      given: verdict.given,
      seen,
      ...(written && { before: actualOf(find(written, account.externalId), pass.libraries) }),
    };
  const failure = failures.get(account.id);
  if (failure) return stillDue(failure);
  const names = libraryNames(verdict.libraryIds, pass.libraries).join(', ');
  if (seen?.obstacle) return { kind: 'due', says: seen.obstacle };
  if (verdict.kind === 'still-open')
    return { kind: 'due', says: `${pass.server.name} still shows ${names}.` };
  if (seen?.disabled && !account.disabledByUs)
    return { kind: 'due', says: `Somebody disabled this account on ${pass.server.name}; enable it there.` };
  return { kind: 'due', says: `${pass.server.name} does not show ${names} yet.` };
}

function stillDue(why: Trouble): Result {
  return {
    kind: 'due',
    says: why.says,
    ...(why.retryAfterMs !== undefined && { retryAfterMs: why.retryAfterMs }),
  };
}

/** State, audit events and deliveries of a batch of accounts, together (rule 8). */
async function record(
  deps: Deps,
  guildId: string,
  pass: Pass,
  resultOf: (item: Case) => Result,
): Promise<string> {
  let confirmed = 0;
  let trouble: string | undefined;
  for (let start = 0; start < pass.cases.length; start += RECORD_BATCH) {
    const batch = pass.cases.slice(start, start + RECORD_BATCH);
    await deps.stores.transaction(guildId, async (tx) => {
      const now = deps.clock.now();
      const memberIds = [...new Set(batch.flatMap(({ account }) => account.memberId ?? []))];
      const [grants, accounts] = await Promise.all([
        tx.grants.list({ memberIds, states: ['active'] }),
        tx.accounts.list({ serverId: pass.server.id, memberIds }),
      ]);
      const rows = new Map(accounts.map((account) => [account.id, account]));
      const failed: Account[] = [];
      for (const item of batch) {
        const row = rows.get(item.account.id);
        if (!row) continue;
        const result = resultOf(item);
        if (result.kind === 'due') trouble ??= result.says;
        else confirmed += 1;
        const overtaken = isOvertaken(pass, item, row, grants);
        if (result.kind === 'deleted') await recordDeleted(tx, pass.server, item.account, now);
        else if (result.kind === 'settled') await recordSettled(deps, tx, pass, item, result, overtaken, now);
        else if (overtaken) await tx.accounts.update(row.id, { attempts: 0, trouble: null, dueAt: now });
        else failed.push(await recordDue(tx, item.account, result, now));
      }
      await settleEndings(tx, memberIds, now);
      const alerting = failed.filter((account) => account.attempts >= ALERT_AFTER);
      if (alerting.length > 0) await alertOverdue(deps, tx, pass.server, alerting, now);
      if (failed.length > 0)
        deps.log.warn(
          { guildId, serverId: pass.server.id, accounts: failed.length },
          'access could not be applied',
        );
    });
  }
  const { server, cases } = pass;
  const said = `${server.name}: ${confirmed} of ${cases.length} ${cases.length === 1 ? 'account' : 'accounts'} as granted`;
  return trouble === undefined ? said : `${said}; the others are tried again: ${trouble}`;
}

/**
 * A command or an end came in while the server was being asked: what was confirmed is no longer what is wanted, and what
 * failed is no reason to let the new wish wait.
 */
function isOvertaken(
  pass: Pass,
  { account, desired, closing }: Case,
  row: Account,
  grants: readonly Grant[],
): boolean {
  if (row.dueAt?.getTime() !== account.dueAt?.getTime()) return true;
  const theirs = grants.filter((grant) => grant.memberId === account.memberId);
  const wanted = desiredLibraries(pass.server, pass.libraries, theirs, closing);
  return wanted.length !== desired.length || wanted.some((id) => !desired.includes(id));
}

async function recordSettled(
  deps: Deps,
  tx: GuildStores,
  pass: Pass,
  { account, desired, deletion }: Case,
  { given, seen, before }: Extract<Result, { kind: 'settled' }>,
  overtaken: boolean,
  now: Date,
): Promise<void> {
  const actual = actualOf(seen, pass.libraries);
  // Told from the state, not from what this run wrote: the run that wrote it may have been killed.
  const emptiedByUs = !account.disabled && desired.length === 0 && account.given.length > 0;
  await tx.accounts.update(account.id, {
    ...(seen && { name: seen.name, protected: seen.protected }),
    ...seenFields(actual),
    disabledByUs: actual.kind === 'present' && actual.disabled && (account.disabledByUs || emptiedByUs),
    seenAt: now,
    dueAt: overtaken ? now : null,
    attempts: 0,
    trouble: null,
    ...(!overtaken && { mayLose: false }),
    ...(!overtaken && { deleteAt: await deletionOf(deps, tx, pass.server, account, deletion, now) }),
  });
  const seenLibraries = librariesOf(actual, pass.present);
  await tx.accounts.setLibraries(account.id, { seen: seenLibraries, given });
  // What others changed meanwhile is written down by whoever sees it first.
  const settled = { ...account, dueAt: null };
  const found = {
    ...settled,
    ...(before && { ...seenFields(before), seen: librariesOf(before, pass.present) }),
  };
  const seenNow = { ...settled, ...seenFields(actual), seen: seenLibraries, given };
  if (account.seenAccess !== 'unknown') {
    await noteDrift(tx, pass.server, pass.libraries, settled, before ? found : seenNow, now);
    await noteCorrected(tx, pass.server, pass.libraries, found, seenNow, now);
  }
  const fresh = given.filter((id) => !account.given.includes(id));
  if (fresh.length === 0) return;
  await tx.audit.append({
    action: 'access.applied',
    actorId: null,
    targetId: account.memberId,
    facts: {
      server: pass.server.name,
      account: account.name,
      libraries: libraryNames(fresh, pass.libraries),
      ...(seen?.pending && { detail: 'invited; waits to be accepted' }),
    },
    at: now,
  });
}

async function recordDue(
  tx: GuildStores,
  account: Account,
  { says, retryAfterMs }: Extract<Result, { kind: 'due' }>,
  now: Date,
): Promise<Account> {
  const changes = {
    attempts: account.attempts + 1,
    trouble: says,
    dueAt: nextAttemptAt(now, account.attempts + 1, retryAfterMs),
  };
  const late = account.deleteAt !== null && account.deleteAt <= now;
  await tx.accounts.update(account.id, { ...changes, ...(late && { deleteAt: changes.dueAt }) });
  return { ...account, ...changes };
}

const librariesOf = (actual: Actual, present: readonly string[]): readonly string[] =>
  actual.kind === 'absent' ? [] : actual.access === 'all' ? present : actual.access;

function find(reading: AccessReading, externalId: string): AccountAccess | undefined {
  return reading.accounts.find((account) => account.externalId === externalId);
}
