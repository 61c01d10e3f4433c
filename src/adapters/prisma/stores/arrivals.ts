import type { ArrivalStore } from '../../../app/ports/stores/accounts.ts';
import { toMemberId } from '../../../domain/ids.ts';
import { arrivalAside, arrivalReason, orNull } from './column-enums.ts';
import type { GuildContext } from './context.ts';
import { insertRows } from './many-rows.ts';

export function createArrivalStore(context: GuildContext): ArrivalStore {
  const { guildId, queries } = context;
  const remove = async (accountIds: readonly string[]): Promise<void> => {
    if (accountIds.length === 0) return;
    await queries.arrival.deleteMany({ where: { guildId, accountId: { in: [...accountIds] } } });
  };
  return {
    async list({ serverId, accountIds, aside: said } = {}) {
      const rows = await queries.arrival.findMany({
        where: {
          guildId,
          ...(accountIds !== undefined && { accountId: { in: [...accountIds] } }),
          ...(said !== undefined && { aside: said }),
          ...(serverId !== undefined && { account: { serverId } }),
        },
        omit: { guildId: true },
      });
      return rows.map(({ memberId, why, aside, ...row }) => ({
        ...row,
        memberId: memberId === null ? null : toMemberId(memberId),
        why: orNull(arrivalReason)(why),
        aside: orNull(arrivalAside)(aside),
      }));
    },
    async put(arrivals) {
      await remove(arrivals.map(({ accountId }) => accountId));
      const rows = arrivals.map(({ accountId, memberId, score, why, ...rest }) => {
        const { isSure, isLookedUp, aside } = rest;
        return { guildId, accountId, memberId, score, why, isSure, isLookedUp, aside };
      });
      await insertRows(context, 'Arrival', rows);
    },
    remove,
  };
}
