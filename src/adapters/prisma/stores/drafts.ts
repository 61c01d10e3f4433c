import type { DraftStore } from '../../../app/ports/stores/guild.ts';
import type { GuildContext } from './context.ts';

/** Enough for the ids of all libraries that a guild may have, and for what undoing hundreds of changes takes. */
const MOST_LETTERS = 512 * 1024;

export function createDraftStore({ guildId, queries }: GuildContext): DraftStore {
  return {
    async put({ id, userId, content, keptAt, expiresAt }) {
      const text = JSON.stringify(content);
      if (text.length > MOST_LETTERS)
        throw new RangeError('a draft is a reference, not a copy of what is shown');
      const draft = { userId, content: text, keptAt, expiresAt };
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
    async makeRoom(draftId, most, userId) {
      const beyond = await queries.draft.findMany({
        where: { guildId, id: { not: draftId }, ...(userId !== undefined && { userId }) },
        orderBy: [{ keptAt: 'desc' }, { id: 'asc' }],
        skip: most - 1,
        select: { id: true },
      });
      if (beyond.length > 0)
        await queries.draft.deleteMany({ where: { guildId, id: { in: beyond.map(({ id }) => id) } } });
    },
  };
}
