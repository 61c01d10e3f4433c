/** Grants by staff: what is said about each server is what was last read there. */

import { grantFacts } from '../ledger/grant-transitions.ts';
import { withPlanRoles } from '../ledger/plan-roles.ts';
import type { Deps } from '../ports/deps.ts';
import { type GrantStanding, standingOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';

export interface AddGrantInput {
  readonly guildId: string;
  readonly actorId: string;
  readonly memberId: string;
  readonly libraryIds: readonly string[];
  readonly planId?: string;
  readonly startsAt: Date;
  /** Null is for good. */
  readonly expiresAt: Date | null;
  readonly reason: string | null;
}

export function makeGrants(deps: Deps, applyNow: ApplyNow) {
  return {
    /** Makes a grant and applies it as far as the servers answer in time. */
    async add(input: AddGrantInput): Promise<GrantStanding> {
      const { guildId, memberId } = input;
      const grant = await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        await tx.members.ensure(memberId);
        const added = await withPlanRoles(deps, tx, [memberId], now, () =>
          tx.grants.add({
            id: deps.codes.newId(),
            memberId,
            source: 'command',
            planId: input.planId ?? null,
            state: input.startsAt > now ? 'scheduled' : 'active',
            startsAt: input.startsAt,
            expiresAt: input.expiresAt,
            reason: input.reason,
            createdById: input.actorId,
            createdAt: now,
            libraryIds: input.libraryIds,
          }),
        );
        await tx.audit.append({
          action: 'grant.created',
          actorId: input.actorId,
          targetId: memberId,
          facts: {
            grant: added.number,
            ...grantFacts(added.libraryIds, await tx.libraries.list(), await tx.servers.list()),
            ...(added.state === 'scheduled' && { from: added.startsAt.toISOString() }),
            ...(added.expiresAt && { until: added.expiresAt.toISOString() }),
            ...(input.reason && { reason: input.reason }),
          },
          at: now,
        });
        if (added.state === 'active') await tx.accounts.makeDue({ memberIds: [memberId] }, now, 'decided');
        return added;
      });
      await applyNow(guildId, [memberId]);
      return await standingOf(deps.stores.of(guildId), grant.id);
    },
  };
}
