/**
 * A frozen server: something was seen there that must not be, so nothing is given or changed until an admin has looked.
 * What leaves an account nothing is done all the same, because an end has to be an end and gives nobody anything. Pure.
 */

import { say } from '../words/say.ts';
import { type Actual, type Change, librariesIn, without, withoutGiving } from './access.ts';
import type { Account, Server } from './model.ts';

/** Why nothing can be given there now; undefined while it is not frozen. */
export function frozenTrouble({ name, frozenWhy }: Pick<Server, 'name' | 'frozenWhy'>) {
  if (frozenWhy === null) return undefined;
  const message = say('trouble.frozen', { server: name, why: frozenWhy });
  return { kind: 'not-possible', message } as const;
}

/** The part of a change that is made while the server is frozen. */
export function whileFrozen(
  change: Change,
  {
    actual,
    account,
    present,
  }: {
    readonly actual: Actual;
    readonly account: Pick<Account, 'leaving' | 'lossApproved'>;
    readonly present: readonly string[];
  },
): Change {
  const has = librariesIn(actual, present);
  const isAll = actual.kind === 'present' && actual.access === 'all';
  // That all of it is taken was begun, and is finished.
  const wasBegun = has.length > 0 && without(has, account.leaving).length === 0;
  // What is lost by what was seen there nobody has decided.
  if (!wasBegun && !account.lossApproved) return { kind: 'none' };
  if (change.kind === 'withdraw') return change;
  if (wasBegun && (change.kind === 'set' || isAll)) return { kind: 'withdraw' };
  if (change.kind !== 'set') return { kind: 'none' };
  const rest = withoutGiving(change, actual, present);
  return rest?.kind === 'withdraw' ? rest : { kind: 'none' };
}
