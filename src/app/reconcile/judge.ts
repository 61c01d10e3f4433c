/** What a reading says about each account of a pass: done, or still due and why. */
import {
  type Actual,
  asTouched,
  contradictsLastWrite,
  librariesIn,
  notEnded,
  notSeenYet,
  overlap,
  type Touched,
  touchedBy,
  type Understood,
  type Verdict,
  verify,
  without,
} from '../../domain/access.ts';
import { isSecondLook, isSeenSinceWrite, landsInMs, SECOND_LOOK_MS } from '../../domain/doubt.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Server } from '../../domain/model.ts';
import { joinNames } from '../../domain/name-list.ts';
import { PROTECTIONS, type Protection } from '../../domain/protection.ts';
import { type Refusal, staffSentence } from '../../domain/trouble.ts';
import { say, type Text } from '../../words/say.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { actualOf, seenIn, unreadIn } from '../observe/reading.ts';
import type { AccessReading, AccountAccess, Trouble, UnreadEntry } from '../ports/media-server.ts';
import { isTakenBack } from './exact.ts';
import {
  type AppliedPass,
  actualBefore,
  changeOf,
  type Exceeded,
  isWritten,
  type PassCase,
  type PlannedPass,
  targetOf,
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
      readonly message: Text;
      readonly retryAfterMs?: number;
      /** The server will not do it. Absent when it could not be asked. */
      readonly refusal?: Refusal;
      /** What the account was read to be; absent when it was not in the reading. */
      readonly protection?: Protection | null;
      /** What the reading shows, where that is worth keeping: for the next one, or because a part of it is done. */
      readonly shown?: Shown;
      /** Nobody answered, or not so that it is understood: nothing is known that was not known before. */
      readonly unread?: true;
    };

/** An account as a reading shows it, and what of it counts as given by Usher. */
interface Shown
  extends Pick<Account, 'given' | 'inFlight' | 'leaving' | 'ended' | 'elsewhere' | 'disabledByUs'> {
  readonly actual: Understood;
}

const HELD = say('trouble.pass.held');

/** The account stays due because the server could not be asked. */
export function stillDue(server: Server, why: Trouble): Extract<CaseResult, { kind: 'due' }> {
  return {
    kind: 'due',
    unread: true,
    message: staffSentence(why, server),
    ...(why.retryAfterMs !== undefined && { retryAfterMs: why.retryAfterMs }),
  };
}

/** The account stays due because a write to it failed. */
function notWritten(server: Server, why: Trouble): Extract<CaseResult, { kind: 'due' }> {
  const { unread: _, ...due } = stillDue(server, why);
  return { ...due, ...(why.refusal && { refusal: why.refusal }) };
}

export function judge(pass: AppliedPass, item: PassCase): CaseResult {
  if (pass.held.has(item.account.id)) return { kind: 'due', message: HELD };
  const written = isWritten(pass, item);
  // Where nothing was written the first reading is proof enough.
  const proof = written ? pass.after : ({ kind: 'known', value: pass.reading } as const);
  if (proof.kind === 'unknown') return stillDue(pass.server, proof.why);
  const failure = pass.failures.get(item.account.id);
  const seen = seenIn(proof.value, item.account.externalId);
  const unread = seen ? undefined : unreadIn(proof.value, item.account.externalId);
  if (unread) return notUnderstood(pass.server, failure, unread);
  if (item.deletion === 'now') return judgeDeletion(pass, seen, failure);
  const result = judgeAccess(pass, item, seen, written ? actualBefore(pass, item) : undefined);
  return result.kind === 'due' && seen ? { ...result, protection: seen.protection } : result;
}

/** Looked at a few times before a person is asked: it may be mended where it comes from. */
function notUnderstood(
  server: Server,
  failure: Trouble | undefined,
  { message }: UnreadEntry,
): Extract<CaseResult, { kind: 'due' }> {
  const due = failure ? notWritten(server, failure) : ({ kind: 'due', message, refusal: 'perhaps' } as const);
  return { ...due, unread: true };
}

function judgeDeletion(
  { server }: PlannedPass,
  seen: AccountAccess | undefined,
  failure: Trouble | undefined,
): CaseResult {
  if (!seen) return { kind: 'deleted' };
  return failure
    ? notWritten(server, failure)
    : { kind: 'due', message: say('trouble.pass.stillThere', { server: server.name }) };
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
  const exceeded = pass.exceeded.get(item.account.id);
  // The account as the record has had it since the write was tried: even a failed write may have given or taken
  // something.
  const { protection } = seen ?? item.account;
  const known = { ...item.account, protection };
  const account = before ? asTouched(known, touchedIn(pass, item, before)) : known;
  const actual = actualOf(seen, pass.libraries);
  const kept = item.elsewhere?.wanted ?? [];
  const situation = {
    account,
    actual,
    before: librariesIn(before ?? actual, present),
    desired,
    present,
    listed,
    policy: server.driftPolicy,
    elsewhere: kept,
  };
  // What an earlier pass wrote may show late, whatever this one writes.
  const waitMs = shownInMs(pass, known);
  if (waitMs > 0 && contradictsLastWrite({ ...situation, account: known }))
    return {
      kind: 'due',
      message: say('trouble.pass.late', { server: server.name }),
      retryAfterMs: waitMs,
    };
  const unseen = notSeenYet({ ...situation, account: known });
  const landsMs = landsInMs(known, pass.startedAt);
  if (unseen.length > 0 && landsMs > 0)
    return {
      kind: 'due',
      message: say('trouble.pass.lost', {
        server: server.name,
        libraries: joinNames(libraryNames(unseen, pass.libraries)),
      }),
      retryAfterMs: landsMs,
      // The first of the readings that show what became of it.
      shown: asShown(account, actual),
    };
  const verdict = verify(situation);
  // Where something was to stay, somebody else has disabled it, between the reading and the write.
  const mayClose = targetOf(pass, item).length === 0 || pass.exceeded.has(account.id);
  const isClosed = mayClose && isClosedByUs(account, before, actual);
  const shown = { ...account, disabledByUs: account.disabledByUs || isClosed };
  const doubt = pass.done.has(account.id)
    ? []
    : goneUnproven(pass, account, desired, { actual, isWritten: before !== undefined });
  const nameless = namelessIn(pass.reading);
  if (!seen && doubt.length > 0 && nameless) return notUnderstood(server, undefined, nameless);
  if (verdict.kind === 'settled' && doubt.length > 0)
    return {
      kind: 'due',
      message: say('trouble.pass.doubt', {
        server: server.name,
        libraries: joinNames(libraryNames(doubt, pass.libraries)),
      }),
      retryAfterMs: SECOND_LOOK_MS,
      shown: asShown(shown, actual),
    };
  // All that is granted may be there and more, or there only until an admin has looked.
  const stays = pass.frozen.has(account.id) || exceeded?.now === 'open';
  const failed = stays && whyNotDone(pass, account);
  if (verdict.kind === 'settled' && failed) return { ...failed, shown: asShown(shown, actual) };
  if (verdict.kind === 'settled')
    return { kind: 'settled', given: verdict.given, seen, ...(before && { before }) };
  const due = whyDue(pass, account, verdict, seen);
  // What is open beside what was asked is ours to take from now on.
  if (verdict.kind === 'still-open' && exceeded) return { ...due, shown: asShown(shown, actual) };
  if (verdict.kind === 'still-open' || doubt.length > 0) return due;
  return { ...due, shown: asShown(shown, actual, verdict.gone) };
}

/** What was given and taken. Where more was open than was asked, that was taken, or all that the account had. */
function touchedIn(pass: AppliedPass, item: PassCase, before: Actual): Touched {
  const { account } = item;
  const exceeded = pass.exceeded.get(account.id);
  const asked = touchedBy(changeOf(pass, item), before, account, pass.present);
  if (!exceeded) return asked;
  if (isTakenBack(exceeded)) return { ...asked, taking: [...asked.taking, ...exceeded.libraryIds] };
  const had = [...librariesIn(before, pass.present), ...targetOf(pass, item), ...exceeded.libraryIds];
  return { giving: [], taking: [...new Set(had)] };
}

/** It was open before this pass took something, and is disabled and empty now: whatever is given next opens it. */
function isClosedByUs({ leaving }: Account, before: Actual | undefined, actual: Understood): boolean {
  const wasOpen = before?.kind === 'present' && !before.disabled;
  const isClosed = actual.kind === 'present' && actual.disabled && (actual.dormant ?? []).length === 0;
  return wasOpen && isClosed && leaving.length > 0;
}

function whyDue(
  pass: AppliedPass,
  account: Account,
  verdict: Exclude<Verdict, { kind: 'settled' }>,
  seen: AccountAccess | undefined,
): Extract<CaseResult, { kind: 'due' }> {
  const { server, libraries } = pass;
  const kept = keptFrom(server, account.protection, verdict);
  if (kept) return kept;
  const failed = whyNotDone(pass, account);
  if (failed) return failed;
  if (seen?.obstacle) return { kind: 'due', message: seen.obstacle };
  const values = { server: server.name, libraries: joinNames(libraryNames(verdict.libraryIds, libraries)) };
  if (verdict.kind === 'still-open') return { kind: 'due', message: say('trouble.pass.stillOpen', values) };
  if (seen?.disabled && !account.disabledByUs)
    return { kind: 'due', message: say('trouble.pass.disabled', { server: server.name }) };
  return { kind: 'due', message: say('trouble.pass.notYet', values) };
}

const BEYOND = {
  'taken back': 'takenBack',
  going: 'going',
  closed: 'closed',
  open: 'open',
} as const satisfies Readonly<Record<Exceeded['now'], string>>;

/** What kept the write from being done; undefined where nothing is known of that. */
function whyNotDone(
  { server, failures, exceeded }: AppliedPass,
  { id }: Account,
): Extract<CaseResult, { kind: 'due' }> | undefined {
  const failure = failures.get(id);
  if (failure) return notWritten(server, failure);
  const now = exceeded.get(id)?.now;
  return now && { kind: 'due', message: say(`trouble.pass.beyond.${BEYOND[now]}`, { server: server.name }) };
}

/** What an account is stands in the way, so that only a person can do something about it; else undefined. */
function keptFrom(
  { name }: Server,
  protection: Protection | null,
  { kind }: Exclude<Verdict, { kind: 'settled' }>,
): Extract<CaseResult, { kind: 'due' }> | undefined {
  if (protection === null) return undefined;
  const { is, seesAll } = PROTECTIONS[protection];
  if (kind === 'not-there')
    return { kind: 'due', message: say('trouble.pass.givenNothing', { is }), refusal: 'final' };
  if (!seesAll) return undefined;
  const message = say('trouble.pass.seesAll', { is, server: name });
  return { kind: 'due', message, refusal: 'final' };
}

function asShown(
  { given, inFlight, leaving, ended, elsewhere, disabledByUs }: Account,
  actual: Understood,
  gone: readonly string[] = [],
): Shown {
  return {
    actual,
    ended: [...new Set([...ended, ...gone])],
    elsewhere,
    disabledByUs,
    given: without(given, gone),
    inFlight: without(inFlight, gone),
    leaving: without(leaving, gone),
  };
}

/**
 * Libraries that have ended, and that a reading lacks although no write with a clear answer has just taken them. A
 * list may be short or old, so one reading is a doubt and no proof (rule 3): it takes another one, some time before or
 * after, that lacks them as well.
 */
function goneUnproven(
  { listed, startedAt, reading }: AppliedPass,
  account: Account,
  desired: readonly string[],
  { actual, isWritten }: { readonly actual: Actual; readonly isWritten: boolean },
): readonly string[] {
  const there = new Set([...desired, ...librariesIn(actual, listed)]);
  const gone = overlap(notEnded(account), listed).filter((id) => !there.has(id));
  const { seenAccess, seen } = account;
  const isFirst = isWritten || !isSeenSinceWrite(account) || !isSecondLook(account, startedAt);
  if (namelessIn(reading) || isFirst || seenAccess === 'unknown') return gone;
  return seenAccess === 'all' ? gone : overlap(gone, seen);
}

/** An entry that does not say whose it is: it may be anybody's who is missing. */
const namelessIn = ({ unread }: AccessReading): UnreadEntry | undefined =>
  unread?.find(({ whose }) => whose.length === 0);

/** Milliseconds until a reading must show the last write to an account; 0 or less when it must already. */
function shownInMs({ server, startedAt }: PlannedPass, { writtenAt }: Account): number {
  return writtenAt ? writtenAt.getTime() + MEDIA_KINDS[server.kind].shownAfterMs - startedAt.getTime() : 0;
}
