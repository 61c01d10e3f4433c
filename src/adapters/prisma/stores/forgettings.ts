import type { ForgettingStore } from '../../../app/ports/stores/data.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { GuildContext } from './context.ts';

export function createForgettingStore({ guildId, queries }: GuildContext): ForgettingStore {
  const omit = { guildId: true } as const;
  const toForgetting = <Row extends { readonly userId: string; readonly askedById: string }>(row: Row) => ({
    ...row,
    userId: toMemberId(row.userId),
    askedById: toActorId(row.askedById),
  });
  return {
    async add(forgetting) {
      await queries.forgetting.createMany({ data: [{ ...forgetting, guildId }] });
    },
    async find(userId) {
      const row = await queries.forgetting.findUnique({
        where: { guildId_userId: { guildId, userId } },
        omit,
      });
      return row === null ? undefined : toForgetting(row);
    },
    async list() {
      const rows = await queries.forgetting.findMany({
        where: { guildId },
        orderBy: [{ askedAt: 'asc' }, { userId: 'asc' }],
        omit,
      });
      return rows.map(toForgetting);
    },
    async postpone(userId, dueAt) {
      await queries.forgetting.updateMany({ where: { guildId, userId }, data: { dueAt } });
    },
    async setBack(now) {
      await queries.forgetting.updateMany({ where: { guildId, dueAt: { gt: now } }, data: { dueAt: now } });
    },
  };
}
