/** The libraries of a member, ticked and unticked by staff: an edit of grants, because nothing else gives access (rule 1). */

import { without } from '../../domain/access.ts';
import { type Grant, isNonEmpty } from '../../domain/model.ts';
import { changeFacts, grantFacts, settleEndings } from '../ledger/grant-transitions.ts';
import { withPlanRoles } from '../ledger/plan-roles.ts';
import { takeFromGrants } from '../ledger/take-from-grants.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, standingsOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';

export interface SetMemberLibraries {
  readonly guildId: string;
  readonly actorId: string;
  readonly memberId: string;
  /** What the member was granted when it was shown. */
  readonly shown: readonly string[];
  readonly wanted: readonly string[];
}

export type MemberLibrariesResult =
  | { readonly kind: 'set'; readonly standings: readonly GrantStanding[] }
  | { readonly kind: 'unchanged' }
  /** Something was granted or ended since it was shown: `granted` is what it is now. */
  | { readonly kind: 'changed-since'; readonly granted: readonly string[] };

export function makeMemberLibraries(deps: Deps, applyNow: ApplyNow) {
  return {
    /** Ids of the libraries that the member's active grants give. */
    async granted(guildId: string, memberId: string): Promise<readonly string[]> {
      return await grantedTo(deps.stores.of(guildId), memberId);
    },

    /**
     * Grants exactly these libraries: what is unticked leaves every grant that gives it now, and one that gives nothing else ends;
     * what is ticked joins the member's grant by hand without an end, which is made when there is none.
     */
    async set(input: SetMemberLibraries): Promise<MemberLibrariesResult> {
      const { guildId, memberId } = input;
      const result = await deps.stores.transaction(guildId, async (tx) => {
        const granted = await grantedTo(tx, memberId);
        if (without(granted, input.shown).length + without(input.shown, granted).length > 0)
          return { kind: 'changed-since', granted } as const;
        const [added, removed] = [without(input.wanted, granted), without(granted, input.wanted)];
        if (added.length + removed.length === 0) return { kind: 'unchanged' } as const;
        const now = deps.clock.now();
        await tx.members.ensure(memberId);
        const touched = await withPlanRoles(deps, tx, [memberId], now, async () => [
          ...(await remove(tx, input, removed, now)),
          ...(await add(deps, tx, input, added, now)),
        ]);
        await tx.accounts.makeDue({ memberIds: [memberId] }, now, 'decided');
        await settleEndings(tx, [memberId], now);
        return { kind: 'done', touched } as const;
      });
      if (result.kind !== 'done') return result;
      await applyNow(guildId, [memberId]);
      const stores = deps.stores.of(guildId);
      const grants = await Promise.all([...new Set(result.touched)].map((id) => stores.grants.find(id)));
      return {
        kind: 'set',
        standings: await standingsOf(
          stores,
          grants.filter((grant) => grant !== undefined),
        ),
      };
    },
  };
}

async function grantedTo(stores: GuildStores, memberId: string): Promise<readonly string[]> {
  const grants = await stores.grants.list({ memberId, states: ['active'] });
  return [...new Set(grants.flatMap(({ libraryIds }) => libraryIds))];
}

/** Returns the ids of the grants that were changed. */
async function remove(
  tx: GuildStores,
  { memberId, actorId }: SetMemberLibraries,
  removed: readonly string[],
  now: Date,
): Promise<readonly string[]> {
  const [libraries, servers] = await Promise.all([tx.libraries.list(), tx.servers.list()]);
  const grants = await tx.grants.list({ memberId, states: ['active'] });
  const taking = { libraryIds: removed, actorId, cause: 'revoked', libraries, servers } as const;
  return await takeFromGrants(tx, grants, taking, now);
}

async function add(
  deps: Deps,
  tx: GuildStores,
  { memberId, actorId }: SetMemberLibraries,
  added: readonly string[],
  now: Date,
): Promise<readonly string[]> {
  if (!isNonEmpty(added)) return [];
  const [libraries, servers] = await Promise.all([tx.libraries.list(), tx.servers.list()]);
  const byHand = (await tx.grants.list({ memberId, states: ['active'] })).find(isByHand);
  if (byHand) {
    const libraryIds = [...byHand.libraryIds, ...added];
    await tx.grants.change(byHand.id, { libraryIds });
    const facts = changeFacts(byHand, { ...byHand, libraryIds }, libraries, servers);
    await tx.audit.append({ action: 'grant.changed', actorId, targetId: memberId, facts, at: now });
    return [byHand.id];
  }
  const grant = await tx.grants.add({
    id: deps.codes.newId(),
    memberId,
    source: 'command',
    state: 'active',
    startsAt: now,
    expiresAt: null,
    reason: null,
    createdById: actorId,
    createdAt: now,
    libraryIds: added,
  });
  const facts = { grant: grant.number, ...grantFacts(added, libraries, servers) };
  await tx.audit.append({ action: 'grant.created', actorId, targetId: memberId, facts, at: now });
  return [grant.id];
}

const isByHand = ({ source, planId, expiresAt }: Grant): boolean =>
  source === 'command' && planId === null && expiresAt === null;
