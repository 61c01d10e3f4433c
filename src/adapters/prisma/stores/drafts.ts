import type { DraftStore } from '../../../app/ports/stores/guild.ts';
import type { GuildContext } from './context.ts';

export function createDraftStore({ guildId, queries }: GuildContext): DraftStore {
  return {
    async put({ id, userId, content, expiresAt }) {
      const draft = { userId, content: JSON.stringify(content), expiresAt };
      await queries.draft.upsert({
        where: { guildId_id: { guildId, id } },
        create: { guildId, id, ...draft },
        update: draft,
        select: { id: true },
      });
    },
    async find(id, userId, now) {
      const row = await queries.draft.findFirst({
        where: { guildId, id, userId, expiresAt: { gt: now } },
        select: { content: true },
      });
      return row === null ? undefined : JSON.parse(row.content);
    },
    async remove(id) {
      const { count } = await queries.draft.deleteMany({ where: { guildId, id } });
      return count > 0;
    },
    async removeExpired(now) {
      await queries.draft.deleteMany({ where: { guildId, expiresAt: { lte: now } } });
    },
  };
}
