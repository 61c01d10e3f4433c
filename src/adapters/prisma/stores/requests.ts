import type { RequestStore } from '../../../app/ports/stores/requests.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { MemberRequest } from '../../../domain/model.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { requestState } from './column-enums.ts';
import type { GuildContext } from './context.ts';
import { parseIds } from './json.ts';

export function createRequestStore({ guildId, queries }: GuildContext): RequestStore {
  async function list(where: Prisma.RequestWhereInput): Promise<readonly MemberRequest[]> {
    const rows = await queries.request.findMany({
      where: { ...where, guildId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      omit: { guildId: true },
    });
    return rows.map((row) => ({
      ...row,
      memberId: toMemberId(row.memberId),
      libraryIds: parseIds(row.libraryIds),
      state: requestState(row.state),
      decidedById: row.decidedById === null ? null : toActorId(row.decidedById),
    }));
  }

  return {
    async add({ libraryIds, ...request }) {
      await queries.request.createMany({
        data: [{ ...request, guildId, libraryIds: JSON.stringify(libraryIds) }],
      });
    },
    async find(id) {
      const [request] = await list({ id });
      return request;
    },
    list: (memberId) => list({ memberId }),
    async listWaiting(memberIds) {
      const waiting = await list({ state: 'waiting' });
      // Filtered here: those that wait are few, whoever is asked about.
      return memberIds ? waiting.filter(({ memberId }) => memberIds.includes(memberId)) : waiting;
    },
    countSince: (memberId, since) =>
      queries.request.count({ where: { guildId, memberId, createdAt: { gt: since } } }),
    countApproved: (memberId, grantId) =>
      queries.request.count({ where: { guildId, memberId, grantId, state: 'approved' } }),
    async decide(id, { state, decidedById, decidedAt, word = null }) {
      const { count } = await queries.request.updateMany({
        where: { guildId, id, state: 'waiting' },
        data: { state, decidedById, decidedAt, word },
      });
      return count > 0;
    },
  };
}
