/** What was decided for an account, in the same words in `/member why`, in a rehearsal and in the log. Pure. */

import { type Actual, type Change, librariesIn } from './access.ts';
import { joinNames } from './name-list.ts';

/** What was decided for one account, and on what grounds. */
export interface Decided {
  readonly actual: Actual;
  readonly desired: readonly string[];
  readonly change: Change;
}

/**
 * `has Movies; granted Movies, TV; set to Movies, TV`. `nameOf` returns the name of a library or, for the log, its
 * id, because the log contains no names. `present` are the libraries that the server has now.
 */
export function changeLine(
  { actual, desired, change }: Decided,
  present: readonly string[],
  nameOf: (libraryId: string) => string,
): string {
  const list = (ids: readonly string[]) => (ids.length > 0 ? joinNames(ids.map(nameOf)) : 'nothing');
  return [
    hasLine(actual, present, list),
    `granted ${list(desired)}`,
    change.kind === 'none' ? 'stays as it is' : WRITES[change.kind](change, list),
  ].join('; ');
}

function hasLine(
  actual: Actual,
  present: readonly string[],
  list: (ids: readonly string[]) => string,
): string {
  if (actual.kind === 'absent') return 'is not there';
  if (actual.kind === 'unread') return 'is not understood';
  const has = actual.access === 'all' ? 'has everything' : `has ${list(librariesIn(actual, present))}`;
  const state = [actual.pending && 'invited', actual.disabled && 'disabled'].filter((part) => part !== false);
  return state.length > 0 ? `${has} (${state.join(', ')})` : has;
}

type Writes = Exclude<Change, { kind: 'none' }>;

const WRITES: {
  readonly [Kind in Writes['kind']]: (change: Writes, list: (ids: readonly string[]) => string) => string;
} = {
  invite: (change, list) => `invite with ${list(idsOf(change))}`,
  set: (change, list) => `set to ${list(idsOf(change))}`,
  withdraw: () => 'withdraw',
};

const idsOf = (change: Writes): readonly string[] => (change.kind === 'withdraw' ? [] : change.libraryIds);
