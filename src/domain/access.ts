/**
 * From grants to writes: what an account should see (desired) is compared with what the server shows (actual), and
 * the result is the change to write. Pure (rule 7).
 * A set of libraries is an array of our library ids in any order.
 */
import {
  type Account,
  type DriftPolicy,
  type ExpiryAction,
  type Grant,
  isNonEmpty,
  type Library,
  type NonEmpty,
  type Plan,
  type Server,
} from './model.ts';
import { PROTECTIONS } from './protection.ts';

/** What a reading of a server says about an account. `unread`: it is listed in a way that is not understood. */
export type Actual = Understood | { readonly kind: 'unread' };

/** What an account may see, according to a reading of its server. */
export type Understood =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'present';
      readonly access: 'all' | readonly string[];
      readonly pending: boolean;
      readonly disabled: boolean;
      /**
       * What it does not see now and would see again: of a disabled account, if somebody enabled it; of a library that
       * it has under an old id, if somebody gave it its old name back. `access` does not contain it.
       */
      readonly dormant?: readonly string[];
    };

/** The write that one account needs. */
export type Change =
  | { readonly kind: 'none' }
  | { readonly kind: 'invite'; readonly libraryIds: NonEmpty<string> }
  /** `staysDisabled`: of an account that somebody else disabled, and that is not enabled by it. */
  | { readonly kind: 'set'; readonly libraryIds: NonEmpty<string>; readonly staysDisabled?: true }
  | { readonly kind: 'withdraw' };

/**
 * What a member's account on a server should see: the union of the active grants there, without libraries that are
 * gone. When nothing is left, the default library of the server (rules 1 and 6). If the account is to be disabled
 * or deleted at the end of its grants (`closing`), the default library is not kept either: somebody chose that.
 */
export function desiredLibraries(
  server: Pick<Server, 'id' | 'defaultLibraryId'>,
  libraries: readonly Library[],
  grants: readonly Pick<Grant, 'state' | 'libraryIds'>[],
  closing: ExpiryAction = 'withdraw',
): readonly string[] {
  const present = presentLibraries(server.id, libraries);
  const granted = new Set(
    grants.filter((grant) => grant.state === 'active').flatMap((grant) => grant.libraryIds),
  );
  const desired = present.filter((id) => granted.has(id));
  if (desired.length > 0 || closing !== 'withdraw') return desired;
  return present.filter((id) => id === server.defaultLibraryId);
}

/**
 * What happens to an account when no grant gives it anything on this server any more. The plan of the grant that
 * ended last decides; without one, the server does. While a grant on this server is paused or has yet to start, the
 * account is kept open for it. `grants` are all grants of the member, in any state.
 */
export function closingAction(
  server: Pick<Server, 'id' | 'expiryAction'>,
  libraries: readonly Library[],
  grants: readonly Pick<Grant, 'state' | 'libraryIds' | 'planId' | 'endingAt'>[],
  plans: readonly Pick<Plan, 'id' | 'expiryAction'>[],
): ExpiryAction {
  const ids = new Set(libraries.filter(({ serverId }) => serverId === server.id).map(({ id }) => id));
  const here = grants.filter(({ libraryIds }) => libraryIds.some((id) => ids.has(id)));
  if (here.some(({ state }) => state !== 'ending' && state !== 'ended')) return 'withdraw';
  const last = here.toSorted((a, b) => (b.endingAt?.getTime() ?? 0) - (a.endingAt?.getTime() ?? 0))[0];
  if (!last) return 'withdraw';
  return plans.find(({ id }) => id === last.planId)?.expiryAction ?? server.expiryAction;
}

/** The member's account on a server, also one that is still being created. */
export function accountOn(accounts: readonly Account[], serverId: string): Account | undefined {
  return accounts.find((account) => account.serverId === serverId);
}

/** Ids of the server's libraries, without those known to be gone. */
export function presentLibraries(serverId: string, libraries: readonly Library[]): readonly string[] {
  return libraries
    .filter((library) => library.serverId === serverId && library.goneAt === null)
    .map((library) => library.id);
}

/**
 * The same without libraries that are missing from the server's list, which may be gone or not, or that nobody sees
 * (`closed`): their absence from an account does not mean that somebody took them away.
 */
export function listedLibraries(serverId: string, libraries: readonly Library[]): readonly string[] {
  return presentLibraries(
    serverId,
    libraries.filter(({ missingSince, closed }) => missingSince === null && closed === null),
  );
}

export interface Situation {
  /** An account with no member is observed only and never written. */
  readonly account: Pick<
    Account,
    | 'memberId'
    | 'protection'
    | 'given'
    | 'inFlight'
    | 'leaving'
    | 'ended'
    | 'elsewhere'
    | 'disabledByUs'
    | 'seen'
    | 'seenAccess'
  >;
  readonly actual: Actual;
  readonly desired: readonly string[];
  /** All libraries of the server, including missing ones that may turn out to be gone. */
  readonly present: readonly string[];
  /** Those of `present` that the server lists now, and that people can see. Others can be neither given nor taken. */
  readonly listed: readonly string[];
  readonly policy: DriftPolicy;
  /** What it was read to have before the last write; absent where only the last reading is known. */
  readonly before?: readonly string[];
  /** What something else on this installation gives the account: never taken, whatever ends here. */
  readonly elsewhere?: readonly string[];
}

/** What other guilds of this installation that share a media server do with an account there, by our library ids. */
export interface Elsewhere {
  /** Given there by running grants, or as a default library. */
  readonly wanted: readonly string[];
  /** These, and whatever else was given, is being written, or has ended there lately: no change by somebody else. */
  readonly touched: readonly string[];
  /** The account was closed there by Usher. */
  readonly disabledByUs: boolean;
  /** Since when nobody knows what the last write there does: it may take what is given here, and land any time. */
  readonly doubtSince: Date | null;
}

/**
 * What to write so that an account sees what it should. With drift policy `enforce` that is exactly the desired
 * set. Otherwise libraries that somebody else gave or took are left alone (rule 5): only libraries that we gave are
 * taken away, and only newly granted ones are added.
 */
export function decideChange(situation: Situation): Change {
  const { account, actual, present, policy } = situation;
  if (account.memberId === null) return { kind: 'none' };
  if (actual.kind === 'unread') return endUnread(situation);
  if (account.protection !== null) return takeOurs(situation);
  const has = librariesIn(actual, present);
  const desired = attainable(situation, has);
  const fresh = without(desired, account.given);

  if (actual.kind === 'absent') {
    // Whoever has left a share is not invited again automatically (media-servers.md E13), only when a grant adds
    // something, and then to that: what somebody else took stays taken.
    const wanted = policy === 'enforce' ? desired : fresh;
    return isNonEmpty(wanted) ? { kind: 'invite', libraryIds: wanted } : { kind: 'none' };
  }

  const ended = endedIn(situation, desired);
  // Disabled by an administrator or locked out by the server: we did not do it, so we do not undo it
  // (media-servers.md B6.5). What has ended is taken all the same, or it would be there again when somebody enables
  // the account.
  if (actual.disabled && !account.disabledByUs) return endDormant(actual, ended);

  // "All" includes libraries added in future, so it is replaced by a list only when something must be taken away.
  if (actual.access === 'all' && policy !== 'enforce' && overlap(has, ended).length === 0)
    return { kind: 'none' };
  const kept = overlap(has, situation.elsewhere ?? []);
  // What has ended and is only hidden by the old id would be there again with the old name.
  const sleeps = !actual.disabled && overlap(dormantIn(actual), ended).length > 0;
  const target = policy === 'enforce' ? union(desired, kept) : union(without(has, ended), fresh);

  if (!isNonEmpty(target)) {
    if (actual.disabled) return endDormant(actual, ended);
    // A pending invitation that contains no library known to us was made by somebody else: only `enforce` withdraws
    // it.
    const goes =
      has.length > 0 || isLeftOver(situation) || sleeps || (actual.pending && policy === 'enforce');
    return goes ? { kind: 'withdraw' } : { kind: 'none' };
  }
  const mustEnable = actual.disabled && account.disabledByUs;
  const same = actual.access !== 'all' && sameSet(has, target);
  return same && !mustEnable && !sleeps ? { kind: 'none' } : { kind: 'set', libraryIds: target };
}

/** Of a disabled account that stays so: what has ended, and would be there again. */
function endDormant(actual: Actual, ended: readonly string[]): Change {
  const dormant = dormantIn(actual);
  if (overlap(dormant, ended).length === 0) return { kind: 'none' };
  const left = without(dormant, ended);
  return isNonEmpty(left) ? { kind: 'set', libraryIds: left, staysDisabled: true } : { kind: 'withdraw' };
}

/** What we gave is over and gone from the server, so that it shows nothing any more, and it is still let in. */
function isLeftOver({ account, actual, present }: Situation): boolean {
  const nothing = actual.kind === 'present' && actual.access !== 'all' && !actual.disabled;
  return nothing && without(ours(account), present).length > 0;
}

/**
 * Of an account whose entry is not understood, only an end is carried out that leaves nothing: it needs no more than
 * the number of the entry. It is left alone when it was last seen to hold something that is not ours (rule 5).
 */
function endUnread({ account, desired, elsewhere = [] }: Situation): Change {
  const own = ours(account);
  const onlyOurs = account.seenAccess !== 'all' && without(account.seen, own).length === 0;
  return own.length > 0 && desired.length === 0 && elsewhere.length === 0 && onlyOurs
    ? { kind: 'withdraw' }
    : { kind: 'none' };
}

/** A protected account is given nothing, and keeps what others gave. What we gave before is taken at its end. */
function takeOurs(situation: Situation): Change {
  const { account, actual, desired, present } = situation;
  if (account.protection !== null && PROTECTIONS[account.protection].seesAll) return { kind: 'none' };
  const has = librariesIn(actual, present);
  const ended = overlap(has, endedIn(situation, desired));
  if (ended.length === 0) return { kind: 'none' };
  const left = without(has, ended);
  return isNonEmpty(left) ? { kind: 'set', libraryIds: left } : { kind: 'withdraw' };
}

/** Whether a change takes away something that the account has now. */
export function takesAway(change: Change, actual: Actual, present: readonly string[]): boolean {
  if (actual.kind === 'unread') return change.kind === 'withdraw';
  const has = librariesIn(actual, present);
  if (change.kind === 'withdraw') return has.length > 0;
  return change.kind === 'set' && without(has, change.libraryIds).length > 0;
}

/** The part of a change that only takes away; undefined when there is none, or when that is all of it. */
export function withoutGiving(
  change: Extract<Change, { kind: 'set' }>,
  actual: Actual,
  present: readonly string[],
): Exclude<Change, { kind: 'none' | 'invite' }> | undefined {
  const has = union(librariesIn(actual, present), dormantIn(actual));
  const kept = overlap(change.libraryIds, has);
  if (kept.length === change.libraryIds.length || kept.length === has.length) return undefined;
  return isNonEmpty(kept) ? { ...change, libraryIds: kept } : { kind: 'withdraw' };
}

/** What a reading after the write proves about an account. */
export type Verdict =
  | { readonly kind: 'settled'; readonly given: readonly string[] }
  | { readonly kind: 'still-open'; readonly libraryIds: readonly string[] }
  /** `gone`: what has ended, and is proven to be gone although something else is missing. */
  | {
      readonly kind: 'not-there';
      readonly libraryIds: readonly string[];
      readonly gone: readonly string[];
    };

/**
 * Compares a reading taken after the write with what was wanted. Only this reading makes a change count as done
 * (rule 2).
 */
export function verify(situation: Situation): Verdict {
  const { account, actual, present } = situation;
  if (actual.kind === 'unread') return { kind: 'still-open', libraryIds: ours(account) };
  // What others gave to a protected account is theirs, whatever the policy.
  const policy = account.protection === null ? situation.policy : 'report';
  const has = librariesIn(actual, present);
  const desired = attainable(situation, has);
  const gone = endedIn(situation, desired);
  const ended = policy === 'enforce' ? without(has, [...desired, ...(situation.elsewhere ?? [])]) : gone;
  const dormant = overlap(gone, dormantIn(actual));
  const open = union(overlap(ended, has), dormant);
  if (open.length > 0) return { kind: 'still-open', libraryIds: open };
  const wanted = policy === 'enforce' ? desired : without(desired, account.given);
  const missing = without(wanted, has);
  if (missing.length > 0) return { kind: 'not-there', libraryIds: missing, gone };
  // A library that others took away stays in `given`: it is reported as drift until a grant changes.
  return { kind: 'settled', given: without(desired, foundThere(situation, has)) };
}

/**
 * Libraries that are granted, and that somebody else had given before: they were there already, and nothing of this
 * installation gave them. They are not ours to take when the grant ends (rule 5).
 */
function foundThere(
  { account, present, policy, before }: Situation,
  has: readonly string[],
): readonly string[] {
  if (policy === 'enforce') return [];
  const had = before ?? (account.seenAccess === 'all' ? present : account.seen);
  return without(overlap(had, has), [...ours(account), ...account.elsewhere]);
}

/** What is ours to take away. */
function endedIn({ account, elsewhere = [] }: Situation, desired: readonly string[]): readonly string[] {
  return without(ours(account), [...desired, ...elsewhere]);
}

/** Ids of the libraries that a reading shows. */
export function librariesIn(actual: Actual, present: readonly string[]): readonly string[] {
  if (actual.kind !== 'present') return [];
  return actual.access === 'all' ? present : actual.access;
}

const dormantIn = (actual: Actual): readonly string[] =>
  actual.kind === 'present' ? (actual.dormant ?? []) : [];

function attainable({ desired, listed }: Situation, has: readonly string[]): readonly string[] {
  return overlap(desired, union(listed, has));
}

/**
 * The libraries that Usher may take away: what it gave, what an interrupted run may have given, and what it took a
 * while ago and might be seen again.
 */
export function ours({
  ended,
  ...account
}: Pick<Account, 'given' | 'inFlight' | 'ended'>): readonly string[] {
  return union(notEnded(account), ended);
}

/** Those of them of which nothing proves that they are gone. */
export function notEnded({ given, inFlight }: Pick<Account, 'given' | 'inFlight'>): readonly string[] {
  return union(given, inFlight);
}

/**
 * An account of which nobody knows what a write does to it: what it should have and is not shown to have counts as not
 * given, so that it is given again, and one that is disabled and empty was closed by us, unless somebody else had
 * disabled it before, and only emptied. In other cases that is a change by somebody else, who leaves the libraries of an
 * account that they disable as they are.
 */
export function asUnsure<T extends Pick<Account, 'given' | 'disabled' | 'disabledByUs'>>(
  account: T,
  { actual, desired, present }: Pick<Situation, 'actual' | 'desired' | 'present'>,
): T {
  const lost = without(desired, librariesIn(actual, present));
  const isEmptied = actual.kind === 'present' && actual.disabled && dormantIn(actual).length === 0;
  const disabledByUs = account.disabledByUs || (isEmptied && !account.disabled);
  return { ...account, given: without(account.given, lost), disabledByUs };
}

export interface Touched {
  readonly giving: readonly string[];
  readonly taking: readonly string[];
}

/**
 * The libraries that a change gives to an account, and those given by Usher that it takes away. Until the next
 * reading nobody knows which of them the account has. A pending invitation is cancelled and made again
 * (media-servers.md A5.6), so for a moment all of its libraries are gone.
 */
export function touchedBy(
  change: Change,
  actual: Actual,
  account: Pick<Account, 'given' | 'inFlight' | 'ended'>,
  present: readonly string[],
): Touched {
  if (change.kind === 'none') return { giving: [], taking: [] };
  const shown = actual.kind === 'unread' ? ours(account) : librariesIn(actual, present);
  const held = union(shown, dormantIn(actual));
  // Of an enabled account, what is dormant is given anew.
  const has = actual.kind === 'present' && !actual.disabled ? shown : held;
  const target = change.kind === 'withdraw' ? [] : change.libraryIds;
  const isRemade = change.kind === 'set' && actual.kind === 'present' && actual.pending;
  return {
    giving: isRemade ? overlap(target, union(ours(account), without(target, has))) : without(target, has),
    taking: overlap(ours(account), without(held, target)),
  };
}

/** The account as it is put on record before the write: what is about to be given or taken is in flight. */
export function asTouched<T extends Pick<Account, 'given' | 'inFlight' | 'leaving' | 'ended'>>(
  account: T,
  { giving, taking }: Touched,
): T {
  const touched = [...giving, ...taking];
  return {
    ...account,
    given: without(account.given, touched),
    ended: without(account.ended, touched),
    inFlight: union(account.inFlight, touched),
    leaving: union(without(account.leaving, giving), taking),
  };
}

/**
 * Whether a reading shows the state before our last write although that write is still wanted: a library we took is
 * still there, or one we gave is not there yet. Servers may show a write late, so such a reading proves nothing
 * (design.md 4).
 */
export function contradictsLastWrite(situation: Situation): boolean {
  const { account, actual, desired, present } = situation;
  const has = librariesIn(actual, present);
  const stillThere = overlap(overlap(account.leaving, desired), has);
  const notYetThere = notSeenYet(situation);
  return stillThere.length + notYetThere.length > 0;
}

/** Libraries that we began to give, that are not wanted any more, and that no reading has shown yet. */
export function notSeenYet({
  account,
  actual,
  desired,
  present,
  before = [],
}: Pick<Situation, 'account' | 'actual' | 'desired' | 'present' | 'before'>): readonly string[] {
  const giving = without(account.inFlight, account.leaving);
  // What was shown before a later write took it has been seen to be given.
  return without(giving, [...desired, ...librariesIn(actual, present), ...before]);
}

/** Differences made by others, for an account that has no change of ours waiting. */
export function drift(
  account: Pick<Account, 'given' | 'ended' | 'elsewhere' | 'seen' | 'seenAccess'>,
  present: readonly string[],
): { readonly extra: readonly string[]; readonly missing: readonly string[] } {
  const has = account.seenAccess === 'all' ? present : account.seen;
  return {
    // What ended lately and is there again, or is given elsewhere on this installation, nobody else gave.
    extra: without(has, [...account.given, ...account.ended, ...account.elsewhere]),
    missing: without(overlap(account.given, present), has),
  };
}

export function without(list: readonly string[], remove: readonly string[]): readonly string[] {
  const gone = new Set(remove);
  return list.filter((item) => !gone.has(item));
}

export function overlap(one: readonly string[], other: readonly string[]): readonly string[] {
  const kept = new Set(other);
  return one.filter((item) => kept.has(item));
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}

export function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && without(one, other).length === 0;
}
