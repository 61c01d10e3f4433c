/**
 * The libraries of a member, ticked and unticked by staff: an edit of grants, because nothing else gives access
 * (rule 1).
 */

import { without } from '../../domain/access.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import { type Grant, isNonEmpty } from '../../domain/model.ts';
import { inLedger, type Ledger } from '../ledger/ledger.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, standingsOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import { libraryMark } from './library-mark.ts';

export interface SetMemberLibraries {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly memberId: MemberId;
  /** What `granted` said that it was, when it was shown. */
  readonly shown: string;
  readonly wanted: readonly string[];
}

export type MemberLibrariesResult =
  | { readonly kind: 'set'; readonly standings: readonly GrantStanding[] }
  | { readonly kind: 'unchanged' }
  /** Something was granted or ended since it was shown. */
  | { readonly kind: 'changed-since' };

export function makeMemberLibraries(deps: Deps, applyNow: ApplyNow) {
  return {
    /** Ids of the libraries that the member's active grants give; `mark` is kept while they are shown. */
    async granted(
      guildId: GuildId,
      memberId: MemberId,
    ): Promise<{ readonly libraryIds: readonly string[]; readonly mark: string }> {
      const libraryIds = await grantedTo(deps.stores.of(guildId), memberId, deps.clock.now());
      return { libraryIds, mark: libraryMark(libraryIds) };
    },

    /**
     * Grants exactly these libraries: what is unticked leaves every grant that gives it now, and one that gives
     * nothing else ends; what is ticked joins the member's grant by hand without an end, which is made when there
     * is none.
     */
    async set(input: SetMemberLibraries): Promise<MemberLibrariesResult> {
      const { guildId, memberId } = input;
      const result = await deps.stores.transaction(guildId, async (tx) => {
        const granted = await grantedTo(tx, memberId, deps.clock.now());
        if (libraryMark(granted) !== input.shown) return { kind: 'changed-since' } as const;
        const [added, removed] = [without(input.wanted, granted), without(granted, input.wanted)];
        if (added.length + removed.length === 0) return { kind: 'unchanged' } as const;
        const grants = await tx.grants.list({ memberId, states: ['active'] });
        const touched = await inLedger(deps, tx, { memberIds: [memberId] }, async (ledger) => [
          ...(await ledger.take(grants, removed, { cause: 'revoked', actorId: input.actorId })),
          ...(await add(ledger, tx, input, added)),
        ]);
        return { kind: 'done', touched } as const;
      });
      if (result.kind !== 'done') return result;
      await applyNow(guildId, [memberId]);
      const stores = deps.stores.of(guildId);
      const grants = await Promise.all([...new Set(result.touched)].map((id) => stores.grants.find(id)));
      return {
        kind: 'set',
        standings: await standingsOf(
          deps,
          stores,
          grants.filter((grant) => grant !== undefined),
        ),
      };
    },
  };
}

async function grantedTo(stores: GuildStores, memberId: MemberId, at: Date): Promise<readonly string[]> {
  const grants = await stores.grants.list({ memberId, states: ['active'], at });
  return [...new Set(grants.flatMap(({ libraryIds }) => libraryIds))];
}

/** Returns the ids of the grants that were changed or made. */
async function add(
  ledger: Ledger,
  tx: GuildStores,
  { memberId, actorId }: SetMemberLibraries,
  added: readonly string[],
): Promise<readonly string[]> {
  if (!isNonEmpty(added)) return [];
  const byHand = (await tx.grants.list({ memberId, states: ['active'] })).find(isByHand);
  if (byHand) {
    await ledger.change(byHand, { libraryIds: [...byHand.libraryIds, ...added] }, { actorId });
    return [byHand.id];
  }
  const grant = await ledger.create(
    { memberId, source: 'command', expiresAt: null, createdById: actorId, libraryIds: added },
    { actorId },
  );
  return [grant.id];
}

const isByHand = ({ source, planId, expiresAt }: Grant): boolean =>
  source === 'command' && planId === null && expiresAt === null;
