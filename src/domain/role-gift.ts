/**
 * Whether a Discord role may come with a plan or an invite. Whoever could attach any role could make themselves staff,
 * so it is asked when the role is attached and again whenever it is given (discord.md 1.11). Pure.
 */

import { type Sentence, say } from '../words/say.ts';
import { capabilitiesOf } from './capability.ts';
import type { ActorId } from './ids.ts';
import type { Capability, RoleRule } from './model.ts';
import { joinNames } from './name-list.ts';
import { staffPermissionsIn } from './staff-permissions.ts';

/** A role as Discord describes it. */
export interface DiscordRole {
  readonly id: string;
  readonly permissions: bigint;
  /** Higher ones stand above lower ones. */
  readonly position: number;
  /** It belongs to a bot, an integration, a subscription or boosting: nobody can give it by hand. */
  readonly managed: boolean;
}

/** Who stands where in a guild. */
export interface Ranks {
  /** Also the id of @everyone. */
  readonly guildId: string;
  readonly ownerId: string;
  readonly roles: readonly DiscordRole[];
  /** Role ids that Usher itself has. */
  readonly bot: readonly string[];
  /** Whoever attached the role, and the role ids that they have; undefined where that was not asked. */
  readonly giver: { readonly id: ActorId; readonly roleIds: readonly string[] } | undefined;
}

const [BAN_MEMBERS, ADMINISTRATOR] = [1n << 2n, 1n << 3n];

/** Whether Usher may see who is banned. */
export const seesBans = (ranks: Ranks): boolean =>
  (permissionsOf([ranks.guildId, ...ranks.bot], ranks) & (BAN_MEMBERS | ADMINISTRATOR)) !== 0n;

export type RoleRefusal =
  | { readonly kind: 'everyone' | 'gone' | 'managed' | 'not-admin' | 'above-giver' | 'above-bot' }
  | { readonly kind: 'capability'; readonly capability: Capability }
  | { readonly kind: 'staff'; readonly permissions: readonly string[] };

/** Why the role may not be given; undefined when it may. `rules` are the mappings of `/settings role`. */
export function refusalOfRole(
  roleId: string,
  ranks: Ranks,
  rules: readonly RoleRule[],
): RoleRefusal | undefined {
  const { guildId, roles, giver } = ranks;
  if (giver && !giverMay(ranks, rules).has('admin')) return { kind: 'not-admin' };
  if (roleId === guildId) return { kind: 'everyone' };
  const role = roles.find(({ id }) => id === roleId);
  if (!role) return { kind: 'gone' };
  if (role.managed) return { kind: 'managed' };
  const rule = rules.find((one) => one.roleId === roleId);
  if (rule) return { kind: 'capability', capability: rule.capability };
  const permissions = staffPermissionsIn(role.permissions, permissionsOf([guildId], ranks));
  if (permissions.length > 0) return { kind: 'staff', permissions };
  if (giver && giver.id !== ranks.ownerId && role.position >= highest(giver.roleIds, ranks))
    return { kind: 'above-giver' };
  return role.position >= highest(ranks.bot, ranks) ? { kind: 'above-bot' } : undefined;
}

/** What the giver may do in the guild, by the roles that they have; nothing where nobody was asked about. */
export function giverMay(ranks: Ranks, rules: readonly RoleRule[]): ReadonlySet<Capability> {
  const { guildId, ownerId, giver } = ranks;
  if (!giver) return new Set();
  const permissions = permissionsOf([guildId, ...giver.roleIds], ranks);
  const { id, roleIds } = giver;
  return capabilitiesOf({ isGuildOwner: id === ownerId, permissions, roleIds }, rules);
}

const permissionsOf = (roleIds: readonly string[], { roles }: Ranks): bigint =>
  roles.reduce((bits, role) => (roleIds.includes(role.id) ? bits | role.permissions : bits), 0n);

/** The position of the highest of these; that of @everyone where there is none. */
const highest = (roleIds: readonly string[], { roles }: Ranks): number =>
  Math.max(0, ...roles.flatMap(({ id, position }) => (roleIds.includes(id) ? [position] : [])));

/** For staff: why a role is not attached, or was not given. */
export function roleSentence(refusal: RoleRefusal): Sentence {
  switch (refusal.kind) {
    case 'not-admin':
      return say('trouble.role.notAdmin');
    case 'everyone':
      return say('trouble.role.everyone');
    case 'gone':
      return say('trouble.role.gone');
    case 'managed':
      return say('trouble.role.managed');
    case 'capability':
      return say('trouble.role.capability', { capability: refusal.capability });
    case 'staff':
      return say('trouble.role.staff', { permissions: joinNames(refusal.permissions) });
    case 'above-giver':
      return say('trouble.role.aboveGiver');
    case 'above-bot':
      return say('trouble.role.aboveBot');
  }
}
