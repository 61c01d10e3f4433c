/** How a delivery ended, written down together with what follows from it (rule 8). */
import type { Deps } from './deps.ts';
import type { Delivery, GuildStores } from './ports.ts';

export function makeDeliveries(deps: Deps) {
  return {
    /** Discord has it. */
    async sent(delivery: Delivery, messageId: string): Promise<void> {
      await deps.stores.transaction(delivery.guildId, async (tx) => {
        const now = deps.clock.now();
        if (!(await tx.deliveries.markSent(delivery.id, messageId, now))) return;
        await noteDm(tx, delivery, 'open', now);
      });
    },

    /** It will not be sent: `closed` when the person takes no direct messages. */
    async parked(delivery: Delivery, trouble: string, closed: boolean): Promise<void> {
      await deps.stores.transaction(delivery.guildId, async (tx) => {
        const now = deps.clock.now();
        if (!(await tx.deliveries.park(delivery.id, trouble, now))) return;
        if (closed) await noteDm(tx, delivery, 'closed', now);
      });
    },
  };
}

async function noteDm(
  tx: GuildStores,
  { kind, sink, content }: Delivery,
  dmState: 'open' | 'closed',
  at: Date,
) {
  if (kind !== 'dm' || content.kind === 'role') return;
  await tx.members.ensure(sink);
  await tx.members.update(sink, { dmState });
  if (content.kind !== 'invite') return;
  const invite = await tx.invites.find(content.inviteId);
  await tx.audit.append({
    action: dmState === 'open' ? 'invite.sent' : 'invite.dm_closed',
    actorId: null,
    targetId: sink,
    facts: invite ? { invite: invite.prefix } : {},
    at,
  });
}
