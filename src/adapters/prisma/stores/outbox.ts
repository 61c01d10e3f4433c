import { z } from 'zod';
import type { Delivery, Outbox } from '../../../app/ports/outbox.ts';
import { toGuildId } from '../../../domain/ids.ts';
import { keptText } from '../../../domain/kept-text.ts';
import type { Database, Queries } from '../client.ts';
import { deliveryKind } from './column-enums.ts';
import { parseContent } from './json.ts';

/** The share of what is on its way that one guild may have, so that there is always room for another. */
const SHARE = 4;

/**
 * The deliveries of all guilds, as the relay sees them. The head of a sink is its owed delivery with the lowest
 * sequence; only heads have a lane, which is their kind and guild. So a sink that has to wait keeps its order and holds
 * up no other, and what is found costs as much as there are lanes with something in them, however much waits behind the
 * heads or was sent.
 */
export function createOutbox(db: Database): Outbox {
  /** Of each kind, the lane that had its turn last. */
  const lastTurn = new Map<string, string>();
  return {
    async listDue(now, limit, onItsWay = []) {
      const lanes = (await lanesOf(db.reader)).filter(({ dueAt }) => dueAt <= now).map(({ lane }) => lane);
      const due: Delivery[] = [];
      for (const [kind, ofKind] of Map.groupBy(lanes, kindOf)) {
        const busy = onItsWay.filter((delivery) => delivery.kind === kind);
        const found = await takeTurns(db.reader, fromNext(ofKind, lastTurn.get(kind)), { now, limit, busy });
        const last = found.at(-1);
        if (last) lastTurn.set(kind, laneOf(last));
        due.push(...found);
      }
      return due;
    },
    async listBehind({ guildId, id, kind, sink }, limit) {
      const own = await db.reader.delivery.findFirst({ where: { guildId, id }, select: { sequence: true } });
      if (!own) return [];
      const rows = await db.reader.delivery.findMany({
        where: { guildId, kind, sink, sequence: { gt: own.sequence }, state: 'owed' },
        orderBy: { sequence: 'asc' },
        take: limit,
        select: { id: true, content: true, attempts: true },
      });
      return rows.map(({ content, ...row }) => ({
        guildId,
        kind,
        sink,
        content: parseContent(content),
        ...row,
      }));
    },
    async nextMoment() {
      const moments = (await lanesOf(db.reader)).map(({ dueAt }) => dueAt.getTime());
      return moments.length > 0 ? new Date(Math.min(...moments)) : undefined;
    },
    async postpone({ guildId, id }, dueAt, trouble) {
      await db.transaction(guildId, (queries) =>
        queries.delivery.updateMany({
          where: { guildId, id, state: 'owed' },
          data: { dueAt, trouble: keptText(trouble), attempts: { increment: 1 } },
        }),
      );
    },
  };
}

const laneOf = ({ kind, guildId }: Delivery): string => `${kind} ${guildId}`;
const kindOf = (lane: string): string => lane.slice(0, lane.indexOf(' '));

/** The same lanes, beginning behind the one that had its turn last. */
function fromNext(lanes: readonly string[], last: string | undefined): readonly string[] {
  const at = last === undefined ? -1 : lanes.findIndex((lane) => lane > last);
  return at < 0 ? lanes : [...lanes.slice(at), ...lanes.slice(0, at)];
}

/** One of each lane, then another one of each, as far as there is room. */
async function takeTurns(
  queries: Queries,
  lanes: readonly string[],
  room: { readonly now: Date; readonly limit: number; readonly busy: readonly Delivery[] },
): Promise<readonly Delivery[]> {
  const { now, limit, busy } = room;
  const share = Math.max(1, Math.floor(limit / SHARE));
  // No more than can be sent is read, where many lanes are due.
  const each = Math.min(share, Math.ceil(limit / Math.max(lanes.length, 1)));
  // Two guilds may owe something to the same person, who is one sink for Discord: the second one has to wait.
  const sinks = new Set(busy.map(({ sink }) => sink));
  const chosen: (readonly Delivery[])[] = [];
  for (const lane of lanes.slice(0, limit)) {
    const theirs = busy.filter((delivery) => laneOf(delivery) === lane).length;
    if (theirs >= share) continue;
    const heads = await headsDue(queries, lane, now, each + theirs);
    chosen.push(heads.filter(({ sink }) => !sinks.has(sink)).slice(0, share - theirs));
  }
  const due: Delivery[] = [];
  for (let turn = 0; turn < share; turn += 1)
    for (const heads of chosen) {
      const head = heads[turn];
      if (!head || busy.length + due.length >= limit || sinks.has(head.sink)) continue;
      sinks.add(head.sink);
      due.push(head);
    }
  return due;
}

/**
 * The lanes with something in them, and when the first of each is due. Each costs a step in the index: a list of all
 * heads, or one grouped by lane, would read all of them.
 */
async function lanesOf(queries: Queries): Promise<readonly z.infer<typeof rowsOfLanes>[number][]> {
  return rowsOfLanes.parse(
    await queries.$queryRaw`
      WITH RECURSIVE step("lane") AS (
        SELECT (SELECT d."lane" FROM "Delivery" AS d WHERE d."lane" > '' ORDER BY d."lane" LIMIT 1)
        UNION ALL
        SELECT (SELECT d."lane" FROM "Delivery" AS d WHERE d."lane" > step."lane" ORDER BY d."lane" LIMIT 1)
        FROM step WHERE step."lane" IS NOT NULL)
      SELECT step."lane", (
        SELECT d."dueAt" FROM "Delivery" AS d WHERE d."lane" = step."lane" ORDER BY d."dueAt" LIMIT 1) AS "dueAt"
      FROM step WHERE step."lane" IS NOT NULL`,
  );
}

const rowsOfLanes = z.array(z.object({ lane: z.string(), dueAt: z.coerce.date() }));

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

async function headsDue(
  queries: Queries,
  lane: string,
  now: Date,
  limit: number,
): Promise<readonly Delivery[]> {
  return rowsDue.parse(
    await queries.$queryRaw`
      SELECT d."id", d."guildId", d."kind", d."sink", d."content", d."attempts"
      FROM "Delivery" AS d WHERE d."lane" = ${lane} AND d."dueAt" <= ${now}
      ORDER BY d."dueAt", d."id" LIMIT ${limit}`,
  );
}
