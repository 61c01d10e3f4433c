/**
 * What was opened is exactly what was asked: what a reading shows beside it, when it is the first one after a write of
 * ours. Pure.
 */
import { type Actual, librariesIn, notEnded, ours, type Understood, without } from './access.ts';
import type { Account } from './model.ts';

/** What is open beside what was asked. */
export interface Beyond {
  /** The account sees everything, what is added in future included. */
  readonly all: boolean;
  readonly libraryIds: readonly string[];
}

/** How long a write that nothing was read after explains what is seen. */
const EXPLAINS_MS = 600_000;

/**
 * What an account has after a write, beside what it was to have and what it had. Libraries that are ours for another
 * reason are left out: an earlier write may have come late, and they are taken anyway. Undefined when there is nothing.
 */
export function beyondAsked({
  account,
  before,
  target,
  after,
  present,
}: {
  readonly account: Pick<Account, 'given' | 'inFlight' | 'ended' | 'elsewhere'>;
  /** What it had, and was to keep unless the write took it. */
  readonly before: Actual;
  /** What it was to have. */
  readonly target: readonly string[];
  readonly after: Understood;
  readonly present: readonly string[];
}): Beyond | undefined {
  if (after.kind !== 'present') return undefined;
  const all = after.access === 'all' && !seesAll(before);
  const more = without(librariesIn(after, present), [...target, ...librariesIn(before, present)]);
  const libraryIds = all ? more : without(more, [...ours(account), ...account.elsewhere]);
  return all || libraryIds.length > 0 ? { all, libraryIds } : undefined;
}

/**
 * Whether nothing was read yet after the last write, because the process died or nobody answered: the next reading
 * tells what it did. Longer ago, others may have done it.
 */
export function isUnread({ writtenAt, seenAt }: Pick<Account, 'writtenAt' | 'seenAt'>, now: Date): boolean {
  const wasRead = writtenAt === null || (seenAt !== null && seenAt >= writtenAt);
  return !wasRead && now.getTime() - writtenAt.getTime() <= EXPLAINS_MS;
}

/**
 * What was opened beyond what was asked by such a write, as the first reading after it shows. It counts as done when
 * what it was to give is there.
 */
export function beyondUnread(
  account: Pick<
    Account,
    'given' | 'inFlight' | 'leaving' | 'ended' | 'elsewhere' | 'seen' | 'seenAccess' | 'seenAt' | 'writtenAt'
  >,
  {
    actual,
    desired,
    present,
    now,
  }: {
    readonly actual: Actual;
    readonly desired: readonly string[];
    readonly present: readonly string[];
    readonly now: Date;
  },
): Beyond | undefined {
  const { seenAccess, seen } = account;
  if (actual.kind === 'unread' || !isUnread(account, now)) return undefined;
  const access = seenAccess === 'all' ? 'all' : seen;
  const before: Actual = { kind: 'present', access, pending: false, disabled: false };
  const beyond = beyondAsked({ account, before, target: desired, after: actual, present });
  const giving = without(notEnded(account), [...account.given, ...account.leaving]);
  const isDone = giving.length > 0 && without(giving, librariesIn(actual, present)).length === 0;
  return beyond?.all || isDone ? beyond : undefined;
}

const seesAll = (actual: Actual): boolean => actual.kind === 'present' && actual.access === 'all';
