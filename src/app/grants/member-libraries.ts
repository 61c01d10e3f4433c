/**
 * The libraries of a member, ticked and unticked by staff: an edit of grants, because nothing else gives access
 * (rule 1).
 */

import { overlap, without } from '../../domain/access.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import { type Grant, isNonEmpty, type Library, type Server } from '../../domain/model.ts';
import { inLedger, type Ledger } from '../ledger/ledger.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, standingsOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import { libraryMark } from './library-mark.ts';
import { keepUndo, undoMade, undoStep } from './undo.ts';

export interface SetMemberLibraries {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly memberId: MemberId;
  /** What `granted` said that it was, when it was shown. */
  readonly shown: string;
  readonly wanted: readonly string[];
}

export type MemberLibrariesResult =
  | { readonly kind: 'set'; readonly standings: readonly GrantStanding[]; readonly undoId: string }
  | { readonly kind: 'unchanged' }
  /** Something was granted or ended since it was shown. */
  | { readonly kind: 'changed-since' };

/** What saving would give and take. */
export interface MemberLibrariesPreview {
  readonly adds: readonly Library[];
  readonly removes: readonly Library[];
  /** All servers of the guild, to name the libraries by. */
  readonly servers: readonly { readonly server: Server }[];
  /** Grants that would end, because they give nothing else. */
  readonly ends: readonly number[];
  /** Something was granted or ended since it was shown. */
  readonly changedSince: boolean;
}

export function makeMemberLibraries(deps: Deps, applyNow: ApplyNow) {
  return {
    /** Ids of the libraries that the member's active grants give; `mark` is kept while they are shown. */
    async granted(
      guildId: GuildId,
      memberId: MemberId,
    ): Promise<{ readonly libraryIds: readonly string[]; readonly mark: string }> {
      const libraryIds = librariesOf(await givingTo(deps.stores.of(guildId), memberId, deps.clock.now()));
      return { libraryIds, mark: libraryMark(libraryIds) };
    },

    /** What `set` would do, without doing it. */
    async preview(
      guildId: GuildId,
      { memberId, shown, wanted }: Pick<SetMemberLibraries, 'memberId' | 'shown' | 'wanted'>,
    ): Promise<MemberLibrariesPreview> {
      const stores = deps.stores.of(guildId);
      const [libraries, servers, grants] = await Promise.all([
        stores.libraries.list(),
        stores.servers.list(),
        givingTo(stores, memberId, deps.clock.now()),
      ]);
      const granted = librariesOf(grants);
      const removed = without(granted, wanted);
      const named = (ids: readonly string[]) => libraries.filter(({ id }) => ids.includes(id));
      return {
        adds: named(without(wanted, granted)),
        removes: named(removed),
        servers: servers.map((server) => ({ server })),
        ends: grants
          .filter(({ libraryIds }) => overlap(libraryIds, removed).length === libraryIds.length)
          .map(({ number }) => number),
        changedSince: libraryMark(granted) !== shown,
      };
    },

    /**
     * Grants exactly these libraries: what is unticked leaves every grant that gives it now, and one that gives
     * nothing else ends; what is ticked joins the member's grant by hand without an end, which is made when there
     * is none.
     */
    async set(input: SetMemberLibraries): Promise<MemberLibrariesResult> {
      const { guildId, actorId, memberId } = input;
      const undoId = deps.codes.newId();
      const result = await deps.stores.transaction(guildId, async (tx) => {
        const granted = librariesOf(await givingTo(tx, memberId, deps.clock.now()));
        if (libraryMark(granted) !== input.shown) return { kind: 'changed-since' } as const;
        const [added, removed] = [without(input.wanted, granted), without(granted, input.wanted)];
        if (added.length + removed.length === 0) return { kind: 'unchanged' } as const;
        const before = await tx.grants.list({ memberId, states: ['active'] });
        const touched = await inLedger(deps, tx, { memberIds: [memberId] }, async (ledger) => [
          ...(await ledger.take(before, removed, { cause: 'revoked', actorId })),
          ...(await add(ledger, tx, input, added)),
        ]);
        const after = await findAll(tx, touched);
        const steps = after.map((grant) => {
          const old = before.find(({ id }) => id === grant.id);
          return old ? undoStep(old, grant) : undoMade(grant, deps.clock.now());
        });
        await keepUndo(deps, tx, { id: undoId, actorId, steps });
        return { kind: 'done', touched } as const;
      });
      if (result.kind !== 'done') return result;
      await applyNow(guildId, [memberId]);
      const stores = deps.stores.of(guildId);
      const standings = await standingsOf(deps, stores, await findAll(stores, result.touched));
      return { kind: 'set', standings, undoId };
    },
  };
}

const givingTo = async (stores: GuildStores, memberId: MemberId, at: Date): Promise<readonly Grant[]> =>
  await stores.grants.list({ memberId, states: ['active'], at });

const librariesOf = (grants: readonly Grant[]): readonly string[] => [
  ...new Set(grants.flatMap(({ libraryIds }) => libraryIds)),
];

async function findAll(stores: GuildStores, ids: readonly string[]): Promise<readonly Grant[]> {
  const grants = await Promise.all([...new Set(ids)].map((id) => stores.grants.find(id)));
  return grants.filter((grant) => grant !== undefined);
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
