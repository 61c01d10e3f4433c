/**
 * Which of the libraries that a server lists are those that we know. An id does not tell: Plex counts from 1 again when
 * its database is made anew, and Jellyfin makes the id from the name (media-servers.md A4.2, B3). Pure.
 */
import { overlap, without } from './access.ts';
import type { MediaTraits } from './media-kinds.ts';
import type { Account, Library } from './model.ts';

type Known = Pick<Library, 'externalId' | 'identity' | 'goneAt'>;
type Listed = Pick<Library, 'externalId' | 'identity'> & { readonly grantable: boolean };

export interface LibraryMatch<K, L> {
  /** `externalId` is what its id is from now on. */
  readonly same: readonly { readonly known: K; readonly listed: L; readonly externalId: string }[];
  readonly fresh: readonly L[];
  /** Not listed, and their id is another library's now. */
  readonly replaced: readonly K[];
  /** Not listed. */
  readonly unlisted: readonly K[];
}

/**
 * `listed` is complete, and its ids are unique. What a library is (`MediaTraits.libraryIdentity`) counts first, where
 * it names one on both sides; then its id.
 */
export function matchLibraries<K extends Known, L extends Listed>(
  known: readonly K[],
  listed: readonly L[],
  identityIs: MediaTraits['libraryIdentity'],
): LibraryMatch<K, L> {
  const found = new Map<L, K>();
  const taken = new Set<K>();
  const pair = (one: L, row: K | undefined) => {
    if (!row || found.has(one) || taken.has(row)) return;
    found.set(one, row);
    taken.add(row);
  };
  const byId = new Map(known.map((row) => [row.externalId, row]));
  const isSure = ({ externalId, identity }: L) =>
    identity === null || byId.get(externalId)?.identity === identity;
  for (const one of listed.filter(isSure)) pair(one, byId.get(one.externalId));
  const alike = {
    known: Map.groupBy(known, ({ identity }) => identity),
    listed: Map.groupBy(listed, ({ identity }) => identity),
  };
  for (const one of listed) pair(one, onlyOneWith(one.identity, { alike, found, taken }));
  for (const one of listed) {
    const row = byId.get(one.externalId);
    const isOther = row && one.identity !== null && row.identity !== null && row.identity !== one.identity;
    if (!isOther || identityIs === 'by-place') pair(one, row);
  }
  const owners = new Map(listed.map((one) => [one.externalId, found.get(one)]));
  const rest = known.filter((row) => !taken.has(row));
  return {
    same: [...found].map(([one, row]) => {
      // One that cannot be given yet keeps the id under which it was given, unless that is another library's.
      const isFree = !owners.has(row.externalId) || owners.get(row.externalId) === row;
      return {
        known: row,
        listed: one,
        externalId: one.grantable || !isFree ? one.externalId : row.externalId,
      };
    }),
    fresh: listed.filter((one) => !found.has(one)),
    replaced: rest.filter(({ externalId }) => owners.has(externalId)),
    unlisted: rest.filter(({ externalId }) => !owners.has(externalId)),
  };
}

/** The one known library that is this, if it is one of each; of several, one that is not gone. */
function onlyOneWith<K extends Known, L extends Listed>(
  identity: string | null,
  {
    alike,
    found,
    taken,
  }: {
    /** By their identity. */
    readonly alike: {
      readonly known: ReadonlyMap<string | null, readonly K[]>;
      readonly listed: ReadonlyMap<string | null, readonly L[]>;
    };
    readonly found: ReadonlyMap<L, K>;
    readonly taken: ReadonlySet<K>;
  },
): K | undefined {
  if (identity === null) return undefined;
  const here = (alike.listed.get(identity) ?? []).filter((one) => !found.has(one));
  const ours = (alike.known.get(identity) ?? []).filter((row) => !taken.has(row));
  const there = ours.filter(({ goneAt }) => goneAt === null);
  const [row, ...more] = there.length > 0 ? there : ours;
  return here.length === 1 && more.length === 0 ? row : undefined;
}

/** A library whose id changed. `heir` is the library that has its old id now; absent when no library has it. */
export interface Moved {
  readonly id: string;
  readonly heir?: string;
}

type Marks = Pick<Account, 'seen' | 'given' | 'inFlight' | 'leaving' | 'ended' | 'elsewhere'>;

/**
 * What is known of an account when ids of libraries have moved. The account has on the server what it had: an id. So
 * what was given under it is now the heir; and where there is none, it counts as begun to be given, because the account
 * sees nothing of it until it is written again. Ours it stays either way.
 */
export function carryMarks(marks: Marks, moved: readonly Moved[]): Marks {
  const heirs = new Map(moved.map(({ id, heir }) => [id, heir]));
  const dead = moved.filter(({ heir }) => heir === undefined).map(({ id }) => id);
  const carried = (ids: readonly string[]) => [...new Set(ids.map((id) => heirs.get(id) ?? id))];
  const inFlight = [...new Set([...carried(marks.inFlight), ...overlap(marks.given, dead)])];
  return {
    seen: without(carried(marks.seen), dead),
    given: without(carried(marks.given), inFlight),
    inFlight,
    leaving: carried(marks.leaving),
    ended: without(carried(marks.ended), inFlight),
    elsewhere: carried(marks.elsewhere),
  };
}
