import { z } from 'zod';
import type { Delivery, Outbox } from '../../../app/ports/outbox.ts';
import type { Database, Queries } from '../client.ts';
import { deliveryKind } from './column-enums.ts';
import { parseContent } from './json.ts';

/**
 * The relay's view of the deliveries of all guilds. The head of a sink is its owed delivery with the lowest
 * sequence; only heads are seen here, so a sink that waits keeps its order and holds up nobody else.
 */
export function createOutbox(db: Database): Outbox {
  return {
    async listDue(now, limit) {
      // A person may be owed something by two guilds, and is one sink to Discord: one of them, the other next time.
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
    guildId: z.string(),
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
