/** What becomes of grants whose member leaves the community, and comes back. Pure. */
import { addDuration, type DurationText } from './duration.ts';
import type { GrantChanges } from './grant-change.ts';
import type { Grant } from './model.ts';
import { durationOr } from './role-plans.ts';

const DEFAULT_LEAVE_GRACE = '7d' as DurationText;

/** As it is stored. */
export const leaveGraceOf = (stored: string): DurationText => durationOr(stored, DEFAULT_LEAVE_GRACE);

const TIED = { leftAt: null, endBeforeLeft: null } as const;

/**
 * Their member has left at `now`: it ends after the grace, unless it ends before. Undefined where nothing changes: a
 * grant of a role goes with the role, unless an admin has left it to them, and a paused one gives nothing.
 */
export function cutShort(
  grant: Grant,
  { now, grace, zone }: { readonly now: Date; readonly grace: DurationText; readonly zone: string },
): GrantChanges | undefined {
  if ((grant.source === 'role' && grant.roleState !== 'kept') || grant.leftAt !== null) return undefined;
  if (grant.state !== 'active' && grant.state !== 'scheduled') return undefined;
  const end = addDuration(now, grace, zone);
  if (grant.expiresAt !== null && grant.expiresAt <= end) return undefined;
  const cut = { leftAt: now, endBeforeLeft: grant.expiresAt } as const;
  // One that begins later would begin for somebody who is not here.
  return grant.startsAt >= end
    ? { ...cut, state: 'ended', endCause: 'removed', endingAt: now, endedAt: now }
    : { ...cut, expiresAt: end };
}

/** They are back at `now`: with the end that it had, or with what was left when it ended. */
export function restored(grant: Grant, now: Date): GrantChanges | undefined {
  const { leftAt, endBeforeLeft: end, expiresAt, startsAt } = grant;
  if (leftAt === null) return undefined;
  if (grant.state === 'scheduled') return { ...TIED, expiresAt: end };
  // By the clock, not by what was written down last.
  const cut = grant.endCause === 'removed' ? startsAt : (expiresAt ?? now);
  if (grant.state === 'active' && cut > now) return { ...TIED, expiresAt: end };
  const again = { ...TIED, endCause: null, endingAt: null, endedAt: null, overdueAlertedAt: null } as const;
  if (startsAt > now) return { ...again, state: 'scheduled', expiresAt: end };
  const left = end && new Date(now.getTime() + end.getTime() - cut.getTime());
  return { ...again, state: 'active', expiresAt: left };
}

/**
 * Staff change a grant whose member is away: what they decide counts from then on. An extension is one of the time that
 * comes back as well, and a pause keeps all that was left.
 */
export function decidedAway(grant: Grant, changes: GrantChanges, isExtension: boolean): GrantChanges {
  const { leftAt, endBeforeLeft: end, expiresAt } = grant;
  if (leftAt === null || 'leftAt' in changes) return changes;
  if (changes.state === 'paused') {
    const left = end && Math.ceil((end.getTime() - (changes.pausedAt ?? leftAt).getTime()) / 1000);
    return { ...changes, ...TIED, remainingSeconds: left };
  }
  if (isExtension && changes.state === undefined && changes.expiresAt && expiresAt) {
    const by = Math.max(0, changes.expiresAt.getTime() - expiresAt.getTime());
    return { ...changes, endBeforeLeft: end && new Date(end.getTime() + by) };
  }
  const decides = changes.expiresAt !== undefined || changes.state !== undefined;
  return decides ? { ...changes, ...TIED } : changes;
}
