/** Whether an invite can be redeemed. People get one and the same answer to every no (discord.md 3.6); the log gets the reason. */
import type { Invite } from './model.ts';

export type InviteRefusal = 'expired' | 'revoked' | 'used-up' | 'for-somebody-else';

/** `undefined` when `memberId` may redeem the invite at `now`. */
export function refusalOf(
  invite: Pick<Invite, 'validUntil' | 'revokedAt' | 'usesLeft' | 'memberId'>,
  memberId: string,
  now: Date,
): InviteRefusal | undefined {
  if (invite.memberId !== null && invite.memberId !== memberId) return 'for-somebody-else';
  if (invite.revokedAt !== null) return 'revoked';
  if (invite.validUntil <= now) return 'expired';
  return invite.usesLeft <= 0 ? 'used-up' : undefined;
}

/** Whether it can still be redeemed by somebody. */
export function isOpen(invite: Pick<Invite, 'validUntil' | 'revokedAt' | 'usesLeft'>, now: Date): boolean {
  return refusalOf({ ...invite, memberId: null }, '', now) === undefined;
}
