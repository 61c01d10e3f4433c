/**
 * Whether an invite can be redeemed. People get the same answer for every reason (discord.md 3.6); the log has the
 * reason.
 */
import type { MemberId } from './ids.ts';
import type { Invite } from './model.ts';

export type InviteRefusal = 'expired' | 'revoked' | 'used-up' | 'for-somebody-else';

/** Why `memberId` may not redeem the invite at `now`; undefined when they may. */
export function refusalOf(
  invite: Pick<Invite, 'validUntil' | 'revokedAt' | 'usesLeft' | 'memberId'>,
  memberId: MemberId | null,
  now: Date,
): InviteRefusal | undefined {
  if (invite.memberId !== null && invite.memberId !== memberId) return 'for-somebody-else';
  if (invite.revokedAt !== null) return 'revoked';
  if (invite.validUntil <= now) return 'expired';
  return invite.usesLeft <= 0 ? 'used-up' : undefined;
}

/** How an invite stands: revoked ones are revoked whatever else, and used up ones are not said to have run out. */
export const INVITE_STATES = ['open', 'used', 'expired', 'revoked'] as const;
export type InviteState = (typeof INVITE_STATES)[number];

export function inviteStateOf(
  { revokedAt, usesLeft, validUntil }: Pick<Invite, 'validUntil' | 'revokedAt' | 'usesLeft'>,
  now: Date,
): InviteState {
  if (revokedAt !== null) return 'revoked';
  if (usesLeft <= 0) return 'used';
  return validUntil <= now ? 'expired' : 'open';
}

/** Whether anybody can still redeem the invite. */
export function isOpen(invite: Pick<Invite, 'validUntil' | 'revokedAt' | 'usesLeft'>, now: Date): boolean {
  return refusalOf({ ...invite, memberId: null }, null, now) === undefined;
}
