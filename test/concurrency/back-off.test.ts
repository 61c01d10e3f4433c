import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackOff, doubling, inSteps } from '../../src/concurrency/back-off.ts';

const first = (count: number, backOff: BackOff) =>
  Array.from({ length: count }, (_, index) => backOff(index + 1));

it('in steps: each once, the last one from then on', () => {
  expect(first(5, inSteps(5, 10, 60))).toEqual([5, 10, 60, 60, 60]);
  expect(first(2, inSteps(7))).toEqual([7, 7]);
});

it('doubling: up to the cap', () => {
  expect(first(5, doubling({ firstMs: 2, lastMs: 15 }))).toEqual([2, 4, 8, 15, 15]);
});

describe.each([
  ['in steps', inSteps(1, 2, 3, 100), 100],
  ['doubling', doubling({ firstMs: 1, lastMs: 100 }), 100],
])('%s', (_name, backOff, last) => {
  it('never gets shorter, nor longer than its cap, for ever', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (failures) => {
        expect(backOff(failures)).toBeGreaterThan(0);
        expect(backOff(failures + 1)).toBeGreaterThanOrEqual(backOff(failures));
        expect(backOff(failures)).toBeLessThanOrEqual(last);
      }),
    );
    expect(backOff(Number.MAX_SAFE_INTEGER)).toBe(last);
  });
});
