/** What people do to a grant, expressed as the fields that change. Pure: the current time is an argument. */
import { type Sentence, say } from '../words/say.ts';
import { addDuration, type DurationText } from './duration.ts';
import { isOver } from './grant.ts';
import type { EndCause, Grant, NonEmpty } from './model.ts';

/** The fields of a grant that may change after it was created. */
export type GrantFields = Pick<
  Grant,
  | 'state'
  | 'startsAt'
  | 'expiresAt'
  | 'pausedAt'
  | 'remainingSeconds'
  | 'endCause'
  | 'endingAt'
  | 'endedAt'
  | 'overdueAlertedAt'
  | 'libraryIds'
>;

/** What Usher notes beside: the role that gives it, and the end that it had before its member left. */
type GrantTies = Pick<Grant, 'roleState' | 'roleLostAt' | 'leftAt' | 'endBeforeLeft'>;

export type GrantChanges = Partial<GrantFields & GrantTies>;

export type GrantAction =
  | { readonly kind: 'extend'; readonly by: DurationText }
  /** A field that is undefined stays as it is; `until: null` means for good. */
  | {
      readonly kind: 'set';
      readonly until?: Date | null;
      readonly libraryIds?: NonEmpty<string>;
    }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** Libraries go; a grant of nothing else ends. */
  | { readonly kind: 'take'; readonly libraryIds: NonEmpty<string> }
  | { readonly kind: 'end'; readonly cause: EndCause };

export type GrantDecision =
  | { readonly kind: 'change'; readonly changes: Partial<GrantFields> }
  /** There is nothing to do, or it is not possible. The message is shown to people. */
  | { readonly kind: 'no'; readonly message: Sentence };

/** What an action changes in a grant at `now`. Calendar months are counted in `zone` (IANA name). */
export function decideGrantChange(
  grant: GrantFields,
  action: GrantAction,
  now: Date,
  zone: string,
): GrantDecision {
  switch (action.kind) {
    case 'extend':
      return extend(grant, action.by, now, zone);
    case 'set':
      return set(grant, action, now);
    case 'pause':
      return pause(grant, now);
    case 'resume':
      return resume(grant, now);
    case 'take':
      return take(grant, action.libraryIds, now);
    case 'end':
      return end(grant, action.cause, now);
  }
}

const RUNNING_AGAIN = { endCause: null, endingAt: null, endedAt: null, overdueAlertedAt: null } as const;
const NOT_PAUSED = { pausedAt: null, remainingSeconds: null, overdueAlertedAt: null } as const;

/**
 * The new end counts from the current end, or from now if that has passed. A grant that is over becomes active
 * again with the libraries it had.
 */
function extend(grant: GrantFields, by: DurationText, now: Date, zone: string): GrantDecision {
  if (grant.state === 'paused') {
    if (grant.remainingSeconds === null) return no(say('grant.no.noEnd'));
    const left = new Date(now.getTime() + grant.remainingSeconds * 1000);
    const expiresAt = addDuration(left, by, zone);
    return change({ expiresAt, remainingSeconds: secondsBetween(now, expiresAt) });
  }
  if (grant.expiresAt === null && !isOver(grant)) return no(say('grant.no.noEnd'));
  const from = grant.expiresAt !== null && grant.expiresAt > now ? grant.expiresAt : now;
  const expiresAt = addDuration(from, by, zone);
  if (!isOver(grant)) return change({ expiresAt });
  if (grant.libraryIds.length === 0) return no(say('grant.no.librariesGone'));
  return change({ expiresAt, state: grant.startsAt > now ? 'scheduled' : 'active', ...RUNNING_AGAIN });
}

function set(
  grant: GrantFields,
  { until, libraryIds }: Extract<GrantAction, { kind: 'set' }>,
  now: Date,
): GrantDecision {
  if (isOver(grant)) return no(say('grant.no.over'));
  if (until && until <= now) return no(say('grant.no.endPassed'));
  if (until && until <= grant.startsAt) return no(say('grant.no.endBeforeStart'));
  const changes = {
    ...(until !== undefined && { expiresAt: until }),
    ...(until !== undefined &&
      grant.state === 'paused' && { remainingSeconds: until && secondsBetween(now, until) }),
    ...(libraryIds && { libraryIds }),
  };
  return isAs(grant, { ...grant, ...changes }) ? no(say('grant.no.same')) : change(changes);
}

/** Pausing stops the clock: the time that is left now is what remains when the grant is resumed. */
function pause(grant: GrantFields, now: Date): GrantDecision {
  if (grant.state === 'paused') return no(say('grant.no.pausedAlready'));
  if (grant.state === 'scheduled') return no(say('grant.no.notStarted'));
  if (isOver(grant) || (grant.expiresAt !== null && grant.expiresAt <= now))
    return no(say('grant.no.overNow'));
  const remainingSeconds = grant.expiresAt && secondsBetween(now, grant.expiresAt);
  return change({ state: 'paused', pausedAt: now, remainingSeconds });
}

function resume(grant: GrantFields, now: Date): GrantDecision {
  if (grant.state !== 'paused') return no(say('grant.no.notPaused'));
  const { remainingSeconds } = grant;
  const expiresAt = remainingSeconds === null ? null : new Date(now.getTime() + remainingSeconds * 1000);
  return change({ state: 'active', expiresAt, ...NOT_PAUSED });
}

/**
 * A scheduled grant has given nothing, so it is ended at once. Any other is `ending` until the servers show it
 * (rule 2).
 */
function take(grant: GrantFields, libraryIds: readonly string[], now: Date): GrantDecision {
  if (isOver(grant)) return no(say('grant.no.overAlready'));
  const left = grant.libraryIds.filter((id) => !libraryIds.includes(id));
  return left.length === 0 ? end(grant, 'revoked', now) : change({ libraryIds: left });
}

function end(grant: GrantFields, endCause: EndCause, now: Date): GrantDecision {
  if (isOver(grant)) return no(say('grant.no.overAlready'));
  const decided = { endCause, endingAt: now, ...NOT_PAUSED };
  return grant.state === 'scheduled'
    ? change({ state: 'ended', endedAt: now, ...decided })
    : change({ state: 'ending', ...decided });
}

/**
 * Undoes an action by going back to the fields as they were `before`, provided that nothing has changed since: the
 * grant must still be as the action left it (`after`). A confirmation of its end (`ending` → `ended`) does not
 * count as a change.
 */
export function decideUndo(
  grant: GrantFields,
  { before, after }: { readonly before: GrantFields; readonly after: GrantFields },
  now: Date,
): GrantDecision {
  if (!isAs(grant, after)) return no(say('grant.no.changedSince'));
  const old = { ...before, overdueAlertedAt: null };
  if (isOver(before)) {
    const { endCause } = before;
    return grant.state === 'scheduled'
      ? change({ ...old, state: 'ended', endCause, endingAt: now, endedAt: now })
      : change({ ...old, state: 'ending', endCause, endingAt: now, endedAt: null });
  }
  if (before.state !== 'paused' && before.expiresAt !== null && before.expiresAt <= now)
    return no(say('grant.no.oldEndPassed'));
  const state = before.state === 'scheduled' && before.startsAt <= now ? 'active' : before.state;
  return change({ ...old, state });
}

function isAs(grant: GrantFields, other: GrantFields): boolean {
  const moments = (['startsAt', 'expiresAt', 'pausedAt'] as const).every(
    (field) => grant[field]?.getTime() === other[field]?.getTime(),
  );
  const over = isOver(grant) && isOver(other);
  return (
    moments &&
    (over || grant.state === other.state) &&
    grant.endCause === other.endCause &&
    grant.remainingSeconds === other.remainingSeconds &&
    grant.libraryIds.length === other.libraryIds.length &&
    new Set([...grant.libraryIds, ...other.libraryIds]).size === other.libraryIds.length
  );
}

/** Whole seconds, rounded up so that nobody loses time by a pause. */
function secondsBetween(from: Date, to: Date): number {
  return Math.ceil((to.getTime() - from.getTime()) / 1000);
}

const change = (changes: Partial<GrantFields>): GrantDecision => ({ kind: 'change', changes });
const no = (message: Sentence): GrantDecision => ({ kind: 'no', message });
