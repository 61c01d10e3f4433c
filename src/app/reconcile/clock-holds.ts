/** What guilds hear of a clock that cannot be believed, and of whoever runs Usher saying that it is right (rule 5). */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { nextSync } from '../../domain/schedule.ts';
import { lines, say, timeOf } from '../../words/say.ts';
import { alert, over, personOf } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';

export function makeClockHolds(deps: Deps) {
  /** Guilds that were told of it since the clock was confirmed last. */
  const told = new Set<GuildId>();
  return {
    isHeld: () => deps.clockHold.isHeld(),
    isWaiting: () => deps.clockHold.isWaiting(),

    /** Says that nothing is enforced. */
    async hold(guildId: GuildId): Promise<void> {
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        await tx.audit.append({ action: 'access.held', actorId: null, facts: { how: 'clock' }, at: now });
        const text = lines(say('alert.clock.open'), say('alert.clock.next'));
        // Looked at as soon as the clock is believed again, because then the work of guilds goes on.
        await alert(deps, tx, 'clock', { text, clock: true, dueAt: now, now });
      });
      told.add(guildId);
    },

    /** The clock was set back: what waits by it for another try is due now, or it would be late by as much. */
    async setBack(guildId: GuildId): Promise<void> {
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        const waiting = [tx.accounts, tx.servers, tx.drills, tx.deliveries, tx.posts, tx.forgettings];
        for (const store of [...waiting, tx.webhooks]) await store.setBack(now);
        const settings = await tx.settings.get();
        const nextSyncAt = nextSync(settings, now);
        if (settings.nextSyncAt > nextSyncAt) await tx.settings.update({ nextSyncAt });
      });
    },

    /**
     * Whoever runs Usher says that the clock is right: what is due goes on, in every guild. It is said where it was
     * confirmed, and in all that were told; who they are is no business of these.
     */
    async confirm(guildId: GuildId, actorId: ActorId): Promise<void> {
      deps.clockHold.confirm();
      const guildIds = new Set([guildId, ...told]);
      told.clear();
      const facts = { how: 'clock-confirmed' };
      for (const each of guildIds)
        await deps.stores.transaction(each, async (tx) => {
          const by = each === guildId ? actorId : null;
          const now = deps.clock.now();
          await tx.audit.append({ action: 'access.held', actorId: by, facts, at: now });
          const text = by
            ? say('alert.clock.confirmed', { who: await personOf(tx, by), at: timeOf(now) })
            : say('alert.clock.confirmedByOwner', { at: timeOf(now) });
          await over(deps, tx, 'clock', { text, now });
        });
    },
  };
}
