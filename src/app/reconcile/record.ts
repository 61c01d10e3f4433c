/** What came of a pass, written down: what is confirmed is settled, what is not stays due (rule 2). */

import { nextAcceptanceLook } from '../../domain/acceptance.ts';
import {
  desiredLibraries,
  librariesIn,
  notEnded,
  ours,
  overlap,
  touchedBy,
  type Understood,
  without,
} from '../../domain/access.ts';
import { afterLook, type Doubt, isSeenSinceWrite, SECOND_LOOK_MS, withoutLook } from '../../domain/doubt.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Grant, Server } from '../../domain/model.ts';
import { ALERT_AFTER, nextTry } from '../../domain/retry.ts';
import { type Sentence, say, type Text } from '../../words/say.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { JOINED_MS } from '../ledger/notices.ts';
import { readUnclosed, tellOutage } from '../ledger/outage.ts';
import { noteOverdue, type StillOpen } from '../ledger/overdue.ts';
import { settle } from '../ledger/settle.ts';
import { tellStuck } from '../ledger/stuck.ts';
import { noteAccepted, tellGiven } from '../observe/accepted.ts';
import { noteCorrected, noteDrift } from '../observe/drift.ts';
import { noteProtected } from '../observe/protected.ts';
import { actualOf, seenFields } from '../observe/reading.ts';
import { noteReopened } from '../observe/reopened.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccountUpdate } from '../ports/stores/accounts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { deletionOf, noteNotDeleted, recordDeleted } from './delete-account.ts';
import type { CaseResult } from './judge.ts';
import {
  type AppliedPass,
  actualBefore,
  changeOf,
  type DecidedPass,
  type PassCase,
  type PlannedPass,
} from './pass.ts';

/** Accounts recorded in one transaction. */
const RECORD_BATCH = 200;

/**
 * Records what is about to be written, before it is. When the process is killed in between, or the server does not
 * answer, the next pass knows that what may have been given is ours to take away, and that what may have been taken
 * is to be given anew (rules 2 and 11). What had ended and is open again is told. False when the server was removed
 * meanwhile: then nothing may be written any more.
 */
export async function recordInFlight(deps: Deps, pass: DecidedPass): Promise<boolean> {
  const touched = pass.cases.map((item) => {
    const { account } = item;
    const touches = touchedBy(changeOf(pass, item), actualBefore(pass, item), account, pass.present);
    return { id: account.id, ...touches, reopened: overlap(account.ended, touches.taking), account };
  });
  // Accounts that gain and lose the same are recorded with one statement.
  const alike = Map.groupBy(
    touched.filter(({ giving, taking }) => giving.length + taking.length > 0),
    ({ giving, taking }) => [giving, taking].map((ids) => ids.toSorted().join(' ')).join('|'),
  );
  if (alike.size === 0) return true;
  return await deps.stores.transaction(pass.guildId, async (tx) => {
    if (!(await tx.servers.find(pass.server.id))) return false;
    const now = deps.clock.now();
    for (const [first, ...others] of alike.values()) {
      if (!first) continue;
      const ids = [first, ...others].map(({ id }) => id);
      await tx.accounts.noteInFlight(ids, first, now);
    }
    const at = { server: pass.server, libraries: pass.libraries, at: now };
    for (const { account, reopened } of touched)
      if (reopened.length > 0) await noteReopened(deps, tx, at, { account, libraryIds: reopened });
    return true;
  });
}

/** A transaction in which results of a pass are written down. */
interface Recording {
  readonly deps: Deps;
  readonly tx: GuildStores;
  readonly pass: RecordedPass;
  readonly now: Date;
  /** What becomes of the accounts, written together: with a statement for each, they would take longest of all. */
  readonly updates: AccountUpdate[];
}

/** A pass that came to its end, or broke off before: then every write of it is in doubt. */
type RecordedPass = PlannedPass & Partial<Pick<AppliedPass, 'unclear'>>;

/** State, audit events and deliveries of a batch of accounts, together (rule 8). */
export async function recordPass(
  deps: Deps,
  pass: RecordedPass,
  resultOf: (item: PassCase) => CaseResult,
): Promise<Recorded> {
  const results = pass.cases.map((item) => ({ item, result: resultOf(item) }));
  let confirmed = 0;
  let trouble: Text | undefined;
  for (let start = 0; start < results.length; start += RECORD_BATCH) {
    const batch = results.slice(start, start + RECORD_BATCH);
    await deps.stores.transaction(pass.guildId, async (tx) => {
      const recorded = await recordBatch({ deps, tx, pass, now: deps.clock.now(), updates: [] }, batch);
      confirmed += recorded.confirmed;
      trouble ??= recorded.trouble;
    });
  }
  return { accounts: pass.cases.length, confirmed, trouble };
}

/** What came of accounts, in one sentence. */
export function summaryOf({ name }: Pick<Server, 'name'>, recorded: readonly Recorded[]): Sentence {
  const sum = (count: (one: Recorded) => number) => recorded.reduce((total, one) => total + count(one), 0);
  const [count, confirmed] = [sum((one) => one.accounts), sum((one) => one.confirmed)];
  const trouble = recorded.find((one) => one.trouble !== undefined)?.trouble;
  const values = { server: name, confirmed, count };
  return trouble === undefined
    ? say('jobs.said.done', values)
    : say('jobs.said.partly', { ...values, why: trouble });
}

/** What staff read of the server is as it is now. Once for a pass, because it is about all accounts together. */
export async function tellStaff(
  deps: Deps,
  { guildId, server }: Pick<PlannedPass, 'guildId' | 'server'>,
  recorded: readonly Recorded[],
): Promise<void> {
  if (recorded.length === 0) return;
  const isNews = recorded.some(({ trouble }) => trouble !== undefined);
  const stores = deps.stores.of(guildId);
  const posts = await stores.posts.list();
  if (!isNews && posts.every(({ topic }) => !topic.endsWith(` ${server.id}`))) return;
  const open = await readUnclosed(stores, server.id);
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    await tellOutage(deps, tx, { serverId: server.id, open }, now);
    await tellStuck(deps, tx, server.id, now);
  });
}

/** How many of so many accounts are as granted, and the first sentence that says why another is not. */
export interface Recorded {
  readonly accounts: number;
  readonly confirmed: number;
  readonly trouble: Text | undefined;
}

async function recordBatch(
  recording: Recording,
  batch: readonly { readonly item: PassCase; readonly result: CaseResult }[],
): Promise<Omit<Recorded, 'accounts'>> {
  const { deps, tx, pass, now, updates } = recording;
  const memberIds = [...new Set(batch.map(({ item }) => item.account.memberId))];
  const [grants, accounts] = await Promise.all([
    tx.grants.list({ memberIds, states: ['active'] }),
    tx.accounts.list({ serverId: pass.server.id, memberIds }),
  ]);
  const rows = new Map(accounts.map((account) => [account.id, account]));
  const known = batch.filter(({ item }) => rows.has(item.account.id));
  const failed: StillOpen[] = [];
  for (const { item, result } of batch) {
    const row = rows.get(item.account.id);
    if (!row) continue;
    const { id } = item.account;
    const overtaken = isOvertaken(pass, item, row, grants);
    // A write whose answer was clear leaves behind only the doubt that was there before it.
    const since = pass.unclear?.has(id) === false ? item.account.doubtSince : row.doubtSince;
    const isUnread = result.kind === 'due' && result.unread === true;
    const doubt = isUnread
      ? withoutLook(pass.server, { doubtSince: since, lookAt: row.lookAt }, now)
      : afterLook(
          { doubtSince: since, writtenAt: writtenAt(row, result, now) },
          looksOf(pass, row, result),
          now,
        );
    const isWaiting = result.kind === 'settled' ? result.seen?.pending === true : row.pending;
    const looks = {
      ...doubt,
      lookAt: earlier(doubt.lookAt, isWaiting ? nextAcceptanceLook(row, now) : null),
    };
    if (result.kind === 'deleted') await recordDeleted(tx, pass.server, item.account, now);
    else if (result.kind === 'settled') await recordSettled(recording, item, result, { looks, overtaken });
    else if (overtaken)
      updates.push({
        id,
        changes: { ...looks, attempts: 0, trouble: null, refused: false, dueAt: now },
      });
    else if (isUnread && row.dueAt === null) updates.push({ id, changes: looks });
    else failed.push(await recordDue(recording, item, result, looks));
  }
  await tx.accounts.updateMany(updates);
  await settle(deps, tx, memberIds, now);
  const open = failed.filter(({ account }) => account.refused || account.attempts >= ALERT_AFTER);
  if (open.length > 0) await noteOverdue(tx, { server: pass.server, open }, now);
  if (failed.length > 0)
    deps.log.warn(
      { guildId: pass.guildId, serverId: pass.server.id, accounts: failed.length },
      'access could not be applied',
    );
  const due = known.flatMap(({ result }) => (result.kind === 'due' ? [result.message] : []));
  return { confirmed: known.length - due.length, trouble: due[0] };
}

/** A pass notes that it writes before it does: the last of its writes may have come any time until now. */
function writtenAt(row: Account, result: CaseResult, now: Date): Date | null {
  return result.kind === 'settled' && result.before ? now : row.writtenAt;
}

/**
 * When a write that is seen to be done is looked at again: one of this pass, one that a try before it made, or one that
 * is being looked at. Disabling is never undone (media-servers.md M1), and what is due is read again anyway.
 */
function looksOf({ server }: PlannedPass, row: Account, result: CaseResult): readonly number[] {
  if (result.kind !== 'settled' || result.seen === undefined || result.seen.disabled) return [];
  const isOpen = result.before !== undefined || row.attempts > 0 || row.lookAt !== null;
  return isOpen ? MEDIA_KINDS[server.kind].looksAfterMs : [];
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/**
 * Whether a command or an end date changed what is wanted while the server was being asked. Then what was confirmed
 * does not settle the account, and a failure does not delay the next try.
 */
function isOvertaken(
  pass: PlannedPass,
  { account, desired, closing }: PassCase,
  row: Account,
  grants: readonly Grant[],
): boolean {
  // One that was only looked at became due with the write.
  const wasWritten = row.writtenAt?.getTime() !== account.writtenAt?.getTime();
  const dueAt = account.dueAt ?? (wasWritten ? row.writtenAt : null);
  if (row.dueAt?.getTime() !== dueAt?.getTime()) return true;
  const theirs = grants.filter((grant) => grant.memberId === account.memberId);
  const wanted = desiredLibraries(pass.server, pass.libraries, theirs, closing);
  return wanted.length !== desired.length || wanted.some((id) => !desired.includes(id));
}

async function recordSettled(
  { deps, tx, pass, now, updates }: Recording,
  item: PassCase,
  { given, seen, before }: Extract<CaseResult, { kind: 'settled' }>,
  { looks, overtaken }: { readonly looks: Doubt; readonly overtaken: boolean },
): Promise<void> {
  const { server, libraries, present } = pass;
  const { account, desired, deletion, elsewhere } = item;
  const actual = actualOf(seen, libraries);
  // Derived from the stored state instead of what this pass wrote, because an earlier pass may have written it and
  // been killed.
  // Disabled by us when this pass, or one that was interrupted, found it enabled and emptied it.
  const foundEnabled = before ? before.kind === 'present' && !before.disabled : account.leaving.length > 0;
  const emptiedByUs = !account.disabled && desired.length === 0 && foundEnabled;
  // What another guild gives is not ours any more when it ends here: it ends there.
  const kept = [...given, ...desired, ...(elsewhere?.wanted ?? [])];
  const seenLibraries = librariesIn(actual, present);
  const changes = {
    ...looks,
    ...(seen && {
      ...{ name: seen.name, protection: seen.protection },
      signsInElsewhere: seen.signsInElsewhere === true,
    }),
    ...seenFields(actual),
    disabledByUs: actual.kind === 'present' && actual.disabled && (account.disabledByUs || emptiedByUs),
    seenAt: now,
    ...(before && { writtenAt: now }),
    ...(without(notEnded(account), kept).length > 0 && { endedAt: now }),
    dueAt: overtaken ? now : null,
    attempts: 0,
    trouble: null,
    refused: false,
    ...(!overtaken && { lossApproved: false }),
    ...(!overtaken && { deleteAt: await deletionOf(deps, tx, { server, account, deletion }, now) }),
  };
  const ended = without(ours(account), kept);
  const elsewhereNow = overlap(account.elsewhere, seenLibraries);
  updates.push({
    id: account.id,
    changes,
    libraries: { seen: seenLibraries, given, ended, elsewhere: elsewhereNow },
  });
  if (seen?.signsInElsewhere && (emptiedByUs || account.deleteAt !== null))
    await noteNotDeleted(deps, tx, { server, item }, now);
  // Foreign changes are audited by whichever reading sees them first, a sync or a pass.
  const settled = { ...account, dueAt: null };
  const found = before && before.kind !== 'unread' ? foundBefore(settled, before, given, present) : settled;
  const seenNow = { ...settled, ...seenFields(actual), seen: seenLibraries, given };
  if (account.seenAccess !== 'unknown') {
    const at = { server, libraries, at: now };
    await noteDrift(tx, at, settled, before ? found : seenNow);
    await noteCorrected(tx, at, found, seenNow);
  }
  if (seen) await noteProtected(deps, tx, { server, at: now }, { before: account, now: seen.protection });
  // What was only written again, because the library has another id, is one line for all (observe/follow-libraries).
  const again = before?.kind === 'present' && !before.disabled ? (before.dormant ?? []) : [];
  const fresh = without(given, [...account.given, ...again]);
  await noteAccepted(deps, tx, { server, libraries, at: now }, { before: account, now: seenNow });
  const isAskedBack = before?.kind === 'absent' && seenNow.pending && account.given.length > 0;
  if (isAskedBack) await tellGiven(deps, tx, { server, at: now }, seenNow);
  if (fresh.length === 0) return;
  // Staff resumed, undid or extended something: who had accepted before has to do so again.
  const isInvitedAgain = seenNow.pending && !account.pending && account.writtenAt !== null;
  const waited = account.dueAt !== null && now.getTime() - account.dueAt.getTime() > JOINED_MS;
  if (!isAskedBack && (account.attempts > 0 || waited || isInvitedAgain))
    await tellGiven(deps, tx, { server, at: now }, seenNow);
  await tx.audit.append({
    action: 'access.applied',
    actorId: null,
    targetId: account.memberId,
    facts: {
      server: server.name,
      account: account.name,
      libraries: libraryNames(fresh, libraries),
      ...(seen?.pending && { how: 'invited' }),
    },
    at: now,
  });
}

/**
 * The account as it was found before this pass wrote to it. What an earlier pass gave or took without being able to
 * record it counts as ours, so that it is not reported as drift.
 */
function foundBefore(
  account: Account,
  before: Understood,
  given: readonly string[],
  present: readonly string[],
): Account {
  const seen = librariesIn(before, present);
  const wasOurs = new Set([...ours(account), ...given]);
  const [still, shown] = [overlap(account.given, given), seen.filter((id) => wasOurs.has(id))];
  return { ...account, ...seenFields(before), seen, given: [...new Set([...still, ...shown])] };
}

const isJustBefore = (lookAt: Date | null, dueAt: Date): boolean =>
  lookAt !== null && lookAt < dueAt && dueAt.getTime() - lookAt.getTime() < SECOND_LOOK_MS;

/** Whether an account was seen like this since its last write: then it has been so since that look. */
function isSeenAgain(account: Account, actual: Understood, present: readonly string[]): boolean {
  if (!isSeenSinceWrite(account)) return false;
  const { seen } = account;
  const now = librariesIn(actual, present);
  const { seenAccess, pending, disabled } = seenFields(actual);
  const isSame =
    seenAccess === account.seenAccess && pending === account.pending && disabled === account.disabled;
  return isSame && without(now, seen).length + without(seen, now).length === 0;
}

async function recordDue(
  { deps, tx, pass, now, updates }: Recording,
  { account, desired }: PassCase,
  { message, retryAfterMs, refusal, shown, protection }: Extract<CaseResult, { kind: 'due' }>,
  looks: Doubt,
): Promise<StillOpen> {
  // What we knew may have been too old; said often enough, it is a refusal as well.
  const refused = refusal === 'final' || (refusal === 'perhaps' && account.attempts + 1 >= ALERT_AFTER);
  const changes = { ...nextTry(account, { refused, retryAfterMs }, now), trouble: message };
  const late = account.deleteAt !== null && account.deleteAt <= now;
  const libraries = shown && {
    ...{ given: shown.given, inFlight: shown.inFlight, leaving: shown.leaving },
    ...{ seen: librariesIn(shown.actual, pass.present), ended: shown.ended, elsewhere: shown.elsewhere },
  };
  updates.push({
    id: account.id,
    changes: {
      ...looks,
      ...changes,
      // Just before the next try, a look would be no second one, and only put that off.
      lookAt: isJustBefore(looks.lookAt, changes.dueAt) ? changes.dueAt : looks.lookAt,
      ...(protection !== undefined && { protection }),
      ...(late && { deleteAt: changes.dueAt }),
      ...(shown && { ...seenFields(shown.actual), disabledByUs: shown.disabledByUs }),
      ...(shown && { seenAt: isSeenAgain(account, shown.actual, pass.present) ? account.seenAt : now }),
      ...(shown && without(shown.ended, account.ended).length > 0 && { endedAt: now }),
    },
    ...(libraries && { libraries }),
  });
  if (protection !== undefined)
    await noteProtected(deps, tx, { server: pass.server, at: now }, { before: account, now: protection });
  if (shown) {
    const seenNow = {
      ...account,
      ...seenFields(shown.actual),
      seen: librariesIn(shown.actual, pass.present),
      given: shown.given,
    };
    const at = { server: pass.server, libraries: pass.libraries, at: now };
    await noteAccepted(deps, tx, at, { before: account, now: seenNow });
  }
  const libraryIds = without(notEnded(shown ?? account), desired);
  return { account: { ...account, ...changes }, libraryIds };
}
