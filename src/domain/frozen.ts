/**
 * A frozen server: something was seen there that must not be, so nothing is given or changed until an admin has looked.
 * What leaves an account nothing is done all the same, because an end has to be an end and gives nobody anything. Pure.
 */
import { type Actual, type Change, withoutGiving } from './access.ts';
import type { Server } from './model.ts';

/** Why nothing can be given there now; undefined while it is not frozen. */
export function frozenTrouble({ name, frozenWhy }: Pick<Server, 'name' | 'frozenWhy'>) {
  if (frozenWhy === null) return undefined;
  const message = `${name} is frozen: ${frozenWhy} Nothing is given there until an admin has looked.`;
  return { kind: 'not-possible', message } as const;
}

/** The part of a change that is made while the server is frozen. */
export function whileFrozen(change: Change, actual: Actual, present: readonly string[]): Change {
  if (change.kind === 'withdraw') return change;
  const rest = change.kind === 'set' ? withoutGiving(change, actual, present) : undefined;
  return rest?.kind === 'withdraw' ? rest : { kind: 'none' };
}
