/** A run that would take too much away at once is held, says why, and waits for an admin (rule 5). */

import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { tell } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

interface Held {
  readonly server: Server;
  /** Ids of the accounts that would lose something. */
  readonly accountIds: readonly string[];
  /** What would happen, as the beginning of a sentence. */
  readonly detail: string;
}

/** Notes a held run and asks the admins, once per server and set of accounts. */
export async function hold(
  deps: Deps,
  guildId: GuildId,
  { server, accountIds, detail }: Held,
): Promise<void> {
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const [before] = await tx.heldRuns.listHeld(server.id);
    const known = new Set(before?.accountIds);
    if (before && accountIds.every((id) => known.has(id))) return;
    // More accounts would lose something than the open question says, so it is replaced by one about all of them.
    if (before) await tx.heldRuns.decide(before.id, 'dismissed', null, now);
    const id = deps.codes.newId();
    const all = [...known.union(new Set(accountIds))];
    await tx.heldRuns.add({ id, serverId: server.id, accountIds: all, detail, createdAt: now });
    await noteHeld(tx, server, { detail, actorId: null }, now);
    const text = `Nothing was taken away: ${detail}.\nDrift policy of ${server.name}: ${server.driftPolicy}. Release it, and it happens; dismiss it, and everything stays as it is, with the drift policy back at report.`;
    await tell(deps, tx, { text, heldRun: id }, now);
  });
  deps.log.warn({ guildId, serverId: server.id, accounts: accountIds.length }, 'a run was held');
}

/** Audits one step of a held run: held, released or dismissed. */
export async function noteHeld(
  tx: GuildStores,
  server: Server,
  {
    detail,
    actorId,
  }: { readonly detail: string /** Null is Usher itself. */; readonly actorId: ActorId | null },
  at: Date,
): Promise<void> {
  await tx.audit.append({ action: 'access.held', actorId, facts: { server: server.name, detail }, at });
}
