import type { DeliveryKind, DeliveryStore, Owed } from '../../../app/ports/outbox.ts';
import { keptText, readKeptText } from '../../../domain/kept-text.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { countersOf, type GuildContext } from './context.ts';
import { parseContent } from './json.ts';
import { writePending } from './many-rows.ts';

export function createDeliveryStore(context: GuildContext): DeliveryStore {
  const { guildId, queries } = context;
  // The content is erased: it is not needed any more and may be private. The audit table keeps the events.
  async function settle(
    ids: readonly string[],
    data: Prisma.DeliveryUpdateManyMutationInput,
  ): Promise<boolean> {
    await writePending(context);
    const { count } = await queries.delivery.updateMany({
      where: { guildId, id: { in: [...ids] }, state: 'owed' },
      data: { ...data, content: '', lane: null, attempts: { increment: 1 } },
    });
    if (count === 0) return false;
    const over = await queries.delivery.findFirst({
      where: { guildId, id: { in: [...ids] } },
      select: { kind: true, sink: true },
    });
    if (over) await offerNext(context, over);
    return true;
  }

  return {
    owe: (delivery, now) => owe(context, delivery, now),
    async oweEach(kind, deliveries, now) {
      await writePending(context);
      for (let start = 0; start < deliveries.length; start += SINKS_AT_ONCE) {
        const some = deliveries.slice(start, start + SINKS_AT_ONCE);
        const of = { guildId, kind, sink: { in: some.map(({ sink }) => sink) } };
        const [lasts, owed] = await Promise.all([
          queries.delivery.groupBy({ by: ['sink'], where: of, _max: { sequence: true } }),
          queries.delivery.findMany({ where: { ...of, state: 'owed' }, select: { sink: true } }),
        ]);
        const waiting = new Set(owed.map(({ sink }) => sink));
        const last = new Map(lasts.map(({ sink, _max }) => [sink, _max.sequence ?? 0]));
        for (const one of some) {
          const { sink } = one;
          append(
            context,
            { ...one, kind },
            { sequence: last.get(sink) ?? 0, isOwed: waiting.has(sink) },
            now,
          );
        }
      }
    },
    async listOwed(kind, sinks) {
      await writePending(context);
      const found: { readonly id: string; readonly sink: string; readonly content: string }[] = [];
      for (let start = 0; start < sinks.length; start += SINKS_AT_ONCE)
        found.push(
          ...(await queries.delivery.findMany({
            where: { guildId, state: 'owed', kind, sink: { in: sinks.slice(start, start + SINKS_AT_ONCE) } },
            orderBy: [{ sink: 'asc' }, { sequence: 'asc' }],
            select: { id: true, sink: true, content: true },
          })),
        );
      return found.map((row) => ({ ...row, content: parseContent(row.content) }));
    },
    async rewrite(id, content) {
      await writePending(context);
      const { count } = await queries.delivery.updateMany({
        where: { guildId, id, state: 'owed' },
        data: { content: JSON.stringify(content) },
      });
      return count > 0;
    },
    markSent: (ids, messageId, now) => settle(ids, { state: 'sent', messageId, sentAt: now, trouble: null }),
    park: (id, trouble, now) => settle([id], { state: 'parked', trouble: keptText(trouble), dueAt: now }),
    async refuse(id, { trouble, dueAt }, now) {
      await writePending(context);
      const again = { trouble: keptText(trouble), dueAt, attempts: { increment: 1 } };
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
        where: { guildId, state: 'owed', kind: { in: IN_CHANNELS }, refusedSince: { not: null } },
        orderBy: { refusedSince: 'asc' },
        select: { sink: true, refusedSince: true, trouble: true },
      });
      const counts = await queries.delivery.groupBy({
        by: ['sink'],
        where: {
          guildId,
          state: 'owed',
          kind: { in: IN_CHANNELS },
          sink: { in: heads.map(({ sink }) => sink) },
        },
        _count: true,
      });
      // A channel may refuse several kinds of message.
      const firsts = new Map(heads.toReversed().map((head) => [head.sink, head]));
      return [...firsts.values()].toReversed().flatMap(({ sink, refusedSince, trouble }) => {
        const waiting = counts.find((one) => one.sink === sink)?._count ?? 0;
        return refusedSince
          ? [{ channelId: sink, since: refusedSince, trouble: readKeptText(trouble ?? ''), waiting }]
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
    async move({ from, to }, kind, now) {
      await writePending(context);
      // Far enough that none gets a number of the other channel, and their order stays.
      const { sequence: offset } = await lastOf(context, kind, to);
      await queries.delivery.updateMany({
        where: { guildId, state: 'owed', kind, sink: from },
        data: {
          sink: to,
          sequence: { increment: offset },
          dueAt: now,
          lane: null,
          refusedSince: null,
          trouble: null,
        },
      });
      await offerNext(context, { kind, sink: to });
      for (const sink of [from, to]) countersOf(context).sequences.delete(`${kind} ${sink}`);
    },
  };
}

/** SQLite takes no more values than some thousands in a statement. */
const SINKS_AT_ONCE = 500;
const IN_CHANNELS: DeliveryKind[] = ['audit', 'alert', 'channel'];

/** What of a guild takes its turn: kind and guild, as the column says it. */
const laneOf = (guildId: string, kind: string): string => `${kind} ${guildId}`;

/** Adds a delivery to the end of its sink. It is due at once, if nothing else is said. */
export async function owe(context: GuildContext, delivery: Owed, now: Date): Promise<void> {
  const { kind, sink } = delivery;
  const used = countersOf(context).sequences.get(`${kind} ${sink}`);
  const last = used === undefined ? await lastOf(context, kind, sink) : { sequence: used, isOwed: true };
  append(context, delivery, last, now);
}

function append(
  context: GuildContext,
  { id, kind, sink, content, dueAt }: Owed,
  last: { readonly sequence: number; readonly isOwed: boolean },
  now: Date,
): void {
  const { guildId } = context;
  const { sequences, pending } = countersOf(context);
  pending.deliveries.push({
    guildId,
    id,
    kind,
    sink,
    sequence: last.sequence + 1,
    content: JSON.stringify(content),
    dueAt: dueAt ?? now,
    lane: last.isOwed ? null : laneOf(guildId, kind),
    createdAt: now,
  });
  sequences.set(`${kind} ${sink}`, last.sequence + 1);
}

/** The newest of a sink. It is owed when any is, because a sink is served in order. */
async function lastOf(
  { guildId, queries }: GuildContext,
  kind: string,
  sink: string,
): Promise<{ readonly sequence: number; readonly isOwed: boolean }> {
  const last = await queries.delivery.findFirst({
    where: { guildId, kind, sink },
    orderBy: { sequence: 'desc' },
    select: { sequence: true, state: true },
  });
  return { sequence: last?.sequence ?? 0, isOwed: last?.state === 'owed' };
}

/** The oldest that a sink still waits for is the next one that is sent there. */
async function offerNext(
  { guildId, queries }: GuildContext,
  { kind, sink }: { readonly kind: string; readonly sink: string },
): Promise<void> {
  const next = await queries.delivery.findFirst({
    where: { guildId, state: 'owed', kind, sink },
    orderBy: { sequence: 'asc' },
    select: { id: true },
  });
  if (!next) return;
  await queries.delivery.updateMany({
    where: { guildId, id: next.id },
    data: { lane: laneOf(guildId, kind) },
  });
}
