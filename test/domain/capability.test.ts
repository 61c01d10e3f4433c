import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capabilitiesOf, type Person } from '../../src/domain/capability.ts';
import type { Capability, RoleRule } from '../../src/domain/model.ts';

const person = (...roleIds: string[]): Person => ({ isGuildOwner: false, permissions: 0n, roleIds });
const allow = (roleId: string, capability: Capability): RoleRule => ({ roleId, capability, effect: 'allow' });
const deny = (roleId: string, capability: Capability): RoleRule => ({ roleId, capability, effect: 'deny' });

describe('what a person may do', () => {
  it.each<[string, Person, readonly RoleRule[], readonly Capability[]]>([
    ['nothing without a role', person(), [allow('staff', 'admin')], []],
    ['nothing by a role without a rule', person('other'), [allow('staff', 'admin')], []],
    ['admin includes all', person('staff'), [allow('staff', 'admin')], ['admin', 'auditor', 'moderator']],
    ['moderator includes auditor', person('staff'), [allow('staff', 'moderator')], ['auditor', 'moderator']],
    ['auditor is auditor', person('staff'), [allow('staff', 'auditor')], ['auditor']],
    [
      'the sum of two roles',
      person('one', 'two'),
      [allow('one', 'auditor'), allow('two', 'moderator')],
      ['auditor', 'moderator'],
    ],
    [
      'deny wins over another role',
      person('staff', 'guest'),
      [allow('staff', 'moderator'), deny('guest', 'moderator')],
      ['auditor'],
    ],
    [
      'deny wins in whatever order',
      person('staff', 'guest'),
      [deny('guest', 'moderator'), allow('staff', 'moderator')],
      ['auditor'],
    ],
    [
      'denying the lowest denies what includes it',
      person('staff', 'guest'),
      [allow('staff', 'admin'), deny('guest', 'auditor')],
      [],
    ],
    [
      'denying the middle leaves the lowest',
      person('staff', 'guest'),
      [allow('staff', 'admin'), deny('guest', 'moderator')],
      ['auditor'],
    ],
    [
      'denying the highest leaves the others',
      person('staff', 'guest'),
      [allow('staff', 'admin'), deny('guest', 'admin')],
      ['auditor', 'moderator'],
    ],
    ['denying alone gives nothing', person('guest'), [deny('guest', 'admin')], []],
    [
      'somebody else is denied',
      person('staff'),
      [allow('staff', 'auditor'), deny('guest', 'auditor')],
      ['auditor'],
    ],
    [
      'the owner of the guild is an admin',
      { ...person(), isGuildOwner: true },
      [],
      ['admin', 'auditor', 'moderator'],
    ],
    [
      'Administrator makes an admin',
      { ...person(), permissions: 1n << 3n },
      [],
      ['admin', 'auditor', 'moderator'],
    ],
    [
      'Manage Server makes an admin',
      { ...person(), permissions: (1n << 5n) | (1n << 11n) },
      [],
      ['admin', 'auditor', 'moderator'],
    ],
    ['other permissions make nothing', { ...person(), permissions: (1n << 28n) | (1n << 2n) }, [], []],
    [
      'an owner cannot be locked out',
      { ...person('guest'), isGuildOwner: true },
      [deny('guest', 'admin')],
      ['admin', 'auditor', 'moderator'],
    ],
  ])('%s', (_name, who, rules, expected) => {
    expect([...capabilitiesOf(who, rules)].toSorted()).toEqual(expected);
  });

  const rule = fc.record({
    roleId: fc.constantFrom('one', 'two', 'three'),
    capability: fc.constantFrom<Capability>('admin', 'moderator', 'auditor'),
    effect: fc.constantFrom<RoleRule['effect']>('allow', 'deny'),
  });

  it('the order of rules does not matter, and a further denial never gives anything', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), rule, (rules, another) => {
        const who = person('one', 'two');
        const held = capabilitiesOf(who, rules);
        expect(capabilitiesOf(who, rules.toReversed())).toEqual(held);
        const less = capabilitiesOf(who, [...rules, { ...another, effect: 'deny' }]);
        expect(less.isSubsetOf(held)).toBe(true);
      }),
    );
  });

  it('whoever has a capability has what it includes', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), (rules) => {
        const held = capabilitiesOf(person('one', 'two'), rules);
        if (held.has('admin')) expect(held.has('moderator')).toBe(true);
        if (held.has('moderator')) expect(held.has('auditor')).toBe(true);
      }),
    );
  });
});
