import { PermissionFlagsBits } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoleRule } from '../../src/domain/model.ts';
import {
  type DiscordRole,
  type Ranks,
  type RoleRefusal,
  refusalOfRole,
  roleSentence,
} from '../../src/domain/role-gift.ts';
import { staffPermissionsIn } from '../../src/domain/staff-permissions.ts';
import { STAFF } from '../support/people.ts';
import { inEnglish } from '../support/said.ts';

const GUILD = '1';
const role = (id: string, position: number, changes: Partial<DiscordRole> = {}): DiscordRole => ({
  ...{ id, position, permissions: 0n, managed: false },
  ...changes,
});
const ROLES = [
  role(GUILD, 0, { permissions: PermissionFlagsBits.ViewChannel | PermissionFlagsBits.MentionEveryone }),
  role('viewers', 1),
  role('level with the giver', 4),
  role('admins', 4, { permissions: PermissionFlagsBits.ManageGuild }),
  role('above the giver', 5),
  role('usher', 8, { managed: true }),
  role('level with usher', 8),
  role('above usher', 9),
];
/** Staff is an admin by a role of Discord, and does not own the guild. */
const RANKS: Ranks = {
  guildId: GUILD,
  ownerId: 'owner',
  roles: ROLES,
  bot: ['usher'],
  giver: { id: STAFF, roleIds: ['admins'] },
};
const owned: Ranks = { ...RANKS, ownerId: STAFF };
const nobodys: Ranks = { ...RANKS, giver: undefined };
const without = (...roleIds: readonly string[]): Ranks => ({ ...RANKS, giver: { id: STAFF, roleIds } });
const carrying = (permissions: bigint, from = RANKS): Ranks => ({
  ...from,
  roles: from.roles.map((each) => (each.id === 'viewers' ? { ...each, permissions } : each)),
});
const managed: Ranks = {
  ...RANKS,
  roles: RANKS.roles.map((each) => (each.id === 'viewers' ? { ...each, managed: true } : each)),
};
const rule = (effect: RoleRule['effect']): RoleRule => ({ roleId: 'viewers', capability: 'auditor', effect });
const staffRule: RoleRule = { roleId: 'above the giver', capability: 'admin', effect: 'allow' };

describe('a role that comes with a plan or an invite', () => {
  it.each<[string, string, Ranks, readonly RoleRule[], RoleRefusal['kind'] | undefined]>([
    ['that says nothing', 'viewers', RANKS, [], undefined],
    ['that opens what members have', 'viewers', carrying(PermissionFlagsBits.Stream), [], undefined],
    ['that is mapped to a capability', 'viewers', RANKS, [rule('allow')], 'capability'],
    ['that is kept from a capability', 'viewers', RANKS, [rule('deny')], 'capability'],
    ['that is staff in Discord', 'viewers', carrying(PermissionFlagsBits.BanMembers), [], 'staff'],
    [
      'that calls everybody, where everybody may',
      'viewers',
      carrying(PermissionFlagsBits.MentionEveryone),
      [],
      'staff',
    ],
    ['that Discord manages', 'viewers', managed, [], 'managed'],
    ['that everybody has', GUILD, RANKS, [], 'everyone'],
    ['that is gone', 'elsewhere', RANKS, [], 'gone'],
    ['level with the giver’s highest', 'level with the giver', RANKS, [], 'above-giver'],
    ['above the giver’s highest', 'above the giver', RANKS, [], 'above-giver'],
    ['above the highest of somebody without a role', 'viewers', without(), [], 'not-admin'],
    ['of an owner, who stands above all', 'above the giver', owned, [], undefined],
    ['level with Usher’s highest', 'level with usher', owned, [], 'above-bot'],
    ['above Usher’s highest', 'above usher', owned, [], 'above-bot'],
    ['where Usher has no role', 'viewers', { ...owned, bot: [] }, [], 'above-bot'],
    ['of somebody who is no admin', 'viewers', without('above the giver'), [], 'not-admin'],
    ['of an admin by a mapped role', 'viewers', without('above the giver'), [staffRule], undefined],
    ['of a nobody knows whom', 'above the giver', nobodys, [], undefined],
    ['of a nobody knows whom, above Usher’s', 'above usher', nobodys, [], 'above-bot'],
  ])('%s', (_name, roleId, ranks, rules, kind) => {
    const refusal = refusalOfRole(roleId, ranks, rules);
    expect(inEnglish(refusal?.kind)).toBe(kind);
    if (refusal) expect(inEnglish(roleSentence(refusal))).toMatch(/^[@A-Z].*\.$/);
  });

  it('says which permissions are of staff', () => {
    const refusal = refusalOfRole('viewers', carrying(PermissionFlagsBits.ManageRoles | 8n), []);
    expect(inEnglish(refusal && roleSentence(refusal))).toContain('Administrator, Manage Roles.');
  });
});

describe('permissions', () => {
  const ALL = Object.entries(PermissionFlagsBits);
  const staff = ALL.filter(([, bit]) => staffPermissionsIn(bit, 0n).length > 0);

  it('are each known: new ones of Discord have to be decided', () => {
    const unknown = ALL.filter(([, bit]) =>
      staffPermissionsIn(bit, 0n).includes('a permission that Usher does not know'),
    );
    expect(unknown).toEqual([]);
  });

  it('of staff are those that manage, punish, call everybody, or look behind', () => {
    const names = staff.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(ALL.map(([name]) => name).filter((name) => /^(Manage|Kick|Ban|Mod)/.test(name))),
    );
    expect(names).toEqual(
      expect.arrayContaining(['Administrator', 'MentionEveryone', 'ViewAuditLog', 'ViewGuildInsights']),
    );
    expect(names).not.toContain('SendMessages');
  });

  it('that Discord adds are of staff, unless everybody has them', () => {
    const added = 1n << 60n;
    expect(staffPermissionsIn(added, 0n)).toHaveLength(1);
    expect(staffPermissionsIn(added, added)).toEqual([]);
  });

  it('of staff are found beside any others', () => {
    const bits = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const isFound = (beside: bigint, [, one]: readonly [string, bigint], everybodys: bigint) =>
      staffPermissionsIn(beside | one, everybodys).length > 0;
    fc.assert(fc.property(bits, fc.constantFrom(...staff), bits, isFound));
  });
});
