/** Whether a member goes on by themselves, or by asking. */
import { expect, it } from 'vitest';
import { renewalOf } from '../../src/domain/renewal.ts';
import { DAY, later, noon } from '../support/moments.ts';
import { aGrant, aPlan } from '../support/rows.ts';

const plan = aPlan('p', { duration: '30d', renewals: 2 });
const soon = { expiresAt: later(3 * DAY) };
const over = { state: 'ended', endCause: 'expired', expiresAt: later(-DAY), endingAt: later(-DAY) } as const;

it.each([
  ['soon over', soon, plan, 'renew', 'self'],
  ['soon over, where nobody may ask', soon, plan, 'none', 'self'],
  ['far from over', { expiresAt: later(20 * DAY) }, plan, 'renew', 'ask'],
  ['far from over, where nobody may ask', { expiresAt: later(20 * DAY) }, plan, 'none', 'early'],
  ['renewed as often as may be', { ...soon, renewals: 2 }, plan, 'renew', 'ask'],
  ['of no plan', soon, undefined, 'renew', 'ask'],
  ['of no plan, where nobody may ask', soon, undefined, 'none', undefined],
  ['of a plan without a length', soon, { ...plan, duration: '' }, 'renew', 'ask'],
  ['over', over, plan, 'renew', 'self'],
  ['ended by staff', { ...over, endCause: 'revoked' }, plan, 'renew', 'ask'],
  ['over for long', { ...over, expiresAt: later(-31 * DAY) }, plan, 'renew', undefined],
  ['paused', { ...soon, state: 'paused' }, plan, 'renew', 'ask'],
  ['yet to begin', { ...soon, state: 'scheduled' }, plan, 'renew', undefined],
  ['for good', { expiresAt: null }, plan, 'all', undefined],
] as const)('what is %s', (_what, grant, of, mayAsk, renewal) => {
  expect(renewalOf(aGrant(grant), of, { mayAsk, now: noon })).toBe(renewal);
});
