/** What stays on a server when a grant is over, and why: other grants, the default library, what others gave. Pure. */
import { desiredLibraries, ours, overlap, presentLibraries, without } from './access.ts';
import { isOver } from './grant.ts';
import type { Account, ExpiryAction, Grant, Library, Server } from './model.ts';

export interface Kept {
  readonly libraryIds: readonly string[];
  readonly why:
    | { readonly kind: 'grants'; readonly numbers: readonly number[] }
    | { readonly kind: 'default' }
    /** Another community that this installation serves gives it. */
    | { readonly kind: 'elsewhere' }
    /** Somebody else gave it, so Usher does not take it (rule 5). */
    | { readonly kind: 'foreign' };
}

/** A grant, as far as its end matters here. */
export type Ending = Pick<Grant, 'state' | 'expiresAt' | 'libraryIds'>;

interface Where {
  readonly server: Pick<Server, 'id' | 'defaultLibraryId' | 'driftPolicy'>;
  readonly libraries: readonly Library[];
  /** Of the member, on this server. */
  readonly account: Account;
  /** The member's other grants, in any state. */
  readonly others: readonly Grant[];
  /** What happens to the account once nothing is granted there. */
  readonly closing: ExpiryAction;
}

/** Of a grant that gives nothing now: all that the account was seen to have there, without what is yet to be taken. */
export function keptWithout({ server, libraries, account, others }: Omit<Where, 'closing'>): readonly Kept[] {
  if (account.disabled) return [];
  const present = presentLibraries(server.id, libraries);
  const has = overlap(present, account.seenAccess === 'all' ? present : account.seen);
  const giving = others.filter(({ state }) => state === 'active');
  const granted = overlap(has, librariesOf(giving));
  const byDefault = overlap(without(has, granted), defaultOf(server));
  const elsewhere = overlap(without(has, [...granted, ...byDefault]), account.elsewhere);
  const foreign = without(has, [...granted, ...byDefault, ...elsewhere, ...ours(account)]);
  return reasons({ granted, byDefault, elsewhere, foreign }, giving);
}

/** Of a grant that will end: those of its libraries that stay after that, as it looks now. */
export function keptAfter(grant: Ending, where: Where): readonly Kept[] {
  const { server, libraries, account, others, closing } = where;
  const end = grant.expiresAt;
  if (isOver(grant) || end === null) return [];
  const lasting = others
    .filter((other) => lasts(other, end))
    .map((other) => ({ ...other, state: 'active' }) as const);
  const mine = overlap(grant.libraryIds, presentLibraries(server.id, libraries));
  const desired = desiredLibraries(server, libraries, lasting, closing);
  const granted = overlap(mine, librariesOf(lasting));
  const byDefault = without(overlap(mine, desired), granted);
  // What others gave is put back by policy, so nothing of it stays.
  const isTaken = server.driftPolicy === 'enforce' || account.disabled;
  const has = account.seenAccess === 'all' ? mine : overlap(mine, account.seen);
  // Nobody here knows how long the other community gives it.
  const foreign = isTaken
    ? []
    : without(has, [...granted, ...byDefault, ...account.elsewhere, ...ours(account)]);
  return reasons({ granted, byDefault, elsewhere: [], foreign }, lasting);
}

/** Whether a grant gives something at that moment. A paused one does not, and nobody knows when it will. */
function lasts({ state, startsAt, expiresAt }: Grant, at: Date): boolean {
  const runs = state === 'active' || (state === 'scheduled' && startsAt <= at);
  return runs && (expiresAt === null || expiresAt > at);
}

function reasons(
  ids: Readonly<Record<'granted' | 'byDefault' | 'elsewhere' | 'foreign', readonly string[]>>,
  grants: readonly Pick<Grant, 'number' | 'libraryIds'>[],
): readonly Kept[] {
  const numbers = grants
    .filter(({ libraryIds }) => overlap(libraryIds, ids.granted).length > 0)
    .map(({ number }) => number)
    .toSorted((a, b) => a - b);
  const all: readonly Kept[] = [
    { libraryIds: ids.granted, why: { kind: 'grants', numbers } },
    { libraryIds: ids.byDefault, why: { kind: 'default' } },
    { libraryIds: ids.elsewhere, why: { kind: 'elsewhere' } },
    { libraryIds: ids.foreign, why: { kind: 'foreign' } },
  ];
  return all.filter(({ libraryIds }) => libraryIds.length > 0);
}

const librariesOf = (grants: readonly Pick<Grant, 'libraryIds'>[]): readonly string[] =>
  grants.flatMap(({ libraryIds }) => libraryIds);

const defaultOf = ({ defaultLibraryId }: Where['server']): readonly string[] =>
  defaultLibraryId === null ? [] : [defaultLibraryId];
