/** The writes of a pass, and what a read-back says about each of them. */
import { inParallel } from '../../concurrency/in-parallel.ts';
import { asTouched, type Change, contradictsLastWrite, touchedBy, verify } from '../../domain/access.ts';
import { type Account, isNonEmpty, type ServerKind } from '../../domain/model.ts';
import { libraryNames } from '../ledger/grant-transitions.ts';
import { actualIn, actualOf, seenIn } from '../observe/reading.ts';
import type { AccessReading, AccountAccess, MediaServer, Trouble } from '../ports/media-server.ts';
import type { CaseResult, Pass, PassCase } from './pass.ts';

/** Writes at a time on one server (media-servers.md D3). */
const WRITES_AT_ONCE = 2;

/** Applies the changes; a failure does not stop the others. Returns what is known to have failed, by account. */
export async function applyAll(
  pass: Pass,
  reading: AccessReading,
  changes: ReadonlyMap<string, Change>,
  media: MediaServer,
): Promise<ReadonlyMap<string, Trouble>> {
  const failures = new Map<string, Trouble>();
  let refused: Trouble | undefined;
  await inParallel(pass.cases, WRITES_AT_ONCE, async ({ account, deletion }) => {
    const change = changes.get(account.id) ?? { kind: 'none' };
    // A token that was refused once is not shown again and again (media-servers.md D3).
    if (refused) {
      if (change.kind !== 'none' || deletion === 'now') failures.set(account.id, refused);
      return;
    }
    const seen = seenIn(reading, account.externalId);
    const outcome =
      deletion === 'now'
        ? seen && (await media.deleteAccount(seen))
        : await applyOne(pass, account.externalId, change, seen, media);
    if (!outcome || outcome.kind === 'done') return;
    failures.set(account.id, outcome.why);
    if (outcome.why.kind === 'unauthorised') refused = outcome.why;
  });
  return failures;
}

async function applyOne(
  pass: Pass,
  externalId: string,
  change: Change,
  seen: AccountAccess | undefined,
  media: MediaServer,
) {
  if (change.kind === 'none') return undefined;
  if (change.kind === 'withdraw') return seen && (await media.withdraw(seen));
  const libraries = pass.libraries
    .filter((library) => change.libraryIds.includes(library.id))
    .map((library) => library.externalId);
  if (!isNonEmpty(libraries)) throw new Error('a change lost its libraries on the way');
  if (change.kind === 'invite') return await media.invite(externalId, libraries);
  return seen && (await media.setLibraries(seen, libraries));
}

/** How long after a write a reading may still show what was before: plex.tv takes up to half a minute (media-servers.md E8, E43). */
const SHOWN_AFTER_MS: Readonly<Record<ServerKind, number>> = { plex: 30_000, jellyfin: 0 };

/** Milliseconds until the last write to an account shows for sure. */
function shownInMs({ server, startedAt }: Pass, { writtenAt }: Account): number {
  return writtenAt ? writtenAt.getTime() + SHOWN_AFTER_MS[server.kind] - startedAt.getTime() : 0;
}

/** A change that was tried, and what was read before it. */
export interface Written {
  readonly change: Change;
  readonly before: AccessReading;
}

/** `written` is absent when nothing was. */
export function judge(
  pass: Pass,
  item: PassCase,
  reading: AccessReading,
  failures: ReadonlyMap<string, Trouble>,
  written?: Written,
): CaseResult {
  const { desired, deletion } = item;
  const before = written && actualIn(written.before, item.account.externalId, pass.libraries);
  // What is on record since it was tried: a failed try may have taken what was given before.
  const account =
    written && before
      ? asTouched(item.account, touchedBy(written.change, before, item.account, pass.present))
      : item.account;
  const seen = seenIn(reading, account.externalId);
  if (deletion === 'now') {
    if (!seen) return { kind: 'deleted' };
    const failure = failures.get(account.id);
    return failure
      ? stillDue(failure)
      : { kind: 'due', message: `${pass.server.name} still has the account.` };
  }
  const actual = actualOf(seen, pass.libraries);
  const { server, present, listed } = pass;
  const situation = { account, actual, desired, present, listed, policy: server.driftPolicy };
  const waitMs = written ? 0 : shownInMs(pass, account);
  if (waitMs > 0 && contradictsLastWrite(situation))
    return {
      kind: 'due',
      message: `${server.name} may take half a minute to show what was done last.`,
      retryAfterMs: waitMs,
    };
  const verdict = verify(situation);
  if (verdict.kind === 'settled')
    return {
      kind: 'settled',
      given: verdict.given,
      seen,
      ...(before && { before }),
    };
  const failure = failures.get(account.id);
  if (failure) return stillDue(failure);
  const names = libraryNames(verdict.libraryIds, pass.libraries).join(', ');
  if (seen?.obstacle) return { kind: 'due', message: seen.obstacle };
  if (verdict.kind === 'still-open')
    return { kind: 'due', message: `${pass.server.name} still shows ${names}.` };
  if (seen?.disabled && !account.disabledByUs)
    return {
      kind: 'due',
      message: `Somebody disabled this account on ${pass.server.name}; enable it there.`,
    };
  return { kind: 'due', message: `${pass.server.name} does not show ${names} yet.` };
}

export function stillDue(why: Trouble): CaseResult {
  return {
    kind: 'due',
    message: why.message,
    ...(why.retryAfterMs !== undefined && { retryAfterMs: why.retryAfterMs }),
  };
}
