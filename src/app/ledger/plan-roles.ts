/** The Discord role of a plan is held while a grant of the plan is active. */
import type { MemberId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Discord role ids by member. */
export type RolesHeld = ReadonlyMap<MemberId, ReadonlySet<string>>;

/** The roles that members hold by the plans of their active grants. */
export async function rolesHeld(tx: GuildStores, memberIds: readonly MemberId[]): Promise<RolesHeld> {
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

/**
 * Owes Discord the roles that members gained or lost. A lost role is taken even from a member who got it from somebody
 * else as well, because Usher cannot know that.
 */
export async function oweRoles(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { before, after }: { readonly before: RolesHeld; readonly after: RolesHeld },
  now: Date,
): Promise<void> {
  const none: ReadonlySet<string> = new Set();
  const owe = (memberId: MemberId, role: { readonly roleId: string; readonly remove?: true }) =>
    tx.deliveries.owe(
      { id: deps.codes.newId(), kind: 'role', sink: memberId, content: { kind: 'role', ...role } },
      now,
    );
  for (const memberId of new Set([...before.keys(), ...after.keys()])) {
    const [had, has] = [before.get(memberId) ?? none, after.get(memberId) ?? none];
    for (const roleId of has.difference(had)) await owe(memberId, { roleId });
    for (const roleId of had.difference(has)) await owe(memberId, { roleId, remove: true });
  }
}
