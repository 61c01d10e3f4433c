import { z } from 'zod';
import type { Stores } from '../../../app/ports/stores.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { toGuildId } from '../../../domain/ids.ts';
import type { Queries } from '../client.ts';

/**
 * Lists what is due. It crosses guilds, so it returns guilds and dates and nothing else (rule 9). Each query is
 * answered from an index, and its cost depends on how much is due and not on how much there is. Whatever makes a
 * guild due here must also be listed as due by its own stores, or the guild would be due for ever.
 */
export function createDue(queries: Queries): Stores['due'] {
  return {
    listGuilds: async (now) =>
      guildsOf(
        // With DISTINCT in the outer query. For a plain UNION, SQLite reads a whole index to get the guilds in
        // order.
        await queries.$queryRaw`
          SELECT DISTINCT "guildId" FROM (
            SELECT "guildId" FROM "Grant" WHERE "nextAt" <= ${now}
            UNION ALL SELECT "guildId" FROM "Account" WHERE "dueAt" <= ${now} AND "memberId" IS NOT NULL
            UNION ALL SELECT "guildId" FROM "Account" WHERE "lookAt" <= ${now} AND "memberId" IS NOT NULL
            UNION ALL SELECT "guildId" FROM "Account" WHERE "deleteAt" <= ${now} AND "memberId" IS NOT NULL
            UNION ALL SELECT "guildId" FROM "Drill" WHERE "dueAt" <= ${now}
            UNION ALL SELECT "guildId" FROM "Post" WHERE "dueAt" <= ${now}
            UNION ALL SELECT "guildId" FROM "Forgetting" WHERE "dueAt" <= ${now}
            UNION ALL SELECT "guildId" FROM "Server" WHERE "nextProbeAt" <= ${now}) AS due`,
      ),
    async nextMoment(only) {
      const inGuild = only === undefined ? {} : { guildId: only };
      const [grant, account, look, deletion, server, drill, post, forgetting] = await Promise.all([
        queries.grant.findFirst({
          where: { ...inGuild, nextAt: { not: null } },
          orderBy: { nextAt: 'asc' },
          select: { nextAt: true },
        }),
        queries.account.findFirst({
          where: { ...inGuild, dueAt: { not: null }, memberId: { not: null } },
          orderBy: { dueAt: 'asc' },
          select: { dueAt: true },
        }),
        queries.account.findFirst({
          where: { ...inGuild, lookAt: { not: null }, memberId: { not: null } },
          orderBy: { lookAt: 'asc' },
          select: { lookAt: true },
        }),
        queries.account.findFirst({
          where: { ...inGuild, deleteAt: { not: null }, memberId: { not: null } },
          orderBy: { deleteAt: 'asc' },
          select: { deleteAt: true },
        }),
        queries.server.findFirst({
          where: { ...inGuild, nextProbeAt: { not: null } },
          orderBy: { nextProbeAt: 'asc' },
          select: { nextProbeAt: true },
        }),
        queries.drill.findFirst({
          // Each has a moment; with the condition SQLite looks it up in place of walking over all of them.
          where: { ...inGuild, dueAt: { gt: new Date(0) } },
          orderBy: { dueAt: 'asc' },
          select: { dueAt: true },
        }),
        queries.post.findFirst({
          where: { ...inGuild, dueAt: { not: null } },
          orderBy: { dueAt: 'asc' },
          select: { dueAt: true },
        }),
        queries.forgetting.findFirst({
          // As for drills.
          where: { ...inGuild, dueAt: { gt: new Date(0) } },
          orderBy: { dueAt: 'asc' },
          select: { dueAt: true },
        }),
      ]);
      const moments = [
        grant?.nextAt,
        account?.dueAt,
        look?.lookAt,
        deletion?.deleteAt,
        server?.nextProbeAt,
        drill?.dueAt,
        post?.dueAt,
        forgetting?.dueAt,
      ].filter((moment) => moment instanceof Date);
      return moments.toSorted((a, b) => a.getTime() - b.getTime())[0];
    },
    listReminders: async (now) =>
      guildsOf(
        // Not the column itself: to have that in order, SQLite would read the whole index of the guilds.
        await queries.$queryRaw`
          SELECT DISTINCT "guildId" || '' AS "guildId" FROM "Grant" WHERE "remindAt" <= ${now}`,
      ),
    async nextReminder(only) {
      const next = await queries.grant.findFirst({
        where: { ...(only !== undefined && { guildId: only }), remindAt: { not: null } },
        orderBy: { remindAt: 'asc' },
        select: { remindAt: true },
      });
      return next?.remindAt ?? undefined;
    },
    async listWebhooks(now) {
      const rows = guildRows.parse(
        await queries.$queryRaw`
          SELECT w."guildId" FROM "Webhook" AS w JOIN "Guild" AS g ON g."id" = w."guildId"
          WHERE w."dueAt" <= ${now} AND w."sentNumber" < g."auditNumber" AND g."removedAt" IS NULL
          GROUP BY w."guildId" ORDER BY MIN(w."dueAt")`,
      );
      return rows.map(({ guildId }) => toGuildId(guildId));
    },
    async nextWebhook() {
      const [next] = moments.parse(
        await queries.$queryRaw`
          SELECT w."dueAt" FROM "Webhook" AS w JOIN "Guild" AS g ON g."id" = w."guildId"
          WHERE w."dueAt" IS NOT NULL AND w."sentNumber" < g."auditNumber" AND g."removedAt" IS NULL
          ORDER BY w."dueAt" LIMIT 1`,
      );
      return next?.dueAt;
    },
    async listAll() {
      const rows = await queries.guild.findMany({ orderBy: { id: 'asc' }, select: { id: true } });
      return rows.map(({ id }) => toGuildId(id));
    },
    async listSyncs(now) {
      const rows = await queries.guild.findMany({
        where: { nextSyncAt: { lte: now } },
        orderBy: [{ nextSyncAt: 'asc' }, { id: 'asc' }],
        select: { id: true },
      });
      return rows.map(({ id }) => toGuildId(id));
    },
    async listDigests(now) {
      const rows = await queries.guild.findMany({
        where: { nextDigestAt: { lte: now } },
        orderBy: [{ nextDigestAt: 'asc' }, { id: 'asc' }],
        select: { id: true },
      });
      return rows.map(({ id }) => toGuildId(id));
    },
    async listPurges(since) {
      const rows = await queries.guild.findMany({
        where: { OR: [{ purgedAt: null }, { purgedAt: { lte: since } }] },
        orderBy: { id: 'asc' },
        select: { id: true },
      });
      return rows.map(({ id }) => toGuildId(id));
    },
    async listRecordChecks(since) {
      const rows = await queries.guild.findMany({
        // The first time when there is a day of it.
        where: {
          OR: [{ recordCheckedAt: null, createdAt: { lte: since } }, { recordCheckedAt: { lte: since } }],
        },
        orderBy: { id: 'asc' },
        select: { id: true },
      });
      return rows.map(({ id }) => toGuildId(id));
    },
    listUnfinished: async () =>
      guildsOf(
        await queries.$queryRaw`
          SELECT "guildId" FROM "Account" WHERE "externalId" IS NULL
          UNION SELECT "guildId" FROM "Drill"
          UNION SELECT "guildId" FROM "SignIn" WHERE "state" IN ('waiting', 'approved', 'confirmed')`,
      ),
    listGuildsOfMember: async (userId) =>
      guildsOf(
        await queries.$queryRaw`
          SELECT m."guildId" FROM "Member" AS m WHERE m."userId" = ${userId} AND EXISTS (
            SELECT 1 FROM "Grant" AS g WHERE g."guildId" = m."guildId" AND g."memberId" = m."userId")
          UNION SELECT "guildId" FROM "Invite" WHERE "memberId" = ${userId}`,
      ),
    listGuildsAbout: async (userId) =>
      guildsOf(
        await queries.$queryRaw`
          SELECT "guildId" FROM "Member" WHERE "userId" = ${userId}
          UNION SELECT "guildId" FROM "Invite" WHERE "memberId" = ${userId}`,
      ),
    async findGuildOfInvite(codeHmacs) {
      const where = { codeHmac: { in: [...codeHmacs] } };
      const invite = await queries.invite.findFirst({ where, select: { guildId: true } });
      return invite === null ? undefined : toGuildId(invite.guildId);
    },
    async findGuildOfToken(hmacs) {
      const hmac = { in: [...hmacs] };
      const token = await queries.apiToken.findFirst({ where: { hmac }, select: { guildId: true } });
      return token === null ? undefined : toGuildId(token.guildId);
    },
  };
}

const moments = z.array(z.object({ dueAt: z.coerce.date() }));
const guildRows = z.array(z.object({ guildId: z.string() }));

function guildsOf(rows: unknown): readonly GuildId[] {
  return guildRows.parse(rows).map((row) => toGuildId(row.guildId));
}
