import type { HeldRunStore } from '../../../app/ports/stores/guild.ts';
import { toActorId } from '../../../domain/ids.ts';
import { asKept, readKeptText } from '../../../domain/kept-text.ts';
import type { HeldRun } from '../../../domain/model.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { heldRunState } from './column-enums.ts';
import type { GuildContext } from './context.ts';
import { parseIds } from './json.ts';

export function createHeldRunStore({ guildId, queries }: GuildContext): HeldRunStore {
  async function list(where: Prisma.HeldRunWhereInput): Promise<readonly HeldRun[]> {
    const rows = await queries.heldRun.findMany({
      where: { ...where, guildId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      omit: { guildId: true },
    });
    return rows.map((row) => ({
      ...row,
      accountIds: parseIds(row.accountIds),
      detail: readKeptText(row.detail),
      decidedById: row.decidedById === null ? null : toActorId(row.decidedById),
      state: heldRunState(row.state),
    }));
  }

  return {
    async add({ accountIds, ...run }) {
      await queries.heldRun.createMany({
        data: [{ ...asKept(run, 'detail'), guildId, accountIds: JSON.stringify(accountIds) }],
      });
    },
    async find(id) {
      const [run] = await list({ id });
      return run;
    },
    listHeld: (serverId) => list({ state: 'held', ...(serverId === undefined ? {} : { serverId }) }),
    async findDismissed(serverId) {
      return (await list({ serverId, state: 'dismissed', decidedById: { not: null } })).at(-1);
    },
    async decide(id, decision, decidedById, decidedAt) {
      const { count } = await queries.heldRun.updateMany({
        where: { guildId, id, state: 'held' },
        data: { state: decision, decidedById, decidedAt },
      });
      return count > 0;
    },
  };
}
