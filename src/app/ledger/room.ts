/**
 * Whether a guild may have more of something. Asked inside the transaction that adds it: those of a guild run one after
 * another, so nobody gets beyond a limit by being fast.
 */

import { NOT_ENDED } from '../../domain/grant.ts';
import { GuildFull, type Limited } from '../../domain/guild-limits.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** The states of a grant that is not over. */

/**
 * How many more there can be. What an open invite can still become is counted among the grants when it is made: so a
 * code that somebody holds is never refused for want of room.
 */
export async function roomFor(
  { limits, clock }: Pick<Deps, 'limits' | 'clock'>,
  tx: GuildStores,
  what: Limited,
): Promise<number> {
  const openInvites = () => tx.invites.countOpen(clock.now());
  const counts: Readonly<Record<Limited, () => Promise<number>>> = {
    servers: async () => (await tx.servers.list()).length,
    libraries: async () => (await tx.libraries.list()).length,
    webhooks: async () => (await tx.webhooks.list()).length,
    plans: async () => (await tx.plans.list()).length,
    invites: async () => (await openInvites()).invites,
    grants: async () => (await tx.grants.count({ states: NOT_ENDED })) + (await openInvites()).usesLeft,
  };
  return limits[what] - (await counts[what]());
}

/** @throws {GuildFull} when there cannot be as many more. */
export async function mustHaveRoom(
  deps: Pick<Deps, 'limits' | 'clock'>,
  tx: GuildStores,
  what: Limited,
  more = 1,
): Promise<void> {
  if ((await roomFor(deps, tx, what)) < more) throw new GuildFull(what, deps.limits[what]);
}
