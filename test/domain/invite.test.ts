import { expect, it } from 'vitest';
import { type InviteRefusal, isOpen, refusalOf } from '../../src/domain/invite.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = new Date('2026-03-01T12:00:01Z');
const open = { validUntil: later, revokedAt: null, usesLeft: 1, memberId: null };

it.each<[string, Partial<Parameters<typeof refusalOf>[0]>, InviteRefusal | undefined]>([
  ['an open one is for anybody', {}, undefined],
  ['one bound to them is for them', { memberId: 'ada' }, undefined],
  ['one bound to somebody else is not', { memberId: 'ben' }, 'for-somebody-else'],
  ['one that is over', { validUntil: new Date('2026-03-01T11:59:59Z') }, 'expired'],
  ['one that is over just now', { validUntil: now }, 'expired'],
  ['a revoked one', { revokedAt: now }, 'revoked'],
  ['one without uses left', { usesLeft: 0 }, 'used-up'],
  ['whose it is comes first', { memberId: 'ben', revokedAt: now, usesLeft: 0 }, 'for-somebody-else'],
])('%s', (_name, changes, expected) => {
  expect(refusalOf({ ...open, ...changes }, 'ada', now)).toBe(expected);
});

it.each<[string, Partial<Parameters<typeof refusalOf>[0]>, boolean]>([
  ['an open one', {}, true],
  ['one bound to somebody', { memberId: 'ben' }, true],
  ['one that is over just now', { validUntil: now }, false],
  ['a revoked one', { revokedAt: now }, false],
  ['one without uses left', { usesLeft: 0 }, false],
])('whether somebody can redeem it: %s', (_name, changes, expected) => {
  expect(isOpen({ ...open, ...changes }, now)).toBe(expected);
});
