/** The Discord role of a plan is held while a grant of the plan is active. */
import type { ActorId, MemberId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';
import type { DeliveryContent } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';

/** By member: Discord role ids, and who attached each to its plan. */
export type RolesHeld = ReadonlyMap<MemberId, ReadonlyMap<string, ActorId | null>>;

/** The roles that members hold by the plans of their active grants. */
export async function rolesHeld(tx: GuildStores, memberIds: readonly MemberId[]): Promise<RolesHeld> {
  const roles = new Map(
    (await tx.plans.list()).flatMap(({ id, roleId, roleById }) =>
      roleId === null ? [] : [[id, [[roleId, roleById] as const]] as const],
    ),
  );
  // Most guilds have no such plan: then the grants need not be read.
  if (roles.size === 0) return new Map();
  const grants = await tx.grants.list({ memberIds, states: ['active'] });
  return new Map(
    [...Map.groupBy(grants, ({ memberId }) => memberId)].map(([memberId, theirs]) => [
      memberId,
      new Map(theirs.flatMap(({ planId }) => roles.get(planId ?? '') ?? [])),
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
  const none: ReadonlyMap<string, ActorId | null> = new Map();
  const owe = (memberId: MemberId, role: Omit<Extract<DeliveryContent, { kind: 'role' }>, 'kind'>) =>
    tx.deliveries.owe(
      { id: deps.codes.newId(), kind: 'dm', sink: memberId, content: { kind: 'role', ...role } },
      now,
    );
  for (const memberId of new Set([...before.keys(), ...after.keys()])) {
    const [had, has] = [before.get(memberId) ?? none, after.get(memberId) ?? none];
    for (const [roleId, byId] of has) if (!had.has(roleId)) await owe(memberId, { roleId, byId });
    for (const roleId of had.keys()) if (!has.has(roleId)) await owe(memberId, { roleId, remove: true });
  }
}
