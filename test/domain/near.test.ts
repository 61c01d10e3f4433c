import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isNearly } from '../../src/domain/near.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });

it('names are near by as many slips as the whole table of distances says', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const shorter = Math.min(one.length, other.length);
      const expected = shorter >= 3 && distance(one, other) <= (shorter < 6 ? 1 : 2);
      expect(isNearly(one, other)).toBe(expected);
    }),
    { numRuns: 5_000 },
  );
});

it('what is longer than a name is no slip of the finger', () => {
  expect(isNearly('a'.repeat(64), 'a'.repeat(63))).toBe(true);
  expect(isNearly('a'.repeat(65), 'a'.repeat(64))).toBe(false);
});

/** Letters that are wrong, missing, too many, or swapped with the next one: all cells of the textbook's table. */
function distance(one: string, other: string): number {
  const rows: number[][] = [];
  const cell = (a: number, b: number): number => rows[a]?.[b] ?? Number.POSITIVE_INFINITY;
  for (let a = 0; a <= one.length; a += 1) {
    rows[a] = [];
    for (let b = 0; b <= other.length; b += 1) {
      const isSwapped = a > 1 && b > 1 && one[a - 1] === other[b - 2] && one[a - 2] === other[b - 1];
      const ways = [
        cell(a - 1, b) + 1,
        cell(a, b - 1) + 1,
        cell(a - 1, b - 1) + Number(one[a - 1] !== other[b - 1]),
        isSwapped ? cell(a - 2, b - 2) + 1 : Number.POSITIVE_INFINITY,
      ];
      (rows[a] as number[])[b] = a + b === 0 ? 0 : Math.min(...ways);
    }
  }
  return cell(one.length, other.length);
}
