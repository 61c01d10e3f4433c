/**
 * Roles are plans: who has come to hold a role, or holds it no longer, going by what Discord shows and by the grants
 * that the role has given. Pure.
 */
import { type DurationText, parseDuration } from './duration.ts';
import type { MemberId } from './ids.ts';
import { takesTooMuch } from './limits.ts';
import type { Grant, RolePlan, RoleState } from './model.ts';

export const DEFAULT_GRACE = '1d' as DurationText;
/** Losses of one role within so long count together: what takes it from everybody does so one by one. */
const TOGETHER_MS = 60 * 60_000;

/** As it is stored. Rows of older versions may hold none. */
export const graceOf = (stored: string): DurationText => durationOr(stored, DEFAULT_GRACE);

export function durationOr(stored: string, otherwise: DurationText): DurationText {
  const parsed = parseDuration(stored);
  return parsed.kind === 'duration' ? parsed.duration : otherwise;
}

/** As much of a grant as says which role gives it to whom. */
export type RoleGrant = Pick<Grant, 'id' | 'memberId' | 'planId' | 'roleLostAt'> & {
  readonly roleId: string;
  readonly roleState: RoleState;
};

/** The roles of those who were seen; none of whoever is not in the community. Of nobody else anything is said. */
export type SeenRoles = ReadonlyMap<MemberId, readonly string[]>;

export interface RoleChanges {
  readonly gained: readonly { readonly memberId: MemberId; readonly of: RolePlan }[];
  /** Grants whose member has the role again. */
  readonly regained: readonly RoleGrant[];
  /** Grants whose member has lost the role. */
  readonly lost: readonly RoleGrant[];
}

/** What is different from what was known. A grant that staff have ended stays so for as long as the role is held. */
export function roleChanges(
  plans: readonly RolePlan[],
  grants: readonly RoleGrant[],
  roles: SeenRoles,
): RoleChanges {
  const known = new Set(grants.map(keyOf));
  const gained: { memberId: MemberId; of: RolePlan }[] = [];
  const byRole = Map.groupBy(plans, ({ roleId }) => roleId);
  for (const [memberId, roleIds] of roles)
    for (const of of roleIds.flatMap((roleId) => byRole.get(roleId) ?? []))
      if (!known.has(keyOf({ ...of, memberId }))) gained.push({ memberId, of });
  const mapped = new Set(plans.map(({ roleId, planId }) => `${roleId} ${planId}`));
  const isMapped = ({ roleId, planId }: RoleGrant) => mapped.has(`${roleId} ${planId}`);
  const watched = grants.filter((grant) => isMapped(grant) && roles.has(grant.memberId));
  const holds = ({ memberId, roleId }: RoleGrant) => roles.get(memberId)?.includes(roleId) ?? false;
  return {
    gained,
    regained: watched.filter((grant) => grant.roleState !== 'held' && holds(grant)),
    lost: watched.filter((grant) => grant.roleState === 'held' && !holds(grant)),
  };
}

const keyOf = ({ memberId, roleId, planId }: Pick<RoleGrant, 'memberId' | 'roleId' | 'planId'>): string =>
  `${memberId} ${roleId} ${planId}`;

/** Losses that are believed, and those about which an admin is asked. */
export interface JudgedLosses {
  readonly lost: readonly RoleGrant[];
  readonly asked: readonly RoleGrant[];
}

/**
 * The brake (rule 5): a role that many lose within an hour, or that is gone, was maybe taken by mistake. What was
 * believed of it within that hour, and still gives access, is asked about as well, and so is what follows an open
 * question.
 */
export function judgeLosses(
  grants: readonly RoleGrant[],
  lost: readonly RoleGrant[],
  { goneRoleIds, now }: { readonly goneRoleIds: ReadonlySet<string>; readonly now: Date },
): JudgedLosses {
  const believed: RoleGrant[] = [];
  const asked: RoleGrant[] = [];
  for (const [roleId, losing] of Map.groupBy(lost, (grant) => grant.roleId)) {
    const all = grants.filter((grant) => grant.roleId === roleId);
    const lately = all.filter(
      ({ roleState, roleLostAt }) =>
        roleState === 'lost' && roleLostAt !== null && now.getTime() - roleLostAt.getTime() < TOGETHER_MS,
    );
    const isAsked = all.some(({ roleState }) => roleState === 'asked');
    const leaving = people([...losing, ...lately]);
    const holding = people([...all.filter(({ roleState }) => roleState === 'held'), ...lately]);
    if (isAsked || goneRoleIds.has(roleId) || takesTooMuch(leaving, holding))
      asked.push(...losing, ...lately);
    else believed.push(...losing);
  }
  return { lost: believed, asked };
}

/** How many members these are. */
export const people = (grants: readonly Pick<RoleGrant, 'memberId'>[]): number =>
  new Set(grants.map(({ memberId }) => memberId)).size;

/**
 * Tells an open question from what it has become since: short, for a button.
 */
export const questionMark = (grants: readonly RoleGrant[]): string => {
  const last = Math.max(0, ...grants.map(({ roleLostAt }) => roleLostAt?.getTime() ?? 0));
  return `${people(grants).toString(36)}-${last.toString(36)}`;
};
