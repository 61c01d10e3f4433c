/** What a reading says about each account of a pass: done, or still due and why. */
import {
  type Actual,
  asTouched,
  contradictsLastWrite,
  librariesIn,
  notEnded,
  overlap,
  touchedBy,
  type Verdict,
  verify,
  without,
} from '../../domain/access.ts';
import { isSecondLook, SECOND_LOOK_MS } from '../../domain/doubt.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account } from '../../domain/model.ts';
import { joinNames } from '../../domain/name-list.ts';
import { type Refusal, staffSentence } from '../../domain/trouble.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { actualOf, seenIn } from '../observe/reading.ts';
import type { AccountAccess, Trouble } from '../ports/media-server.ts';
import {
  type AppliedPass,
  actualBefore,
  changeOf,
  isWritten,
  type PassCase,
  type PlannedPass,
} from './pass.ts';

/** How one account came out of the pass. */
export type CaseResult =
  | {
      readonly kind: 'settled';
      readonly given: readonly string[];
      readonly seen: AccountAccess | undefined;
      /** What it had before something was written; absent when nothing was. */
      readonly before?: Actual;
    }
  /** Deleted by the expiry action, and the server no longer lists it. */
  | { readonly kind: 'deleted' }
  | {
      readonly kind: 'due';
      /** For staff. */
      readonly message: string;
      readonly retryAfterMs?: number;
      /** The server will not do it. Absent when it could not be asked. */
      readonly refusal?: Refusal;
      /** What the reading shows, where that is worth keeping: for the next one, or because a part of it is done. */
      readonly shown?: Shown;
      /** Nobody answered, so nothing is known that was not known before. */
      readonly unread?: true;
    };

/** An account as a reading shows it, and what of it counts as given by Usher. */
interface Shown extends Pick<Account, 'given' | 'inFlight' | 'leaving' | 'ended' | 'elsewhere'> {
  readonly actual: Actual;
}

const HELD = 'Held: too much would be taken away at once. An admin has to release or dismiss it.';

/** The account stays due because the server could not be asked. */
export function stillDue(why: Trouble): Extract<CaseResult, { kind: 'due' }> {
  return {
    kind: 'due',
    unread: true,
    message: staffSentence(why),
    ...(why.retryAfterMs !== undefined && { retryAfterMs: why.retryAfterMs }),
  };
}

/** The account stays due because a write to it failed. */
function notWritten(why: Trouble): Extract<CaseResult, { kind: 'due' }> {
  const { unread: _, ...due } = stillDue(why);
  return { ...due, ...(why.refusal && { refusal: why.refusal }) };
}

export function judge(pass: AppliedPass, item: PassCase): CaseResult {
  if (pass.held.has(item.account.id)) return { kind: 'due', message: HELD };
  const written = isWritten(pass, item);
  // Where nothing was written the first reading is proof enough.
  const proof = written ? pass.after : ({ kind: 'known', value: pass.reading } as const);
  if (proof.kind === 'unknown') return stillDue(proof.why);
  const failure = pass.failures.get(item.account.id);
  const seen = seenIn(proof.value, item.account.externalId);
  if (item.deletion === 'now') return judgeDeletion(pass, seen, failure);
  return judgeAccess(pass, item, seen, written ? actualBefore(pass, item) : undefined);
}

function judgeDeletion(
  { server }: PlannedPass,
  seen: AccountAccess | undefined,
  failure: Trouble | undefined,
): CaseResult {
  if (!seen) return { kind: 'deleted' };
  return failure ? notWritten(failure) : { kind: 'due', message: `${server.name} still has the account.` };
}

/** `before` is absent when nothing was written. */
function judgeAccess(
  pass: AppliedPass,
  item: PassCase,
  seen: AccountAccess | undefined,
  before: Actual | undefined,
): CaseResult {
  const { server, present, listed } = pass;
  const { desired } = item;
  // The account as the record has had it since the write was tried: even a failed write may have given or taken
  // something.
  const account = before
    ? asTouched(item.account, touchedBy(changeOf(pass, item), before, item.account, present))
    : item.account;
  const actual = actualOf(seen, pass.libraries);
  const kept = item.elsewhere?.wanted ?? [];
  const situation = {
    account,
    actual,
    desired,
    present,
    listed,
    policy: server.driftPolicy,
    elsewhere: kept,
  };
  const waitMs = before ? 0 : shownInMs(pass, account);
  if (waitMs > 0 && contradictsLastWrite(situation))
    return {
      kind: 'due',
      message: `${server.name} may take half a minute to show what was done last.`,
      retryAfterMs: waitMs,
    };
  const verdict = verify(situation);
  const doubt = before ? [] : goneByThemselves(pass, account, desired, actual);
  if (verdict.kind === 'settled' && doubt.length > 0)
    return {
      kind: 'due',
      message: `${server.name} no longer shows ${joinNames(libraryNames(doubt, pass.libraries))}, which Usher did not take; it is looked at once more.`,
      retryAfterMs: SECOND_LOOK_MS,
      shown: asShown(account, actual),
    };
  if (verdict.kind === 'settled')
    return { kind: 'settled', given: verdict.given, seen, ...(before && { before }) };
  const due = whyDue(pass, account, verdict, seen);
  if (verdict.kind === 'still-open' || doubt.length > 0) return due;
  return { ...due, shown: asShown(account, actual, verdict.gone) };
}

function whyDue(
  { server, failures, libraries }: AppliedPass,
  account: Account,
  verdict: Exclude<Verdict, { kind: 'settled' }>,
  seen: AccountAccess | undefined,
): Extract<CaseResult, { kind: 'due' }> {
  const failure = failures.get(account.id);
  if (failure) return notWritten(failure);
  if (seen?.obstacle) return { kind: 'due', message: seen.obstacle };
  const names = joinNames(libraryNames(verdict.libraryIds, libraries));
  if (verdict.kind === 'still-open') return { kind: 'due', message: `${server.name} still shows ${names}.` };
  if (seen?.disabled && !account.disabledByUs)
    return { kind: 'due', message: `Somebody disabled this account on ${server.name}; enable it there.` };
  return { kind: 'due', message: `${server.name} does not show ${names} yet.` };
}

function asShown(
  { given, inFlight, leaving, ended, elsewhere }: Account,
  actual: Actual,
  gone: readonly string[] = [],
): Shown {
  return {
    actual,
    ended: [...new Set([...ended, ...gone])],
    elsewhere,
    given: without(given, gone),
    inFlight: without(inFlight, gone),
    leaving: without(leaving, gone),
  };
}

/**
 * Libraries that have ended, and that a reading lacks although Usher took nothing. A list may be short or old, so one
 * reading is a doubt and no proof (rule 3): it takes another one, some time before or after, that lacks them as well.
 */
function goneByThemselves(
  { listed, startedAt }: PlannedPass,
  account: Account,
  desired: readonly string[],
  actual: Actual,
): readonly string[] {
  const taken = new Set([...desired, ...account.leaving, ...librariesIn(actual, listed)]);
  const gone = overlap(notEnded(account), listed).filter((id) => !taken.has(id));
  const { seenAccess, seen } = account;
  if (!isSecondLook(account, startedAt) || seenAccess === 'unknown') return gone;
  return seenAccess === 'all' ? gone : overlap(gone, seen);
}

/** Milliseconds until a reading must show the last write to an account; 0 or less when it must already. */
function shownInMs({ server, startedAt }: PlannedPass, { writtenAt }: Account): number {
  return writtenAt ? writtenAt.getTime() + MEDIA_KINDS[server.kind].shownAfterMs - startedAt.getTime() : 0;
}
