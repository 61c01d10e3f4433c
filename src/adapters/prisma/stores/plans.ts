import type { PlanStore } from '../../../app/ports/stores/grants.ts';
import { toActorId } from '../../../domain/ids.ts';
import type { Plan } from '../../../domain/model.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { expiryAction, orNull } from './column-enums.ts';
import { type GuildContext, idsOf, mustHit } from './context.ts';
import { byText } from './order.ts';

export function createPlanStore({ guildId, queries }: GuildContext): PlanStore {
  async function list(where: Prisma.PlanWhereInput): Promise<readonly Plan[]> {
    const [rows, links] = await Promise.all([
      queries.plan.findMany({ where: { ...where, guildId }, omit: { guildId: true, nameKey: true } }),
      queries.planLibrary.findMany({
        where: { guildId, plan: where },
        select: { planId: true, libraryId: true },
      }),
    ]);
    const byPlan = Map.groupBy(links, ({ planId }) => planId);
    return rows
      .toSorted(
        byText(
          (row) => row.name,
          (row) => row.id,
        ),
      )
      .map((row) => ({
        ...row,
        roleById: row.roleById === null ? null : toActorId(row.roleById),
        expiryAction: orNull(expiryAction)(row.expiryAction),
        libraryIds: idsOf(byPlan.get(row.id) ?? []),
      }));
  }

  async function addLibraries(planId: string, libraryIds: readonly string[]): Promise<void> {
    const data = [...new Set(libraryIds)].map((libraryId) => ({ guildId, planId, libraryId }));
    if (data.length > 0) await queries.planLibrary.createMany({ data });
  }

  return {
    list: () => list({}),
    async find(id) {
      const [plan] = await list({ id });
      return plan;
    },
    async add({ libraryIds, ...plan }) {
      await queries.plan.createMany({ data: [{ ...plan, guildId, nameKey: nameKey(plan.name) }] });
      await addLibraries(plan.id, libraryIds);
    },
    async update(id, { libraryIds, ...changes }) {
      const data = changes.name === undefined ? changes : { ...changes, nameKey: nameKey(changes.name) };
      if (Object.keys(data).length > 0)
        mustHit(await queries.plan.updateMany({ where: { guildId, id }, data }), 'The plan');
      if (libraryIds === undefined) return;
      await queries.planLibrary.deleteMany({ where: { guildId, planId: id } });
      await addLibraries(id, libraryIds);
    },
    async remove(id) {
      // Rows that refer to the plan are detached first: grants and invites that were made from it go on without it.
      const was = { where: { guildId, planId: id }, data: { planId: null } };
      await queries.grant.updateMany(was);
      await queries.invite.updateMany(was);
      await queries.plan.deleteMany({ where: { guildId, id } });
    },
  };
}

/** Names that differ only in case count as the same, because people would confuse them. */
const nameKey = (name: string) => name.toLowerCase();
