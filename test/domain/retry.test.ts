import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALERT_AFTER, nextAttemptAt, nextProbeAt } from '../../src/domain/retry.ts';

const now = new Date('2026-03-01T12:00:00Z');
const seconds = (then: Date) => (then.getTime() - now.getTime()) / 1_000;

describe.each([
  ['an account', nextAttemptAt, 5, 1_800],
  ['a server', nextProbeAt, 5, 60],
])('when %s is tried again', (_name, next, first, last) => {
  it('soon after the first failure', () => {
    expect(seconds(next(now, 1))).toBe(first);
  });

  it('never sooner after more failures, and never later than the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (count) => {
        expect(seconds(next(now, count + 1))).toBeGreaterThanOrEqual(seconds(next(now, count)));
        expect(seconds(next(now, count))).toBeLessThanOrEqual(last);
      }),
    );
  });

  it('for ever', () => {
    expect(seconds(next(now, 1_000_000))).toBe(last);
  });
});

it.each([
  ['its own wish counts when it is longer', 1, 60_000, 60],
  ['ours when it is not', 3, 1_000, 20],
  ['its wish may be longer than our cap', 50, 7_200_000, 7_200],
])('a server says when to come back: %s', (_name, attempts, wishMs, expected) => {
  expect(seconds(nextAttemptAt(now, attempts, wishMs))).toBe(expected);
});

it('staff are told after the third failure', () => {
  expect(ALERT_AFTER).toBe(3);
});
