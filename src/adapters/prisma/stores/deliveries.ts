import type { Delivery, DeliveryStore } from '../../../app/ports/outbox.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { countersOf, type GuildContext } from './context.ts';
import { writePending } from './many-rows.ts';

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
    async refuse(id, { trouble, dueAt }, now) {
      await writePending(context);
      const again = { trouble, dueAt, attempts: { increment: 1 } };
      const known = { guildId, id, state: 'owed' };
      const { count } = await queries.delivery.updateMany({
        where: { ...known, refusedSince: null },
        data: { ...again, refusedSince: now },
      });
      if (count === 0) await queries.delivery.updateMany({ where: known, data: again });
      return count > 0;
    },
    async listRefused() {
      await writePending(context);
      const heads = await queries.delivery.findMany({
        where: { guildId, state: 'owed', kind: 'channel', refusedSince: { not: null } },
        orderBy: { refusedSince: 'asc' },
        select: { sink: true, refusedSince: true, trouble: true },
      });
      const sinks = heads.map(({ sink }) => sink);
      const counts = await queries.delivery.groupBy({
        by: ['sink'],
        where: { guildId, state: 'owed', kind: 'channel', sink: { in: sinks } },
        _count: true,
      });
      return heads.flatMap(({ sink, refusedSince, trouble }) => {
        const waiting = counts.find((one) => one.sink === sink)?._count ?? 0;
        return refusedSince
          ? [{ channelId: sink, since: refusedSince, trouble: trouble ?? '', waiting }]
          : [];
      });
    },
    async setBack(now) {
      await queries.delivery.updateMany({
        where: { guildId, state: 'owed', dueAt: { gt: now } },
        data: { dueAt: now },
      });
    },
    async retryRefused(now) {
      await queries.delivery.updateMany({
        where: { guildId, state: 'owed', refusedSince: { not: null } },
        data: { dueAt: now },
      });
    },
    async move({ from, to }, contents, now) {
      await writePending(context);
      // Far enough that none gets a number of the other channel, and their order stays.
      const offset = await lastSequence(context, 'channel', to);
      await queries.delivery.updateMany({
        where: {
          ...{ guildId, state: 'owed', kind: 'channel', sink: from },
          OR: contents.map((kind) => ({ content: { startsWith: `{"kind":${JSON.stringify(kind)}` } })),
        },
        data: { sink: to, sequence: { increment: offset }, dueAt: now, refusedSince: null, trouble: null },
      });
      countersOf(context).sequences.delete(`channel ${to}`);
    },
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
