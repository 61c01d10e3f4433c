import { z } from 'zod';
import type { Delivery, Outbox } from '../../../app/ports/outbox.ts';
import { toGuildId } from '../../../domain/ids.ts';
import type { Database, Queries } from '../client.ts';
import { deliveryKind } from './column-enums.ts';
import { parseContent } from './json.ts';

/**
 * The deliveries of all guilds, as the relay sees them. The head of a sink is its owed delivery with the lowest
 * sequence. Only heads are returned, so a sink that has to wait keeps its order and does not hold up the others.
 */
export function createOutbox(db: Database): Outbox {
  return {
    async listDue(now, limit) {
      // Two guilds may owe something to the same person, who is one sink for Discord: the second one has to wait.
      const sinks = new Set<string>();
      return (await headsDue(db.reader, now, limit)).filter(({ kind, sink }) => {
        const size = sinks.size;
        return sinks.add(`${kind} ${sink}`).size > size;
      });
    },
    async nextMoment() {
      const [head] = rowsWithMoment.parse(
        await db.reader.$queryRaw`
          SELECT d."dueAt" FROM "Delivery" AS d JOIN (
            SELECT "guildId", "kind", "sink", MIN("sequence") AS "sequence" FROM "Delivery"
            WHERE "state" = 'owed' GROUP BY "guildId", "kind", "sink") AS head
          ON d."guildId" = head."guildId" AND d."kind" = head."kind" AND d."sink" = head."sink"
            AND d."sequence" = head."sequence"
          ORDER BY d."dueAt" LIMIT 1`,
      );
      return head?.dueAt;
    },
    async postpone({ guildId, id }, dueAt, trouble) {
      await db.transaction(guildId, (queries) =>
        queries.delivery.updateMany({
          where: { guildId, id, state: 'owed' },
          data: { dueAt, trouble, attempts: { increment: 1 } },
        }),
      );
    },
  };
}

const rowsWithMoment = z.array(z.object({ dueAt: z.date() }));

const rowsDue = z.array(
  z.object({
    id: z.string(),
    guildId: z.string().transform(toGuildId),
    kind: z.string().transform(deliveryKind),
    sink: z.string(),
    content: z.string().transform(parseContent),
    attempts: z.number(),
  }),
);

async function headsDue(queries: Queries, now: Date, limit: number): Promise<readonly Delivery[]> {
  return rowsDue.parse(
    await queries.$queryRaw`
      SELECT d."id", d."guildId", d."kind", d."sink", d."content", d."attempts"
      FROM "Delivery" AS d JOIN (
        SELECT "guildId", "kind", "sink", MIN("sequence") AS "sequence" FROM "Delivery"
        WHERE "state" = 'owed' GROUP BY "guildId", "kind", "sink") AS head
      ON d."guildId" = head."guildId" AND d."kind" = head."kind" AND d."sink" = head."sink"
        AND d."sequence" = head."sequence"
      WHERE d."dueAt" <= ${now}
      ORDER BY d."dueAt", d."guildId", d."id" LIMIT ${limit}`,
  );
}
