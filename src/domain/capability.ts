/** Who may do what: Discord roles are mapped to the capabilities of design.md 1. */
import type { Capability, RoleRule } from './model.ts';

/** Discord permission bits that make an admin: Administrator and Manage Server. */
const ADMINISTRATOR = 1n << 3n;
const MANAGE_GUILD = 1n << 5n;

const INCLUDES: Readonly<Record<Capability, readonly Capability[]>> = {
  admin: ['admin', 'moderator', 'auditor'],
  moderator: ['moderator', 'auditor'],
  auditor: ['auditor'],
};

export interface Person {
  readonly isGuildOwner: boolean;
  /** Permissions as computed by Discord and sent with the interaction. */
  readonly permissions: bigint;
  /**
   * Role ids as sent with the interaction. The role cache of discord.js drops roles that it does not know
   * (discord.md 0.5).
   */
  readonly roleIds: readonly string[];
}

/** The capabilities of a person, including those contained in others. `deny` wins over every role that allows. */
export function capabilitiesOf(person: Person, rules: readonly RoleRule[]): ReadonlySet<Capability> {
  const bornAdmin = person.isGuildOwner || (person.permissions & (ADMINISTRATOR | MANAGE_GUILD)) !== 0n;
  if (bornAdmin) return new Set(INCLUDES.admin);
  const mine = rules.filter((rule) => person.roleIds.includes(rule.roleId));
  const held = new Set(
    mine.filter((rule) => rule.effect === 'allow').flatMap((rule) => INCLUDES[rule.capability]),
  );
  for (const rule of mine) {
    if (rule.effect !== 'deny') continue;
    // Whoever is denied a capability loses those that contain it as well.
    for (const capability of held) {
      if (INCLUDES[capability].includes(rule.capability)) held.delete(capability);
    }
  }
  return held;
}
