/** Access that an account has and no grant gives becomes a grant without an end: known, shown and ended like any other. */
import type { Library, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { libraryNames } from './grant-transitions.ts';

export async function addImportedGrant(
  deps: Deps,
  tx: GuildStores,
  wish: {
    readonly memberId: string;
    readonly server: Server;
    readonly libraryIds: readonly string[];
    /** Of the grant. */
    readonly reason: string;
    /** Of the audit event. */
    readonly detail: string;
  },
  libraries: readonly Library[],
): Promise<void> {
  const { memberId, server, libraryIds, reason, detail } = wish;
  const now = deps.clock.now();
  const grant = await tx.grants.add({
    id: deps.codes.newId(),
    memberId,
    source: 'imported',
    state: 'active',
    startsAt: now,
    expiresAt: null,
    reason,
    createdById: memberId,
    createdAt: now,
    libraryIds,
  });
  const names = libraryNames(libraryIds, libraries);
  const facts = { grant: grant.number, server: server.name, libraries: names, detail };
  await tx.audit.append({ action: 'grant.created', actorId: null, targetId: memberId, facts, at: now });
}
