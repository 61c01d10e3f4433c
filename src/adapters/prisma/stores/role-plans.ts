import type { RolePlanStore } from '../../../app/ports/stores/grants.ts';
import { graceOf } from '../../../domain/role-plans.ts';
import type { GuildContext } from './context.ts';

export function createRolePlanStore({ guildId, queries }: GuildContext): RolePlanStore {
  return {
    async list() {
      const rows = await queries.rolePlan.findMany({
        where: { guildId },
        orderBy: [{ roleId: 'asc' }, { planId: 'asc' }],
        omit: { guildId: true },
      });
      return rows.map((row) => ({ ...row, grace: graceOf(row.grace) }));
    },
    async put({ grace, ...key }) {
      await queries.rolePlan.upsert({
        where: { guildId_roleId_planId: { guildId, ...key } },
        create: { guildId, ...key, grace },
        update: { grace },
      });
    },
    async remove(roleId, planId) {
      await queries.rolePlan.deleteMany({ where: { guildId, roleId, planId } });
    },
  };
}
