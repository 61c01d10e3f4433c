/**
 * The record as a whole. Long stretches are read as one JSON text each, because a row for each event costs several
 * times as much.
 */
import { z } from 'zod';
import type { RecordFilter, RecordStore } from '../../../app/ports/stores/record.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import { readKeptText } from '../../../domain/kept-text.ts';
import type { AuditEvent } from '../../../domain/model.ts';
import type { Head, Recorded, SignedHead } from '../../../domain/record.ts';
import type { RecordHead as HeadRow } from '../generated/sqlite/client.ts';
import { hashEvent, hashFacts, newSalt } from './chain.ts';
import { auditAction } from './column-enums.ts';
import { countersOf, type GuildContext } from './context.ts';
import { parseFacts } from './json.ts';
import { updateRows, writePending } from './many-rows.ts';

/** Columns of an event as it is told. */
export const EVENT = {
  number: true,
  action: true,
  actorId: true,
  targetId: true,
  facts: true,
  at: true,
} as const;

export function eventOf(row: {
  readonly number: number;
  readonly action: string;
  readonly actorId: string | null;
  readonly targetId: string | null;
  readonly facts: string;
  readonly at: Date;
}): AuditEvent {
  return {
    number: row.number,
    action: auditAction(row.action),
    actorId: row.actorId === null ? null : toActorId(row.actorId),
    targetId: row.targetId === null ? null : toMemberId(row.targetId),
    facts: parseFacts(row.facts),
    at: row.at,
  };
}

export function createRecordStore(context: GuildContext): RecordStore {
  const { guildId, queries } = context;

  /**
   * Each kind of event, and each part that somebody has in it, is found by an index: the first of each, put together.
   */
  async function numbersOf(
    { actions = [], personId, after = 0 }: RecordFilter,
    {
      from,
      order,
      limit,
    }: { readonly from?: number; readonly order: 'ASC' | 'DESC'; readonly limit: number },
  ): Promise<readonly number[]> {
    await writePending(context);
    const values: (string | number)[] = [];
    const given = (value: string | number): string => {
      values.push(value);
      return context.dialect === 'sqlite' ? '?' : `$${values.length}`;
    };
    const people = personId === undefined ? [undefined] : (['targetId', 'actorId'] as const);
    const parts = (actions.length > 0 ? actions : [undefined]).flatMap((action) =>
      people.map((person) => {
        const wanted = [
          `"guildId" = ${given(guildId)} AND "number" > ${given(after)}`,
          ...(from === undefined ? [] : [`"number" <= ${given(from)}`]),
          ...(action === undefined ? [] : [`"action" = ${given(action)}`]),
          ...(person === undefined || personId === undefined ? [] : [`"${person}" = ${given(personId)}`]),
        ].join(' AND ');
        return `SELECT * FROM (SELECT "number" FROM "AuditEvent" WHERE ${wanted}
                ORDER BY "number" ${order} LIMIT ${given(limit)}) AS part`;
      }),
    );
    // Safe: what is given are values, and the rest is ours.
    const rows = await queries.$queryRawUnsafe(
      `SELECT DISTINCT "number" FROM (${parts.join(' UNION ALL ')}) AS found
       ORDER BY "number" ${order} LIMIT ${given(limit)}`,
      ...values,
    );
    return numbers.parse(rows).map(({ number }) => number);
  }

  async function head(): Promise<Head> {
    const { counters } = context;
    if (counters) return { number: counters.auditNumber, hash: counters.auditHead };
    const row = await queries.guild.findUnique({
      where: { id: guildId },
      select: { auditNumber: true, auditHead: true },
    });
    return { number: row?.auditNumber ?? 0, hash: row?.auditHead ?? '' };
  }

  return {
    head,

    async list(filter, { from, limit }) {
      const found = await numbersOf(filter, { ...(from !== undefined && { from }), order: 'DESC', limit });
      const rows = await queries.auditEvent.findMany({
        where: { guildId, number: { in: [...found] } },
        orderBy: { number: 'desc' },
        select: EVENT,
      });
      return rows.map(eventOf);
    },
    listNewer: ({ after: least = 0, ...filter }, { after, limit }) =>
      numbersOf({ ...filter, after: Math.max(least, after) }, { order: 'ASC', limit }),
    async find(number) {
      await writePending(context);
      const where = { guildId_number: { guildId, number } };
      const row = await queries.auditEvent.findUnique({ where, select: EVENT });
      return row ? eventOf(row) : undefined;
    },
    async findLine(number) {
      await writePending(context);
      const where = { guildId_number: { guildId, number } };
      const select = { channelId: true, messageId: true };
      const { channelId, messageId } = (await queries.auditEvent.findUnique({ where, select })) ?? {};
      if (channelId && messageId) return { kind: 'sent', channelId, messageId };
      const owed = await queries.delivery.findFirst({
        where: {
          ...{ guildId, state: 'owed', kind: 'audit' },
          content: { startsWith: `{"kind":"audit","event":{"number":${number},` },
        },
        select: { sink: true, createdAt: true, refusedSince: true, trouble: true },
      });
      if (!owed) return { kind: 'unknown' };
      const { sink, refusedSince, trouble } = owed;
      if (refusedSince === null) return { kind: 'waiting', channelId: sink, since: owed.createdAt };
      return {
        ...{ kind: 'refused', channelId: sink, since: refusedSince },
        trouble: trouble === null ? '' : readKeptText(trouble),
      };
    },
    async noteShown(numbers, channelId, messageId) {
      await queries.auditEvent.updateMany({
        // Of whoever was forgotten meanwhile, nothing leads to what was said before.
        where: { guildId, number: { in: [...numbers] }, salt: { not: '' } },
        data: { channelId, messageId },
      });
    },
    async findLastBefore(at) {
      const end = (await head()).number + 1;
      // Numbers grow with time, so that twenty looks find it among a million, without an index by moments.
      const rows = await queries.$queryRaw`
        WITH RECURSIVE look("before", "behind") AS (
          SELECT 0, CAST(${end} AS INTEGER)
          UNION ALL
          SELECT
            CASE WHEN COALESCE((
              SELECT e."at" < ${at} FROM "AuditEvent" AS e
              WHERE e."guildId" = ${guildId} AND e."number" <= ("before" + "behind") / 2
              ORDER BY e."number" DESC LIMIT 1), TRUE) THEN ("before" + "behind") / 2 ELSE "before" END,
            CASE WHEN COALESCE((
              SELECT e."at" < ${at} FROM "AuditEvent" AS e
              WHERE e."guildId" = ${guildId} AND e."number" <= ("before" + "behind") / 2
              ORDER BY e."number" DESC LIMIT 1), TRUE) THEN "behind" ELSE ("before" + "behind") / 2 END
          FROM look WHERE "behind" - "before" > 1)
        SELECT MAX("before") AS "number" FROM look`;
      return numbers.parse(rows)[0]?.number ?? 0;
    },

    async read({ after, limit }) {
      await writePending(context);
      const [found] = texts.parse(
        await queries.$queryRawUnsafe(IN_ONE_TEXT[context.dialect], guildId, after, limit),
      );
      // Only our own columns are in it, and the database says which type they have.
      const rows: readonly Row[] = JSON.parse(found?.text ?? '[]');
      // Both databases keep the order in which the rows were found, and neither promises it.
      return rows.map((row) => recordedOf(context, row)).toSorted((one, other) => one.number - other.number);
    },
    isToBeChained: async () => (await chainedTo(context)) !== undefined,
    chainNext: (limit) => chainNext(context, limit),
    async listHeads() {
      const rows = await queries.recordHead.findMany({
        where: { guildId },
        orderBy: [{ at: 'asc' }, { number: 'asc' }],
      });
      return rows.map(headOf);
    },
    async findLastHead() {
      const row = await queries.recordHead.findFirst({
        where: { guildId },
        orderBy: [{ at: 'desc' }, { number: 'desc' }],
      });
      return row ? headOf(row) : undefined;
    },
    async addHead(head) {
      const { number, hash } = head;
      await queries.recordHead.upsert({
        where: { guildId_number_hash: { guildId, number, hash } },
        create: { guildId, ...head },
        update: {},
        select: { number: true },
      });
    },
    async noteChecked(at) {
      await queries.guild.updateMany({ where: { id: guildId }, data: { recordCheckedAt: at } });
    },
  };
}

type Row = readonly [
  number: number,
  action: string,
  actorId: string | null,
  targetId: string | null,
  facts: string,
  at: string,
  prevHash: string,
  hash: string,
  factsHash: string,
  salt: string,
];

const rest = '"prevHash", "hash", "factsHash", "salt"';
const IN_ONE_TEXT = {
  sqlite: `
    SELECT json_group_array(
      json_array("number", "action", "actorId", "targetId", "facts", "at", ${rest})) AS "text"
    FROM (SELECT * FROM "AuditEvent" WHERE "guildId" = ? AND "number" > ? ORDER BY "number" LIMIT ?)`,
  postgresql: `
    SELECT json_agg(
      json_build_array("number", "action", "actorId", "targetId", "facts",
        to_char("at", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), ${rest}))::text AS "text"
    FROM (SELECT * FROM "AuditEvent" WHERE "guildId" = $1 AND "number" > $2 ORDER BY "number" LIMIT $3) AS e`,
} as const;

const numbers = z.array(z.object({ number: z.coerce.number() }));
const texts = z.array(z.object({ text: z.string().nullable() }));

/** As they are stored; reading each as a date would take longer than its hashes. */
const WRITTEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:\+00:00|Z)$/;

function recordedOf({ guildId }: GuildContext, row: Row): Recorded {
  const [number, action, actorId, targetId, facts, written, prevHash, hash, factsHash, salt] = row;
  const at = WRITTEN.test(written) ? `${written.slice(0, 23)}Z` : new Date(written).toISOString();
  const isAsWritten =
    factsHash !== '' &&
    (salt === '' || hashFacts(salt, { actorId, targetId, facts }) === factsHash) &&
    hashEvent(prevHash, guildId, { number, action, at, factsHash }) === hash;
  return {
    ...{ number, action, at, facts, prevHash, hash, factsHash, salt, isAsWritten },
    actorId: actorId === null ? null : toActorId(actorId),
    targetId: targetId === null ? null : toMemberId(targetId),
  };
}

function headOf({ guildId: _guildId, ...head }: HeadRow): SignedHead {
  return head;
}

/**
 * In a record that an older version began, hashes are of all of an event. They are made anew in the way of now, from
 * the first of these on, as long as nobody has been told a head. Resolves to the event up to which that is done;
 * undefined where there is nothing to do.
 */
async function chainedTo({ guildId, queries }: GuildContext): Promise<number | undefined> {
  if ((await queries.recordHead.count({ where: { guildId } })) > 0) return undefined;
  const guild = await queries.guild.findUnique({ where: { id: guildId }, select: { recordChainedTo: true } });
  if (guild && guild.recordChainedTo !== null) return guild.recordChainedTo;
  // An older version wrote the first of them, if it wrote any.
  const first = await queries.auditEvent.findFirst({
    where: { guildId },
    orderBy: { number: 'asc' },
    select: { factsHash: true },
  });
  return first?.factsHash === '' ? 0 : undefined;
}

/** The next `limit` behind one; with the last of all, the record goes on from what was made. */
async function chainNext(context: GuildContext, limit: number): Promise<void> {
  const { guildId, queries } = context;
  const counters = countersOf(context);
  const after = await chainedTo(context);
  if (after === undefined) return;
  await writePending(context);
  const before = await queries.auditEvent.findFirst({
    where: { guildId, number: { lte: after } },
    orderBy: { number: 'desc' },
    select: { hash: true },
  });
  let prevHash = before?.hash ?? '';
  const rows = await queries.auditEvent.findMany({
    where: { guildId, number: { gt: after } },
    orderBy: { number: 'asc' },
    take: limit,
  });
  await updateRows(
    context,
    'AuditEvent',
    rows.map((row) => {
      const isOld = row.factsHash === '';
      const salt = isOld ? newSalt() : row.salt;
      const factsHash = isOld ? hashFacts(salt, row) : row.factsHash;
      const hash = hashEvent(prevHash, guildId, { ...row, at: row.at.toISOString(), factsHash });
      const chained = { number: row.number, salt, factsHash, prevHash, hash };
      prevHash = hash;
      return chained;
    }),
  );
  const isLast = rows.length < limit;
  if (isLast) counters.auditHead = prevHash;
  const recordChainedTo = isLast ? null : (rows.at(-1)?.number ?? null);
  await queries.guild.update({ where: { id: guildId }, data: { recordChainedTo }, select: { id: true } });
}
