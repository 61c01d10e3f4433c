/** Which roles are plans: set by admins, and taken away again. */
import type { DurationText } from '../../domain/duration.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { lengthText } from '../../domain/length.ts';
import type { Plan, RolePlan } from '../../domain/model.ts';
import { DEFAULT_GRACE, people, questionMark } from '../../domain/role-plans.ts';
import { mentionedRole, say } from '../../words/say.ts';
import { endRolePlan, noteRolePlan } from '../ledger/role-plans.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

interface Mapping {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly roleId: string;
  readonly planId: string;
}

/** A role that is a plan, and how many have it by that now. */
export interface ShownRolePlan extends RolePlan {
  readonly plan: Plan;
  readonly members: number;
}

/** Those who have lost a role, and what tells the question about them. */
export interface AskedLosses {
  readonly roleId: string;
  readonly members: number;
  readonly mark: string;
}

export type RolePlanChange =
  | { readonly kind: 'saved'; readonly rolePlan: ShownRolePlan; readonly isNew: boolean }
  /** Everybody has this role. */
  | { readonly kind: 'everyone' }
  /** Usher gives the role with these plans: access and role would give each other for ever. */
  | { readonly kind: 'given'; readonly plans: readonly string[] }
  | { readonly kind: 'gone' };

export function makeRolePlans(deps: Deps) {
  async function shown(stores: GuildStores): Promise<readonly ShownRolePlan[]> {
    const [rolePlans, plans, grants] = await Promise.all([
      stores.rolePlans.list(),
      stores.plans.list(),
      stores.grants.listByRole(),
    ]);
    return rolePlans.flatMap((one) => {
      const plan = plans.find(({ id }) => id === one.planId);
      const theirs = grants.filter(
        ({ roleId, planId, roleState }) =>
          roleId === one.roleId && planId === one.planId && (roleState === 'held' || roleState === 'asked'),
      );
      return plan ? [{ ...one, plan, members: people(theirs) }] : [];
    });
  }

  const find = async (stores: GuildStores, roleId: string, planId: string) =>
    (await shown(stores)).find((one) => one.roleId === roleId && one.planId === planId);

  return {
    list: (guildId: GuildId): Promise<readonly ShownRolePlan[]> => shown(deps.stores.of(guildId)),

    /** Roles that many have lost, about which an admin is asked. */
    async listAsked(guildId: GuildId): Promise<readonly AskedLosses[]> {
      const grants = await deps.stores.of(guildId).grants.listByRole();
      const asked = grants.filter(({ roleState }) => roleState === 'asked');
      return [...Map.groupBy(asked, ({ roleId }) => roleId)].map(([roleId, theirs]) => ({
        ...{ roleId, members: people(theirs), mark: questionMark(theirs) },
      }));
    },

    find: (guildId: GuildId, roleId: string, planId: string): Promise<ShownRolePlan | undefined> =>
      find(deps.stores.of(guildId), roleId, planId),

    /**
     * From now on holders of the role have the plan; a grace that changes counts for losses from now on. Without one,
     * that of before or a day.
     */
    async set({
      grace: typed,
      ...mapping
    }: Mapping & { readonly grace: DurationText | null }): Promise<RolePlanChange> {
      const { guildId, actorId, roleId, planId } = mapping;
      // @everyone has the id of its guild.
      if (roleId === guildId) return { kind: 'everyone' };
      return await deps.stores.transaction(guildId, async (tx): Promise<RolePlanChange> => {
        const plans = await tx.plans.list();
        const plan = plans.find(({ id }) => id === planId);
        if (!plan) return { kind: 'gone' };
        const giving = plans.filter((one) => one.roleId === roleId).map(({ name }) => name);
        if (giving.length > 0) return { kind: 'given', plans: giving };
        const before = (await tx.rolePlans.list()).find(
          (one) => one.roleId === roleId && one.planId === planId,
        );
        const grace = typed ?? before?.grace ?? DEFAULT_GRACE;
        if (before?.grace !== grace) {
          await tx.rolePlans.put({ roleId, planId, grace });
          const values = { role: mentionedRole(roleId), plan: plan.name, grace: lengthText(grace) };
          await noteRolePlan(tx, actorId, say('audit.setting.rolePlan', values), deps.clock.now());
        }
        const rolePlan = await find(tx, roleId, planId);
        return rolePlan ? { kind: 'saved', rolePlan, isNew: before === undefined } : { kind: 'gone' };
      });
    },

    /** The role gives the plan no more: who has it by that loses it after the grace. Undefined when it is gone. */
    async remove({ guildId, actorId, roleId, planId }: Mapping): Promise<ShownRolePlan | undefined> {
      return await deps.stores.transaction(guildId, async (tx) => {
        const before = await find(tx, roleId, planId);
        if (!before) return undefined;
        await endRolePlan(deps, tx, { actorId, roleId, planId });
        return before;
      });
    },
  };
}
