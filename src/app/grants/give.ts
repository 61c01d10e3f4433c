/** Grants made by staff. The result says for each server what was last read there. */

import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { inLedger } from '../ledger/ledger.ts';
import type { Deps } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import { type GrantStanding, standingOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import { keepUndo, undoMade } from './undo.ts';
import { makeGiftPreview } from './warnings.ts';

export interface AddGrantInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly memberId: MemberId;
  readonly libraryIds: readonly string[];
  readonly planId?: string;
  readonly startsAt: Date;
  /** Null is for good. */
  readonly expiresAt: Date | null;
  readonly reason: string | null;
}

/** A grant that was made, and what `undo` needs to end it. */
export interface GivenGrant extends GrantStanding {
  readonly undoId: string;
}

export function makeGrants(deps: Deps, applyNow: ApplyNow) {
  return {
    /** What staff should know before. */
    preview: makeGiftPreview(deps),

    /** Why somebody may be nobody of this community; undefined when Discord says that they are here. */
    outsider: (guildId: GuildId, memberId: MemberId): Promise<Trouble | undefined> =>
      outsiderTrouble(deps, guildId, memberId),

    /**
     * Makes a grant and applies it as far as the servers answer in time.
     * @throws {GuildFull} when the guild has as many open grants as it may have.
     */
    async add(input: AddGrantInput): Promise<GivenGrant> {
      const { guildId, memberId } = input;
      const { planId = null, startsAt, expiresAt, reason, libraryIds, actorId } = input;
      const undoId = deps.codes.newId();
      const grant = await deps.stores.transaction(guildId, async (tx) => {
        const made = await inLedger(deps, tx, { memberIds: [memberId] }, (ledger) =>
          ledger.create(
            {
              memberId,
              source: 'command',
              planId,
              startsAt,
              expiresAt,
              reason,
              createdById: actorId,
              libraryIds,
            },
            { actorId, reason },
          ),
        );
        await keepUndo(deps, tx, { id: undoId, actorId, steps: [undoMade(made, deps.clock.now())] });
        return made;
      });
      await applyNow(guildId, [memberId]);
      return { ...(await standingOf(deps, deps.stores.of(guildId), grant.id)), undoId };
    },
  };
}
