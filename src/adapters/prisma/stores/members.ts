import type { MemberStore, NamedMember, NotedMember } from '../../../app/ports/stores/accounts.ts';
import { fold } from '../../../domain/fold.ts';
import { type MemberId, toMemberId } from '../../../domain/ids.ts';
import { dmState } from './column-enums.ts';
import { countersOf, type GuildContext } from './context.ts';
import { updateRows } from './many-rows.ts';

export function createMemberStore(context: GuildContext): MemberStore {
  const { guildId, queries } = context;
  const keyOf = (userId: MemberId) => ({ guildId_userId: { guildId, userId } });
  const select = { userId: true, name: true, dmState: true, locale: true, note: true, leftAt: true } as const;
  const upsert = (userId: MemberId, changes: object) =>
    queries.member.upsert({
      where: keyOf(userId),
      create: { ...changes, guildId, userId },
      update: changes,
      select: { userId: true },
    });
  return {
    async find(userId) {
      const row = await queries.member.findUnique({ where: keyOf(userId), select });
      return row === null ? undefined : { ...row, userId, dmState: dmState(row.dmState) };
    },
    async ensure(...userIds) {
      const { membersThere } = countersOf(context);
      const asked = [...new Set(userIds)].filter((userId) => !membersThere.has(userId));
      if (asked.length === 0) return;
      const found = await queries.member.findMany({
        where: { guildId, userId: { in: asked } },
        select: { userId: true },
      });
      const there = new Set<string>(found.map(({ userId }) => userId));
      const missing = asked.filter((userId) => !there.has(userId));
      if (missing.length > 0)
        await queries.member.createMany({ data: missing.map((userId) => ({ guildId, userId })) });
      for (const userId of asked) membersThere.add(userId);
    },
    async update(userId, changes) {
      await upsert(userId, changes);
    },
    async listLeft() {
      const rows = await queries.member.findMany({
        where: { guildId, leftAt: { not: null } },
        select: { userId: true },
      });
      return rows.map(({ userId }) => toMemberId(userId));
    },
    async listClosed(userIds) {
      const rows = await queries.member.findMany({
        where: { guildId, dmState: 'closed', userId: { in: [...userIds] } },
        select: { userId: true },
      });
      return rows.map(({ userId }) => toMemberId(userId));
    },
    async listNames(userIds) {
      const rows = await queries.member.findMany({
        where: { guildId, name: { not: null }, userId: { in: [...userIds] } },
        select: { userId: true, name: true },
      });
      return rows.flatMap(toNamed);
    },
    async findByName(part, limit) {
      const rows = await queries.member.findMany({
        where: { guildId, nameKey: { contains: fold(part) } },
        orderBy: [{ nameKey: 'asc' }, { userId: 'asc' }],
        take: limit,
        select: { userId: true, name: true },
      });
      return rows.flatMap(toNamed);
    },
    async listNamed() {
      const rows = await queries.member.findMany({
        where: { guildId, name: { not: null } },
        select: { userId: true, name: true },
      });
      return rows.flatMap(toNamed);
    },
    async noteNames(people) {
      const { membersThere } = countersOf(context);
      const noted = new Map<MemberId, NotedMember>();
      for (const one of people) noted.set(one.userId, { ...noted.get(one.userId), ...one });
      const found = await queries.member.findMany({
        where: { guildId, userId: { in: [...noted.keys()] } },
        select: { userId: true },
      });
      const there = new Set(found.map(({ userId }) => userId));
      const rows = [...noted.values()].map((one) => ({ ...one, nameKey: fold(one.name) }));
      const missing = rows.filter(({ userId }) => !there.has(userId)).map((row) => ({ ...row, guildId }));
      if (missing.length > 0) await queries.member.createMany({ data: missing });
      await updateRows(
        context,
        'Member',
        rows.filter(({ userId }) => there.has(userId)),
      );
      for (const userId of noted.keys()) membersThere.add(userId);
    },
  };
}

function toNamed({ userId, name }: { userId: string; name: string | null }): readonly NamedMember[] {
  return name === null ? [] : [{ userId: toMemberId(userId), name }];
}
