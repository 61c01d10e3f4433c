/** Who may do what: Discord roles mapped to capabilities (commands.md, "Capabilities"). */
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
  /** Computed permissions as the interaction carried them. */
  readonly permissions: bigint;
  /** Raw role ids: never the role cache, which drops unknown roles (discord.md 0.5). */
  readonly roleIds: readonly string[];
}

/** The capabilities of a person, including what each of them includes. A denied capability is lost whatever gives it. */
export function capabilitiesOf(person: Person, rules: readonly RoleRule[]): ReadonlySet<Capability> {
  const bornAdmin = person.isGuildOwner || (person.permissions & (ADMINISTRATOR | MANAGE_GUILD)) !== 0n;
  if (bornAdmin) return new Set(INCLUDES.admin);
  const mine = rules.filter((rule) => person.roleIds.includes(rule.roleId));
  const held = new Set(
    mine.filter((rule) => rule.effect === 'allow').flatMap((rule) => INCLUDES[rule.capability]),
  );
  for (const rule of mine) {
    if (rule.effect !== 'deny') continue;
    // Denying the lower capability takes the higher ones as well: they include it.
    for (const capability of held) {
      if (INCLUDES[capability].includes(rule.capability)) held.delete(capability);
    }
  }
  return held;
}
