/** What is stored about one person, what goes when they are forgotten, and what is too old to be kept. */

import type { PersonalDataStore } from '../../../app/ports/stores/data.ts';
import { dayOf, SERVER_DAYS_KEPT } from '../../../domain/availability.ts';
import { type Forgotten, withoutPerson } from '../../../domain/forget-facts.ts';
import type { MemberId } from '../../../domain/ids.ts';
import { countersOf, type GuildContext } from './context.ts';
import { canonicalJson, parseContent } from './json.ts';
import { writePending } from './many-rows.ts';
import { eventOf } from './record.ts';
import { readPersonalData } from './told-rows.ts';

export function createPersonalDataStore(context: GuildContext): PersonalDataStore {
  const { guildId, queries } = context;

  async function forgotten(userId: MemberId, pseudonym: string): Promise<Forgotten> {
    const accounts = await queries.account.findMany({
      where: { guildId, OR: [{ memberId: userId }, { formerMemberId: userId }] },
      select: { name: true },
    });
    return { userId, pseudonym, names: accounts.map(({ name }) => name).filter((name) => name !== '') };
  }

  /** What is owed of the record says it without them; other messages that name them are not sent. */
  async function forgetOwed(person: Forgotten): Promise<void> {
    const { userId } = person;
    const owed = await queries.delivery.findMany({
      where: { guildId, state: 'owed' },
      select: { id: true, content: true },
    });
    for (const { id, content: text } of owed) {
      const content = parseContent(text);
      const where = { guildId_id: { guildId, id } };
      if (content.kind === 'audit') {
        const without = withoutPerson(content.event, person);
        if (!without) continue;
        const data = { content: JSON.stringify({ ...content, event: { ...content.event, ...without } }) };
        await queries.delivery.update({ where, data, select: { id: true } });
      } else if (text.includes(userId)) {
        const data = { content: JSON.stringify(NOTHING_TO_SAY) };
        await queries.delivery.update({ where, data, select: { id: true } });
      }
    }
  }

  return {
    read: (userId) => readPersonalData(context, userId),

    async forgetEvents(userId, pseudonym, { after, limit }) {
      await writePending(context);
      const person = await forgotten(userId, pseudonym);
      const rows = await queries.auditEvent.findMany({
        where: { guildId, number: { gt: after } },
        orderBy: { number: 'asc' },
        take: limit,
      });
      for (const row of rows) {
        const without = withoutPerson(eventOf(row), person);
        if (!without) continue;
        await queries.auditEvent.update({
          where: { guildId_number: { guildId, number: row.number } },
          // The message may name them still, and nothing is to lead there.
          data: {
            ...without,
            facts: canonicalJson(without.facts),
            salt: '',
            channelId: null,
            messageId: null,
          },
          select: { number: true },
        });
      }
      return rows.at(-1)?.number;
    },

    async erase(userId, pseudonym) {
      await writePending(context);
      const mine = { guildId, memberId: userId };
      await queries.delivery.deleteMany({
        where: { guildId, kind: { in: ['dm', 'notice', 'role'] }, sink: userId },
      });
      await forgetOwed(await forgotten(userId, pseudonym));
      await queries.post.deleteMany({
        where: { guildId, OR: [{ topic: { contains: userId } }, { content: { contains: userId } }] },
      });
      await queries.draft.deleteMany({
        where: { guildId, OR: [{ userId }, { content: { contains: userId } }] },
      });
      await queries.signIn.deleteMany({ where: mine });
      await queries.redemption.deleteMany({ where: mine });
      await queries.grant.deleteMany({ where: mine });
      await queries.invite.deleteMany({ where: mine });
      const did = { guildId, createdById: userId };
      await queries.grant.updateMany({ where: did, data: { createdById: pseudonym } });
      await queries.invite.updateMany({ where: did, data: { createdById: pseudonym } });
      await queries.apiToken.updateMany({ where: did, data: { createdById: pseudonym } });
      await queries.request.updateMany({
        where: { guildId, decidedById: userId },
        data: { decidedById: pseudonym },
      });
      await queries.arrival.updateMany({ where: mine, data: { memberId: null, score: 0, why: null } });
      await queries.plan.updateMany({ where: { guildId, roleById: userId }, data: { roleById: null } });
      await queries.heldRun.updateMany({
        where: { guildId, decidedById: userId },
        data: { decidedById: pseudonym },
      });
      await queries.forgetting.updateMany({
        where: { guildId, askedById: userId },
        data: { askedById: pseudonym },
      });
      await queries.account.updateMany({
        where: { guildId, formerMemberId: userId },
        data: { formerMemberId: null },
      });
      await queries.member.deleteMany({ where: { guildId, userId } });
      countersOf(context).membersThere.clear();
      await queries.forgetting.deleteMany({ where: { guildId, userId } });
    },

    async purge(before, now, limit) {
      const oldestDay = dayOf(new Date(now.getTime() - SERVER_DAYS_KEPT * DAY_MS));
      const over = [
        () =>
          queries.delivery.deleteMany({
            where: { guildId, state: { not: 'owed' }, createdAt: { lt: before } },
            limit,
          }),
        () => queries.jobRun.deleteMany({ where: { guildId, finishedAt: { lt: before } }, limit }),
        () => queries.draft.deleteMany({ where: { guildId, expiresAt: { lte: now } }, limit }),
        () =>
          queries.signIn.deleteMany({
            where: { guildId, state: { in: ['done', 'expired'] }, createdAt: { lt: before } },
            limit,
          }),
        () =>
          queries.post.deleteMany({ where: { guildId, state: 'closed', closedAt: { lt: before } }, limit }),
        () =>
          queries.request.deleteMany({
            where: { guildId, state: { not: 'waiting' }, decidedAt: { lt: before } },
            limit,
          }),
        () => queries.serverDay.deleteMany({ where: { guildId, day: { lt: oldestDay } }, limit }),
        // What was dismissed is asked about again when it comes to more: the last of these is known for good.
        () =>
          queries.heldRun.deleteMany({
            where: { guildId, state: 'released', decidedAt: { lt: before } },
            limit,
          }),
      ];
      let gone = 0;
      for (const remove of over) gone += (await remove()).count;
      return gone + (await purgeNames(context, before, limit));
    },

    async notePurged(at) {
      await queries.guild.updateMany({ where: { id: guildId }, data: { purgedAt: at } });
    },
    async findRemoved() {
      const row = await queries.guild.findUnique({ where: { id: guildId }, select: { removedAt: true } });
      return row?.removedAt ?? null;
    },
    async noteRemoved(at) {
      await queries.guild.updateMany({ where: { id: guildId }, data: { removedAt: at } });
    },

    async eraseGuild(limit) {
      const where = { guildId };
      // Those with the most rows; the rest goes with the guild.
      const many = [
        () => queries.auditEvent.deleteMany({ where, limit }),
        () => queries.delivery.deleteMany({ where, limit }),
        () => queries.grant.deleteMany({ where, limit }),
        () => queries.invite.deleteMany({ where, limit }),
        () => queries.account.deleteMany({ where, limit }),
        () => queries.member.deleteMany({ where, limit }),
      ];
      for (const remove of many) if ((await remove()).count > 0) return false;
      await queries.guild.deleteMany({ where: { id: guildId } });
      return true;
    },
  };
}

const DAY_MS = 86_400_000;
/** In place of what is not to be sent any more: a post that is not there is parked by whoever sends it. */
const NOTHING_TO_SAY = { kind: 'post', postId: '', version: 0 } as const;

/**
 * What somebody was called goes when nothing else is stored about them: Discord tells it again when they appear. That
 * holds for whoever was forgotten, and then named by somebody else.
 */
async function purgeNames({ guildId, queries }: GuildContext, before: Date, limit: number): Promise<number> {
  return await queries.$executeRaw`
    DELETE FROM "Member" WHERE "guildId" = ${guildId} AND "userId" IN (
      SELECT m."userId" FROM "Member" AS m
      WHERE m."guildId" = ${guildId} AND m."note" IS NULL AND m."createdAt" < ${before}
        AND NOT EXISTS (SELECT 1 FROM "Grant" AS g WHERE g."guildId" = m."guildId" AND g."memberId" = m."userId")
        AND NOT EXISTS (SELECT 1 FROM "Account" AS a WHERE a."guildId" = m."guildId" AND a."memberId" = m."userId")
        AND NOT EXISTS (SELECT 1 FROM "SignIn" AS s WHERE s."guildId" = m."guildId" AND s."memberId" = m."userId")
        AND NOT EXISTS (SELECT 1 FROM "Forgetting" AS f WHERE f."guildId" = m."guildId" AND f."userId" = m."userId")
        AND NOT EXISTS (SELECT 1 FROM "Delivery" AS d
          WHERE d."guildId" = m."guildId" AND d."sink" = m."userId" AND d."state" = 'owed')
        AND NOT EXISTS (SELECT 1 FROM "Invite" AS i WHERE i."guildId" = m."guildId" AND i."memberId" = m."userId")
        AND NOT EXISTS (SELECT 1 FROM "AuditEvent" AS e
          WHERE e."guildId" = m."guildId" AND e."targetId" = m."userId")
        AND NOT EXISTS (SELECT 1 FROM "AuditEvent" AS e
          WHERE e."guildId" = m."guildId" AND e."actorId" = m."userId")
      LIMIT ${limit})`;
}
