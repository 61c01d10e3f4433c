/**
 * From grants to what must be written: desired against actual, per account. Pure (rule 7).
 * Sets of libraries are arrays of our library ids, without order.
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

/** What a server was read to allow an account. */
export type Actual =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'present';
      readonly access: 'all' | readonly string[];
      readonly pending: boolean;
      readonly disabled: boolean;
    };

/** One difference to apply. */
export type Change =
  | { readonly kind: 'none' }
  | { readonly kind: 'invite'; readonly libraryIds: NonEmpty<string> }
  | { readonly kind: 'set'; readonly libraryIds: NonEmpty<string> }
  | { readonly kind: 'withdraw' };

/**
 * What a member's account on a server should have: the union of active grants there, as far as the server still has
 * the libraries; or the default library when nothing else is left (rules 1 and 6). An expiry action that was chosen to close
 * the account leaves no default library either: then nobody is dropped by accident.
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
 * What happens to an account on a server when nothing is granted there any more: the plan of the grant that ended last
 * decides, else the server. While something there is paused or yet to start, the account waits for it. `grants` are the member's,
 * in any state.
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

/** The member's account on a server, finished or not. */
export function accountOn(accounts: readonly Account[], serverId: string): Account | undefined {
  return accounts.find((account) => account.serverId === serverId);
}

/** Ids of the libraries a server has now. */
export function presentLibraries(serverId: string, libraries: readonly Library[]): readonly string[] {
  return libraries
    .filter((library) => library.serverId === serverId && library.goneAt === null)
    .map((library) => library.id);
}

/** Ids of those of them that are listed: what is missing may be gone or not, and says nothing about what others did. */
export function listedLibraries(serverId: string, libraries: readonly Library[]): readonly string[] {
  return presentLibraries(
    serverId,
    libraries.filter(({ missingSince }) => missingSince === null),
  );
}

export interface Situation {
  /** Null is observed: never written. */
  readonly account: Pick<
    Account,
    'memberId' | 'protected' | 'given' | 'inFlight' | 'leaving' | 'disabledByUs'
  >;
  readonly actual: Actual;
  readonly desired: readonly string[];
  /** All libraries the server has now, those included that it may have no more. */
  readonly present: readonly string[];
  /** Those of them that it does list: one that it does not cannot be given, and is not taken either. */
  readonly listed: readonly string[];
  readonly policy: DriftPolicy;
}

/**
 * What to write so that an account has what it should. With policy `enforce` exactly the desired set; otherwise
 * libraries that others gave or took are left as they are (rule 5): only what we gave goes, only what is new comes.
 */
export function decideChange(situation: Situation): Change {
  const { account, actual, present, policy } = situation;
  if (account.protected || account.memberId === null) return { kind: 'none' };
  const has = librariesIn(actual, present);
  const desired = attainable(situation, has);
  const fresh = without(desired, account.given);

  if (actual.kind === 'absent') {
    // Somebody who has left a share is not asked back by a machine (media-servers.md E13): only something new invites.
    const wanted = policy === 'enforce' || fresh.length > 0 ? desired : [];
    return isNonEmpty(wanted) ? { kind: 'invite', libraryIds: wanted } : { kind: 'none' };
  }

  // Disabled by hand or locked out: not ours to undo (media-servers.md B6.5).
  if (actual.disabled && !account.disabledByUs) return { kind: 'none' };

  const ended = without(ours(account), desired);
  // "All" includes what will be added later; it is turned into a list only when something must go.
  if (actual.access === 'all' && policy !== 'enforce' && overlap(has, ended).length === 0)
    return { kind: 'none' };
  const target = policy === 'enforce' ? desired : union(without(has, ended), fresh);

  if (!isNonEmpty(target)) {
    // An invitation to nothing that we know is somebody else's, except where exactly the wanted set is kept.
    const goes = has.length > 0 || (actual.pending && policy === 'enforce');
    return goes ? { kind: 'withdraw' } : { kind: 'none' };
  }
  const mustEnable = actual.disabled && account.disabledByUs;
  const same = actual.access !== 'all' && sameSet(has, target);
  return same && !mustEnable ? { kind: 'none' } : { kind: 'set', libraryIds: target };
}

/** Whether a change takes something away that the account has now. */
export function takesAway(change: Change, actual: Actual, present: readonly string[]): boolean {
  const has = librariesIn(actual, present);
  if (change.kind === 'withdraw') return has.length > 0;
  return change.kind === 'set' && without(has, change.libraryIds).length > 0;
}

/** What a read-back proves about an account whose change was written. */
export type Verdict =
  | { readonly kind: 'settled'; readonly given: readonly string[] }
  | { readonly kind: 'still-open'; readonly libraryIds: readonly string[] }
  | { readonly kind: 'not-there'; readonly libraryIds: readonly string[] };

/** Compares a reading taken after the write with what was wanted: only this makes a change done (rule 2). */
export function verify(situation: Situation): Verdict {
  const { account, actual, present, policy } = situation;
  const has = librariesIn(actual, present);
  const desired = attainable(situation, has);
  const ended = policy === 'enforce' ? without(has, desired) : without(ours(account), desired);
  const open = overlap(ended, has);
  if (open.length > 0) return { kind: 'still-open', libraryIds: open };
  const wanted = policy === 'enforce' ? desired : without(desired, account.given);
  const missing = without(wanted, has);
  if (missing.length > 0) return { kind: 'not-there', libraryIds: missing };
  // What others took away stays "given": it is drift, shown as such, until a grant changes.
  return { kind: 'settled', given: desired };
}

/** Library ids that a reading shows. */
export function librariesIn(actual: Actual, present: readonly string[]): readonly string[] {
  if (actual.kind === 'absent') return [];
  return actual.access === 'all' ? present : actual.access;
}

function attainable({ desired, listed }: Situation, has: readonly string[]): readonly string[] {
  return overlap(desired, union(listed, has));
}

/** What is Usher's to take: what it gave, and what a run that was cut off may have given. */
export function ours({ given, inFlight }: Pick<Account, 'given' | 'inFlight'>): readonly string[] {
  return union(given, inFlight);
}

export interface Touched {
  readonly giving: readonly string[];
  readonly taking: readonly string[];
}

/**
 * The libraries that a change gives to an account, or takes of what Usher gave: until it is seen, nobody knows which of them it
 * has. An open invitation is cancelled and made anew (media-servers.md A5.6), so that for a moment all of it is gone.
 */
export function touchedBy(
  change: Change,
  actual: Actual,
  account: Pick<Account, 'given' | 'inFlight'>,
  present: readonly string[],
): Touched {
  if (change.kind === 'none') return { giving: [], taking: [] };
  const has = librariesIn(actual, present);
  const target = change.kind === 'withdraw' ? [] : change.libraryIds;
  const isRemade = change.kind === 'set' && actual.kind === 'present' && actual.pending;
  return {
    giving: isRemade ? overlap(target, union(ours(account), without(target, has))) : without(target, has),
    taking: overlap(ours(account), without(has, target)),
  };
}

/** An account from the moment on at which it is on record that this is about to be given and taken. */
export function asTouched<T extends Pick<Account, 'given' | 'inFlight' | 'leaving'>>(
  account: T,
  { giving, taking }: Touched,
): T {
  const touched = [...giving, ...taking];
  return {
    ...account,
    given: without(account.given, touched),
    inFlight: union(account.inFlight, touched),
    leaving: union(without(account.leaving, giving), taking),
  };
}

/**
 * Whether a reading shows the opposite of what we were last about to do, and that is just what is wanted by now: what was to be taken is
 * still there, or what was to be given is not. A server that shows late what was written to it proves nothing by that.
 */
export function contradictsLastWrite({ account, actual, desired, present }: Situation): boolean {
  const has = librariesIn(actual, present);
  const giving = without(account.inFlight, account.leaving);
  const stillThere = overlap(overlap(account.leaving, desired), has);
  const notYetThere = without(without(giving, desired), has);
  return stillThere.length + notYetThere.length > 0;
}

/** Foreign differences of an account that is not waiting for a change of ours. */
export function drift(
  account: Pick<Account, 'given' | 'seen' | 'seenAccess'>,
  present: readonly string[],
): { readonly extra: readonly string[]; readonly missing: readonly string[] } {
  const has = account.seenAccess === 'all' ? present : account.seen;
  return {
    extra: without(has, account.given),
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

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && without(one, other).length === 0;
}
