/** The Discord role of a plan is held while a grant of the plan is active. */
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/**
 * Does `work` in a transaction, and owes the roles that these members gain or lose by it. Whether somebody has such a role for
 * another reason as well is not known to Usher: a role that a plan gives is the plan's.
 */
export async function withPlanRoles<T>(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  memberIds: readonly string[],
  now: Date,
  work: () => Promise<T>,
): Promise<T> {
  const before = await rolesOf(tx, memberIds);
  const result = await work();
  const after = await rolesOf(tx, memberIds);
  for (const memberId of new Set(memberIds)) {
    const [had, has] = [before, after].map((roles) => roles.get(memberId) ?? new Set<string>());
    if (!had || !has) continue;
    for (const roleId of has.difference(had)) await owe(deps, tx, memberId, { roleId }, now);
    for (const roleId of had.difference(has)) await owe(deps, tx, memberId, { roleId, remove: true }, now);
  }
  return result;
}

async function owe(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  memberId: string,
  role: { readonly roleId: string; readonly remove?: true },
  now: Date,
): Promise<void> {
  const content = { kind: 'role', ...role } as const;
  await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'dm', sink: memberId, content }, now);
}

/** The roles that members hold by the plans of their active grants. */
async function rolesOf(
  tx: GuildStores,
  memberIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const roles = new Map((await tx.plans.list()).map(({ id, roleId }) => [id, roleId]));
  // Most guilds have no such plan: then the grants need not be read.
  if ([...roles.values()].every((roleId) => roleId === null)) return new Map();
  const grants = await tx.grants.list({ memberIds, states: ['active'] });
  return new Map(
    [...Map.groupBy(grants, ({ memberId }) => memberId)].map(([memberId, theirs]) => [
      memberId,
      new Set(theirs.flatMap(({ planId }) => (planId === null ? [] : (roles.get(planId) ?? [])))),
    ]),
  );
}
