/** The states of a grant, and what can truthfully be said about it for each server. */

import type { Text } from '../words/say.ts';
import { overlap, without } from './access.ts';
import type { Account, Grant, GrantState, Library, Server } from './model.ts';

/**
 * The states that may follow each state: `scheduled → active → ending → ended`, with `paused` beside active (rule
 * 2).
 */
const MOVES: Readonly<Record<GrantState, readonly GrantState[]>> = {
  scheduled: ['active', 'ended'],
  active: ['paused', 'ending'],
  paused: ['active', 'ending'],
  // Undoing an end, or extending a grant that is over, brings it back.
  ending: ['ended', 'active', 'paused'],
  ended: ['active', 'paused', 'scheduled', 'ending'],
};

export function mayMove(from: GrantState, to: GrantState): boolean {
  return MOVES[from].includes(to);
}

/** States of a grant that is not over: it gives access now, has yet to begin, or waits. */
export const RUNNING = ['scheduled', 'active', 'paused'] as const satisfies readonly GrantState[];
/** The same, and of one whose end is decided and not confirmed yet. */
export const NOT_ENDED = [...RUNNING, 'ending'] as const satisfies readonly GrantState[];

/** Whether the end of a grant has been decided, even if no server has confirmed it yet. */
export function isOver({ state }: Pick<Grant, 'state'>): boolean {
  return state === 'ending' || state === 'ended';
}

/**
 * Tells a grant as it was shown from what it was changed to since: short, for a button. What it becomes by itself is no
 * change.
 */
export function grantMark(
  grant: Pick<Grant, 'expiresAt' | 'pausedAt' | 'remainingSeconds' | 'endCause' | 'libraryIds'>,
): string {
  const { expiresAt, pausedAt, remainingSeconds, endCause, libraryIds } = grant;
  const byStaff = endCause === 'expired' ? null : endCause;
  const text = JSON.stringify([
    expiresAt?.getTime(),
    pausedAt?.getTime(),
    remainingSeconds,
    byStaff,
    libraryIds.toSorted(),
  ]);
  // FNV-1a: it tells changes apart and protects nothing.
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** Whether a grant in this state starts or ends when its time comes, without anybody's action. */
function changesByItself(state: GrantState): boolean {
  return state === 'scheduled' || state === 'active';
}

/** When a grant starts or ends by itself next; null when it does not. */
export function nextTransition(grant: Pick<Grant, 'state' | 'startsAt' | 'expiresAt'>): Date | null {
  if (!changesByItself(grant.state)) return null;
  return grant.state === 'scheduled' ? grant.startsAt : grant.expiresAt;
}

/** A grant and the accounts of its member. */
interface Standing {
  readonly grant: Grant;
  readonly accounts: readonly Account[];
}

/**
 * How things stand at `now`, whatever was written down last: what is past its start or its end counts as begun or
 * ending, as the next pass is going to write it, and its accounts are yet to be compared.
 */
export function asOf(now: Date, { grant, accounts }: Standing): Standing {
  const at = nextTransition(grant);
  if (at === null || at > now) return { grant, accounts };
  const due = accounts.map((account) => ({ ...account, dueAt: account.dueAt ?? at, attempts: 0 }));
  const moved: Grant =
    grant.state === 'scheduled'
      ? { ...grant, state: 'active' }
      : { ...grant, state: 'ending', endCause: 'expired', endingAt: at };
  // One that began and ended meanwhile.
  return asOf(now, { grant: moved, accounts: due });
}

/** The same for all grants of a member. */
export function allAsOf(
  now: Date,
  grants: readonly Grant[],
  accounts: readonly Account[],
): { readonly grants: readonly Grant[]; readonly accounts: readonly Account[] } {
  const then: Grant[] = [];
  let theirs = accounts;
  for (const stored of grants) {
    const standing = asOf(now, { grant: stored, accounts: theirs });
    then.push(standing.grant);
    theirs = standing.accounts;
  }
  return { grants: then, accounts: theirs };
}

/** What a grant has led to on one server. */
export type Application =
  /** `seenAt` is when that was read. */
  | { readonly kind: 'applied'; readonly seenAt?: Date | null }
  /** The server was seen at `seenAt` to show it, and another change of the same account is still due. */
  | { readonly kind: 'seen-before'; readonly seenAt: Date }
  /** The invitation has been sent, and had not been accepted when that was last seen. */
  | { readonly kind: 'invited'; readonly seenAt?: Date | null }
  | { readonly kind: 'queued' }
  /** `why` is for staff. `refused`: only a person can mend it. */
  | { readonly kind: 'failed'; readonly why: Text; readonly refused?: true }
  | { readonly kind: 'no-account' }
  /** The server did not list the account when it was last read, at `seenAt`; whether it is gone is not known yet. */
  | { readonly kind: 'account-missing'; readonly name: string; readonly seenAt: Date | null }
  /** The account was given all that the server lists of the grant; it lists none of it. */
  | { readonly kind: 'not-listed' }
  /** The access was given, and somebody else has changed it on the server since. */
  | { readonly kind: 'changed-there'; readonly missing: readonly string[] }
  /** The grant starts later, is paused, or is over: nothing has to be given, and nothing of it is left there. */
  | { readonly kind: 'not-now' }
  /** The clock is not believed, and by it the grant starts or ends: how it stands cannot be said. */
  | { readonly kind: 'clock-held' }
  /** The grant is ending or paused, and the server has not yet shown that the access is gone. */
  | { readonly kind: 'still-open'; readonly why: Text | null; readonly refused?: true };

/** What a grant has led to on `server`. `accounts` are the member's; those on other servers are ignored. */
export function applicationOn(
  grant: Pick<Grant, 'state' | 'libraryIds' | 'endingAt' | 'pausedAt'>,
  server: Pick<Server, 'id'>,
  accounts: readonly Account[],
  libraries: readonly Library[],
): Application {
  const here = accounts.filter((account) => account.serverId === server.id);
  if (grant.state === 'ending' || grant.state === 'paused') {
    const since = grant.state === 'ending' ? grant.endingAt : grant.pausedAt;
    const open = here.find((account) => !isCompared(account) && !isTaken(grant.libraryIds, account, since));
    if (!open) return { kind: 'not-now' };
    return { kind: 'still-open', why: open.trouble, ...(open.refused && { refused: true }) };
  }
  if (grant.state !== 'active') return { kind: 'not-now' };
  const usable = here.filter(({ externalId }) => externalId !== null);
  const account = usable.find(({ missingSince }) => missingSince === null) ?? usable[0];
  if (!account) return withoutAccount(here[0]);
  if (account.missingSince !== null)
    return { kind: 'account-missing', name: account.name, seenAt: account.seenAt };
  // A library that the server does not list can be given to nobody, so its absence is nobody's doing.
  const wanted = libraries
    .filter((library) => library.serverId === server.id && grant.libraryIds.includes(library.id))
    .filter((library) => isListed(library) || (account.seen.includes(library.id) && library.closed === null))
    .map((library) => library.id);
  const missing = account.seenAccess === 'all' ? [] : without(wanted, account.seen);
  if (account.trouble !== null || account.dueAt !== null) {
    const stands = missing.length === 0 && without(wanted, account.given).length === 0;
    if (stands && account.seenAt && !account.pending) return { kind: 'seen-before', seenAt: account.seenAt };
    if (account.trouble === null) return { kind: 'queued' };
    return { kind: 'failed', why: account.trouble, ...(account.refused && { refused: true }) };
  }
  if (missing.length > 0) return { kind: 'changed-there', missing };
  if (wanted.length === 0) return { kind: 'not-listed' };
  return account.pending
    ? { kind: 'invited', seenAt: account.seenAt }
    : { kind: 'applied', seenAt: account.seenAt };
}

/** Whether its server lists a library, and people can see it, so that it can be given. */
export const isListed = ({
  goneAt,
  missingSince,
  closed,
}: Pick<Library, 'goneAt' | 'missingSince' | 'closed'>): boolean =>
  goneAt === null && missingSince === null && closed === null;

/** `unfinished` is an account that Usher is making. */
function withoutAccount(unfinished: Account | undefined): Application {
  if (!unfinished) return { kind: 'no-account' };
  const { trouble, refused } = unfinished;
  return trouble === null
    ? { kind: 'queued' }
    : { kind: 'failed', why: trouble, ...(refused && { refused: true }) };
}

/** Ids of the servers that have a library of the grant. */
export function serversOf(
  grant: Pick<Grant, 'libraryIds'>,
  libraries: readonly Library[],
): readonly string[] {
  const granted = new Set(grant.libraryIds);
  return [
    ...new Set(libraries.filter((library) => granted.has(library.id)).map((library) => library.serverId)),
  ];
}

/**
 * Whether every account of the member on the grant's servers was read after the end was decided and shows the access
 * gone. Only then may an ending grant become `ended` (rule 2). `others` are the member's active grants: what they give
 * stays.
 */
export function isConfirmedGone(
  grant: Pick<Grant, 'libraryIds' | 'endingAt'>,
  accounts: readonly Account[],
  libraries: readonly Library[],
  others: readonly Pick<Grant, 'libraryIds'>[] = [],
): boolean {
  const servers = new Set(serversOf(grant, libraries));
  const ending = without(
    grant.libraryIds,
    others.flatMap(({ libraryIds }) => libraryIds),
  );
  return accounts.every(
    (account) =>
      !servers.has(account.serverId) || isCompared(account) || isTaken(ending, account, grant.endingAt),
  );
}

/**
 * A reading since then shows none of these libraries, and none of them is given or in flight, although something
 * else is still due for the account.
 */
function isTaken(libraryIds: readonly string[], account: Account, since: Date | null): boolean {
  const { attempts, seenAt, seenAccess, seen, given, inFlight } = account;
  // What is decided makes the account due without a failure: with one, a pass has been over it since.
  if (attempts === 0 || !seenAt || !since || seenAt < since) return false;
  if (seenAccess === 'all' || seenAccess === 'unknown') return false;
  return overlap(libraryIds, [...seen, ...given, ...inFlight]).length === 0;
}

/** Nothing is due for the account. One that is only half created does not count: nobody knows yet what it sees. */
function isCompared(account: Pick<Account, 'externalId' | 'dueAt'>): boolean {
  return account.externalId !== null && account.dueAt === null;
}
