/** The life of a grant, and what can be truthfully said about it server by server. */
import { overlap, without } from './access.ts';
import type { Account, Grant, GrantState, Library, Server } from './model.ts';

/** Rule 2: `scheduled → active → ending → ended`, with `paused` beside active. Which states may be left for which. */
const MOVES: Readonly<Record<GrantState, readonly GrantState[]>> = {
  scheduled: ['active', 'ended'],
  active: ['paused', 'ending'],
  paused: ['active', 'ending'],
  // An end that was undone, or extended, leads back to where the grant was.
  ending: ['ended', 'active', 'paused'],
  ended: ['active', 'paused', 'scheduled', 'ending'],
};

export function mayMove(from: GrantState, to: GrantState): boolean {
  return MOVES[from].includes(to);
}

/** Whether the end of a grant is decided, confirmed or not. */
export function isOver({ state }: Pick<Grant, 'state'>): boolean {
  return state === 'ending' || state === 'ended';
}

/** Whether a grant in this state starts or ends by itself. */
export function changesByItself(state: GrantState): boolean {
  return state === 'scheduled' || state === 'active';
}

/** The next moment at which a grant changes by itself; null when none. */
export function nextTransition(grant: Pick<Grant, 'state' | 'startsAt' | 'expiresAt'>): Date | null {
  if (!changesByItself(grant.state)) return null;
  return grant.state === 'scheduled' ? grant.startsAt : grant.expiresAt;
}

/** How a grant stands on one server. */
export type Application =
  | { readonly kind: 'applied' }
  /** Invited; the person has yet to accept. */
  | { readonly kind: 'invited' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'no-account' }
  /** It was given, and somebody else changed it on the server since. */
  | { readonly kind: 'changed-there'; readonly missing: readonly string[] }
  /** Starts later, is paused or over: nothing is owed, and nothing of it is open. */
  | { readonly kind: 'not-now' }
  /** Ending or paused: decided, not confirmed yet. */
  | { readonly kind: 'still-open'; readonly why: string | null };

/** How a grant stands on `server`; `accounts` are the member's (those elsewhere are ignored). */
export function applicationOn(
  grant: Pick<Grant, 'state' | 'libraryIds'>,
  server: Pick<Server, 'id'>,
  accounts: readonly Account[],
  libraries: readonly Library[],
): Application {
  const here = accounts.filter((account) => account.serverId === server.id);
  if (grant.state === 'ending' || grant.state === 'paused') {
    const open = here.find((account) => !isCompared(account));
    return open ? { kind: 'still-open', why: open.trouble } : { kind: 'not-now' };
  }
  if (grant.state !== 'active') return { kind: 'not-now' };
  const account = here.find(({ externalId }) => externalId !== null);
  if (!account) return { kind: 'no-account' };
  if (account.trouble !== null) return { kind: 'failed', why: account.trouble };
  if (account.dueAt !== null) return { kind: 'queued' };
  const wanted = libraries
    .filter((library) => library.serverId === server.id && grant.libraryIds.includes(library.id))
    .map((library) => library.id);
  const missing = account.seenAccess === 'all' ? [] : without(wanted, account.seen);
  if (missing.length > 0) return { kind: 'changed-there', missing };
  return account.pending ? { kind: 'invited' } : { kind: 'applied' };
}

/** Ids of the servers on which a grant gives something. */
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
 * Whether an ending grant is over: every account of the member on its servers was compared since, successfully
 * (nothing is due any more). Only then may `ended` be written (rule 2).
 */
export function isConfirmedGone(
  grant: Pick<Grant, 'libraryIds'>,
  accounts: readonly Account[],
  libraries: readonly Library[],
): boolean {
  const servers = new Set(serversOf(grant, libraries));
  return accounts.every((account) => !servers.has(account.serverId) || isCompared(account));
}

/** Nothing is due. Of an account that is half made nobody knows yet what it has. */
function isCompared(account: Pick<Account, 'externalId' | 'dueAt'>): boolean {
  return account.externalId !== null && account.dueAt === null;
}

/** Libraries of an ended grant that the member still has, because another grant or the default library gives them. */
export function stillGiven(
  grant: Pick<Grant, 'libraryIds'>,
  accounts: readonly Account[],
): readonly string[] {
  return accounts.flatMap((account) => overlap(grant.libraryIds, account.seen));
}
