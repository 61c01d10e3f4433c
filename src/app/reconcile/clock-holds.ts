/** What a guild hears of a clock that cannot be believed, and an admin who says that it is right (rule 5). */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { tell } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';

const DETAIL =
  'the clock of the machine jumped by more than a day; nothing is enforced until it is right again, an admin confirms it, or Usher is restarted';

export function makeClockHolds(deps: Deps) {
  return {
    isHeld: () => deps.clockHold.isHeld(),

    /** Says that nothing is enforced. */
    async hold(guildId: GuildId): Promise<void> {
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        await tx.audit.append({ action: 'access.held', actorId: null, facts: { detail: DETAIL }, at: now });
        await tell(deps, tx, { text: `Nothing is enforced: ${DETAIL}.`, clock: true }, now);
      });
    },

    /** An admin says that the clock is right: what is due goes on. */
    async confirm(guildId: GuildId, actorId: ActorId): Promise<void> {
      deps.clockHold.confirm();
      await deps.stores.transaction(guildId, async (tx) => {
        const facts = { detail: 'the clock was confirmed; enforcement goes on' };
        await tx.audit.append({ action: 'access.held', actorId, facts, at: deps.clock.now() });
      });
    },
  };
}
