import { expect, it } from 'vitest';
import { type InviteRefusal, isOpen, refusalOf } from '../../src/domain/invite.ts';
import { later, noon, SECOND } from '../support/moments.ts';
import { ada, ben } from '../support/people.ts';
import { anInvite } from '../support/rows.ts';

const open = anInvite('i', { validUntil: later(SECOND) });

it.each<[string, Partial<Parameters<typeof refusalOf>[0]>, InviteRefusal | undefined]>([
  ['an open one is for anybody', {}, undefined],
  ['one bound to them is for them', { memberId: ada }, undefined],
  ['one bound to somebody else is not', { memberId: ben }, 'for-somebody-else'],
  ['one that is over', { validUntil: later(-SECOND) }, 'expired'],
  ['one that is over just now', { validUntil: noon }, 'expired'],
  ['a revoked one', { revokedAt: noon }, 'revoked'],
  ['one without uses left', { usesLeft: 0 }, 'used-up'],
  ['whose it is comes first', { memberId: ben, revokedAt: noon, usesLeft: 0 }, 'for-somebody-else'],
])('%s', (_name, changes, expected) => {
  expect(refusalOf({ ...open, ...changes }, ada, noon)).toBe(expected);
});

it.each<[string, Partial<Parameters<typeof refusalOf>[0]>, boolean]>([
  ['an open one', {}, true],
  ['one bound to somebody', { memberId: ben }, true],
  ['one that is over just now', { validUntil: noon }, false],
  ['a revoked one', { revokedAt: noon }, false],
  ['one without uses left', { usesLeft: 0 }, false],
])('whether somebody can redeem it: %s', (_name, changes, expected) => {
  expect(isOpen({ ...open, ...changes }, noon)).toBe(expected);
});
