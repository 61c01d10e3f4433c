import type { MemberStore } from '../../../app/ports/stores/accounts.ts';
import type { MemberId } from '../../../domain/ids.ts';
import { dmState } from './column-enums.ts';
import type { GuildContext } from './context.ts';

export function createMemberStore({ guildId, queries }: GuildContext): MemberStore {
  const keyOf = (userId: MemberId) => ({ guildId_userId: { guildId, userId } });
  const select = { userId: true, dmState: true, locale: true, note: true } as const;
  return {
    async find(userId) {
      const row = await queries.member.findUnique({ where: keyOf(userId), select });
      return row === null ? undefined : { ...row, userId, dmState: dmState(row.dmState) };
    },
    async ensure(userId) {
      const there = await queries.member.count({ where: { guildId, userId } });
      if (there === 0) await queries.member.createMany({ data: [{ guildId, userId }] });
    },
    async update(userId, changes) {
      await queries.member.upsert({
        where: keyOf(userId),
        create: { ...changes, guildId, userId },
        update: { ...changes },
        select: { userId: true },
      });
    },
  };
}
