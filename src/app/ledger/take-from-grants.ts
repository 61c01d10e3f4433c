/** Libraries leave grants: because staff took them, because their server goes, or because others took them there. */
import { overlap, without } from '../../domain/access.ts';
import { decideGrantChange } from '../../domain/grant-change.ts';
import { type EndCause, type Grant, isNonEmpty, type Library, type Server } from '../../domain/model.ts';
import type { GuildStores } from '../ports/stores.ts';
import { changeFacts } from './grant-transitions.ts';

export interface Taking {
  readonly libraryIds: readonly string[];
  /** Null when nobody decided it here. */
  readonly actorId: string | null;
  /** Of grants that give nothing else: they end. */
  readonly cause: EndCause;
  readonly reason?: string;
  /** What the record can name. */
  readonly libraries: readonly Library[];
  readonly servers: readonly Server[];
}

/** Part of a transaction. Returns the ids of the grants that were changed; one that is ending already goes on to its end. */
export async function takeFromGrants(
  tx: GuildStores,
  grants: readonly Grant[],
  { libraryIds: taken, actorId, cause, reason, libraries, servers }: Taking,
  now: Date,
): Promise<readonly string[]> {
  const touched: string[] = [];
  for (const grant of grants) {
    if (overlap(grant.libraryIds, taken).length === 0) continue;
    const libraryIds = without(grant.libraryIds, taken);
    const action = isNonEmpty(libraryIds)
      ? ({ kind: 'set', libraryIds } as const)
      : ({ kind: 'end', cause } as const);
    const decision = decideGrantChange(grant, action, now, 'UTC');
    if (decision.kind === 'no') continue;
    await tx.grants.change(grant.id, decision.changes);
    const ends = actorId === null ? 'grant.ending' : 'grant.revoked';
    await tx.audit.append({
      action: action.kind === 'set' ? 'grant.changed' : ends,
      actorId,
      targetId: grant.memberId,
      facts: {
        ...changeFacts(grant, { ...grant, ...decision.changes }, libraries, servers),
        ...(reason !== undefined && { reason }),
      },
      at: now,
    });
    touched.push(grant.id);
  }
  return touched;
}
