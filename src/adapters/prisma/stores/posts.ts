import type { Post, PostStore, Topic } from '../../../app/ports/posts.ts';
import type { Post as Row } from '../generated/sqlite/client.ts';
import { postKind, postState } from './column-enums.ts';
import type { GuildContext } from './context.ts';
import { parsePostContent } from './json.ts';

export function createPostStore({ guildId, queries }: GuildContext): PostStore {
  return {
    async put({ content, ...post }) {
      const row = { ...post, content: content && JSON.stringify(content) };
      const where = { guildId_id: { guildId, id: post.id } };
      await queries.post.upsert({ where, create: { ...row, guildId }, update: row, select: { id: true } });
    },
    async get(id) {
      const row = await queries.post.findUnique({ where: { guildId_id: { guildId, id } } });
      return row ? postOf(row) : undefined;
    },
    async find(topic) {
      const row = await queries.post.findFirst({
        where: { guildId, topic },
        orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
      });
      return row ? postOf(row) : undefined;
    },
    async list() {
      const rows = await queries.post.findMany({
        where: { guildId, state: { not: 'closed' } },
        orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(postOf);
    },
    ringPanels: (at) => ringPanels({ guildId, queries }, at),
    async listDue(now) {
      const rows = await queries.post.findMany({
        where: { guildId, dueAt: { lte: now } },
        orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(postOf);
    },
    async remove(id) {
      await queries.post.deleteMany({ where: { guildId, id } });
    },
    async setBack(now) {
      await queries.post.updateMany({ where: { guildId, dueAt: { gt: now } }, data: { dueAt: now } });
    },
  };
}

/** Panels of the guild are looked at at that moment, unless they are before. */
export async function ringPanels(
  { guildId, queries }: Pick<GuildContext, 'guildId' | 'queries'>,
  at: Date,
): Promise<void> {
  await queries.post.updateMany({
    where: {
      ...{ guildId, topic: { startsWith: 'panel ' }, state: 'open' },
      OR: [{ dueAt: null }, { dueAt: { gt: at } }],
    },
    data: { dueAt: at },
  });
}

/** The post with this button is looked at: what it is for has changed. */
export async function noteClaimChanged(
  { guildId, queries }: Pick<GuildContext, 'guildId' | 'queries'>,
  inviteId: string,
  now: Date,
): Promise<void> {
  await queries.post.updateMany({
    where: { guildId, topic: `claim ${inviteId}`, state: 'open' },
    data: { dueAt: now },
  });
}

function postOf({ guildId: _guildId, ...row }: Row): Post {
  return {
    ...row,
    topic: row.topic as Topic,
    kind: postKind(row.kind),
    state: postState(row.state),
    content: row.content === null ? null : parsePostContent(row.content),
  };
}
