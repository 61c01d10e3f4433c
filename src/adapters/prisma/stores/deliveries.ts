import type { Delivery, DeliveryStore } from '../../../app/ports/outbox.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { countersOf, type GuildContext } from './context.ts';
import { writePending } from './insert-rows.ts';

export function createDeliveryStore(context: GuildContext): DeliveryStore {
  const { guildId, queries } = context;
  // The content is erased: it is not needed any more and may be private. The audit table keeps the events.
  async function settle(id: string, data: Prisma.DeliveryUpdateManyMutationInput): Promise<boolean> {
    await writePending(context);
    const { count } = await queries.delivery.updateMany({
      where: { guildId, id, state: 'owed' },
      data: { ...data, content: '', attempts: { increment: 1 } },
    });
    return count > 0;
  }

  return {
    owe: (delivery, now) => owe(context, delivery, now),
    markSent: (id, messageId, now) => settle(id, { state: 'sent', messageId, sentAt: now, trouble: null }),
    park: (id, trouble, now) => settle(id, { state: 'parked', trouble, dueAt: now }),
  };
}

/** Adds a delivery to the end of its sink. It is due at once. */
export async function owe(
  context: GuildContext,
  { id, kind, sink, content }: Pick<Delivery, 'id' | 'kind' | 'sink' | 'content'>,
  now: Date,
): Promise<void> {
  const { guildId } = context;
  const { sequences, pending } = countersOf(context);
  const key = `${kind} ${sink}`;
  const last = sequences.get(key) ?? (await lastSequence(context, kind, sink));
  pending.deliveries.push({
    guildId,
    id,
    kind,
    sink,
    sequence: last + 1,
    content: JSON.stringify(content),
    dueAt: now,
    createdAt: now,
  });
  sequences.set(key, last + 1);
}

async function lastSequence({ guildId, queries }: GuildContext, kind: string, sink: string): Promise<number> {
  const last = await queries.delivery.findFirst({
    where: { guildId, kind, sink },
    orderBy: { sequence: 'desc' },
    select: { sequence: true },
  });
  return last?.sequence ?? 0;
}
