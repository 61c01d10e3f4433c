/** What was decided for an account: for staff in `/member why` and in a rehearsal, and for the log. Pure. */

import { type Sentence, say } from '../words/say.ts';
import { type Actual, type Change, librariesIn } from './access.ts';
import { delimited } from './name-list.ts';

/** What was decided for one account, and on what grounds. */
export interface Decided {
  readonly actual: Actual;
  readonly desired: readonly string[];
  readonly change: Change;
}

type NameOf = (libraryId: string) => string;

/** As `has Movies; granted Movies and TV; is set to Movies and TV`. `present` are the libraries that are there now. */
export function changeText(
  { actual, desired, change }: Decided,
  present: readonly string[],
  nameOf: NameOf,
): Sentence {
  const named = (ids: readonly string[]) => ids.map((id) => delimited(nameOf(id)));
  return say('shared.change.line', {
    has: hasText(actual, present, named),
    granted:
      desired.length > 0
        ? say('shared.change.granted', { libraries: named(desired) })
        : say('shared.change.grantedNothing'),
    next:
      change.kind === 'none' || change.kind === 'withdraw'
        ? say(`shared.change.${change.kind}`)
        : say(`shared.change.${change.kind}`, { libraries: named(change.libraryIds) }),
  });
}

function hasText(
  actual: Actual,
  present: readonly string[],
  named: (ids: readonly string[]) => readonly string[],
): Sentence {
  if (actual.kind === 'absent') return say('shared.change.absent');
  if (actual.kind === 'unread') return say('shared.change.unread');
  const libraries = actual.access === 'all' ? [] : named(librariesIn(actual, present));
  const has =
    actual.access === 'all'
      ? say('shared.change.hasAll')
      : libraries.length > 0
        ? say('shared.change.has', { libraries })
        : say('shared.change.hasNothing');
  if (!actual.pending && !actual.disabled) return has;
  const state = actual.pending ? (actual.disabled ? 'both' : 'invited') : 'disabled';
  return say(`shared.change.${state}`, { has });
}

/** The same for the log: in English, by the ids of libraries, because the log contains no names. */
export function changeLine({ actual, desired, change }: Decided, present: readonly string[]): string {
  const list = (ids: readonly string[]) => (ids.length > 0 ? ids.join(', ') : 'nothing');
  const written = change.kind === 'set' || change.kind === 'invite' ? ` ${list(change.libraryIds)}` : '';
  return [
    hasLine(actual, present, list),
    `granted ${list(desired)}`,
    change.kind === 'none' ? 'stays as it is' : `${change.kind}${written}`,
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
