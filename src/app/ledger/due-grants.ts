/** Grants that start or end by themselves, by the clock. */
import type { GuildId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';
import { inLedger } from './ledger.ts';

/** Grants moved in one transaction. */
const BATCH = 200;

/** Starts what is to start and ends what is to end, all of it. Asking twice does no harm. */
export async function moveDueGrants(deps: Deps, guildId: GuildId): Promise<void> {
  while (await moveSomeDue(deps, guildId));
}

/**
 * The same with some of it; false when there was nothing to move. What ends becomes `ending`: decided, and to be
 * confirmed by a pass over the servers. By a clock that is not believed nothing moves, whoever asks for it (rule 5).
 */
export async function moveSomeDue(deps: Deps, guildId: GuildId): Promise<boolean> {
  if (deps.clockHold.isHeld()) return false;
  const due = await deps.stores.of(guildId).grants.listTransitionsDue(deps.clock.now(), BATCH);
  if (due.length === 0) return false;
  await deps.stores.transaction(guildId, async (tx) => {
    const memberIds = due.map((grant) => grant.memberId);
    await inLedger(deps, tx, { memberIds }, (ledger) => ledger.moveByClock(due));
  });
  deps.log.info({ guildId, grants: due.length }, 'grants reached their start or end');
  return true;
}
