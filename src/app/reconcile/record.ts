/** What came of a pass, written down: what is confirmed is settled, what is not stays due (rule 2). */

import {
  type Actual,
  type Change,
  desiredLibraries,
  librariesIn,
  ours,
  overlap,
  touchedBy,
} from '../../domain/access.ts';
import type { Account, Grant } from '../../domain/model.ts';
import { ALERT_AFTER, nextAttemptAt } from '../../domain/retry.ts';
import { alertOverdue } from '../ledger/alerts.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { settle } from '../ledger/settle.ts';
import { noteCorrected, noteDrift } from '../observe/drift.ts';
import { actualIn, actualOf, seenFields } from '../observe/reading.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccessReading } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { deletionOf, recordDeleted } from './delete-account.ts';
import type { CaseResult, Pass, PassCase } from './pass.ts';

/** Accounts recorded in one transaction. */
const RECORD_BATCH = 50;

/**
 * What is about to be written is on record before it is: when the process is killed then, or the server does not answer, what it
 * may have given is ours to take, and what it may have taken is given anew, whatever is decided meanwhile (rules 2 and 11).
 * False when the server was removed meanwhile: then nothing is to be written any more.
 */
export async function recordInFlight(
  deps: Deps,
  guildId: string,
  pass: Pass,
  reading: AccessReading,
  changes: ReadonlyMap<string, Change>,
): Promise<boolean> {
  const touched = pass.cases.map(({ account }) => {
    const actual = actualIn(reading, account.externalId, pass.libraries);
    const change = changes.get(account.id) ?? { kind: 'none' };
    return { id: account.id, ...touchedBy(change, actual, account, pass.present) };
  });
  // Many accounts lose or get the same.
  const alike = Map.groupBy(
    touched.filter(({ giving, taking }) => giving.length + taking.length > 0),
    ({ giving, taking }) => [giving, taking].map((ids) => ids.toSorted().join(' ')).join('|'),
  );
  if (alike.size === 0) return true;
  return await deps.stores.transaction(guildId, async (tx) => {
    if (!(await tx.servers.find(pass.server.id))) return false;
    const now = deps.clock.now();
    for (const [first, ...others] of alike.values()) {
      if (!first) continue;
      const ids = [first, ...others].map(({ id }) => id);
      await tx.accounts.noteInFlight(ids, first, now);
    }
    return true;
  });
}

/** State, audit events and deliveries of a batch of accounts, together (rule 8). */
export async function recordPass(
  deps: Deps,
  guildId: string,
  pass: Pass,
  resultOf: (item: PassCase) => CaseResult,
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
        if (result.kind === 'due') trouble ??= result.message;
        else confirmed += 1;
        const overtaken = isOvertaken(pass, item, row, grants);
        if (result.kind === 'deleted') await recordDeleted(tx, pass.server, item.account, now);
        else if (result.kind === 'settled') await recordSettled(deps, tx, pass, item, result, overtaken, now);
        else if (overtaken) await tx.accounts.update(row.id, { attempts: 0, trouble: null, dueAt: now });
        else failed.push(await recordDue(tx, item.account, result, now));
      }
      await settle(tx, memberIds, now);
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
  { account, desired, closing }: PassCase,
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
  { account, desired, deletion }: PassCase,
  { given, seen, before }: Extract<CaseResult, { kind: 'settled' }>,
  overtaken: boolean,
  now: Date,
): Promise<void> {
  const actual = actualOf(seen, pass.libraries);
  // Told from the state, not from what this run wrote: the run that wrote it may have been killed.
  const emptiedByUs = !account.disabled && desired.length === 0 && ours(account).length > 0;
  await tx.accounts.update(account.id, {
    ...(seen && { name: seen.name, protected: seen.protected }),
    ...seenFields(actual),
    disabledByUs: actual.kind === 'present' && actual.disabled && (account.disabledByUs || emptiedByUs),
    seenAt: now,
    dueAt: overtaken ? now : null,
    attempts: 0,
    trouble: null,
    ...(!overtaken && { lossApproved: false }),
    ...(!overtaken && { deleteAt: await deletionOf(deps, tx, pass.server, account, deletion, now) }),
  });
  const seenLibraries = librariesIn(actual, pass.present);
  await tx.accounts.setLibraries(account.id, { seen: seenLibraries, given });
  // What others changed meanwhile is written down by whoever sees it first.
  const settled = { ...account, dueAt: null };
  const found = before ? foundBefore(settled, before, given, pass.present) : settled;
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

/** The account as it was found before something was written; what an earlier run of ours gave or took and could not note is no drift. */
function foundBefore(
  account: Account,
  before: Actual,
  given: readonly string[],
  present: readonly string[],
): Account {
  const seen = librariesIn(before, present);
  const wasOurs = new Set([...ours(account), ...given]);
  const [still, shown] = [overlap(account.given, given), seen.filter((id) => wasOurs.has(id))];
  return { ...account, ...seenFields(before), seen, given: [...new Set([...still, ...shown])] };
}

async function recordDue(
  tx: GuildStores,
  account: Account,
  { message, retryAfterMs }: Extract<CaseResult, { kind: 'due' }>,
  now: Date,
): Promise<Account> {
  const changes = {
    attempts: account.attempts + 1,
    trouble: message,
    dueAt: nextAttemptAt(now, account.attempts + 1, retryAfterMs),
  };
  const late = account.deleteAt !== null && account.deleteAt <= now;
  await tx.accounts.update(account.id, { ...changes, ...(late && { deleteAt: changes.dueAt }) });
  return { ...account, ...changes };
}
