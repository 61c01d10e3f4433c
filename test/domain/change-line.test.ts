import { expect, it } from 'vitest';
import type { Actual } from '../../src/domain/access.ts';
import { changeLine, type Decided } from '../../src/domain/change-line.ts';

const PRESENT = ['1', '2', '3', '4'];
const NAMES: Readonly<Record<string, string>> = {
  '1': 'Movies',
  '2': 'Shows',
  '3': 'Music',
  '4': 'Movies, 4K',
};

const has = (
  access: 'all' | readonly string[],
  state: Partial<{ pending: boolean; disabled: boolean }> = {},
): Actual => ({
  kind: 'present',
  access,
  pending: false,
  disabled: false,
  ...state,
});

it.each<[string, Decided]>([
  [
    'has Movies; granted Movies; stays as it is',
    { actual: has(['1']), desired: ['1'], change: { kind: 'none' } },
  ],
  [
    'has Movies; granted Movies, Shows; set to Movies, Shows',
    { actual: has(['1']), desired: ['1', '2'], change: { kind: 'set', libraryIds: ['1', '2'] } },
  ],
  [
    'has Movies; granted nothing; withdraw',
    { actual: has(['1']), desired: [], change: { kind: 'withdraw' } },
  ],
  [
    'has everything; granted Shows; set to Shows',
    { actual: has('all'), desired: ['2'], change: { kind: 'set', libraryIds: ['2'] } },
  ],
  [
    'has nothing (disabled); granted Music; stays as it is',
    { actual: has([], { disabled: true }), desired: ['3'], change: { kind: 'none' } },
  ],
  [
    'has Movies (invited); granted nothing; withdraw',
    { actual: has(['1'], { pending: true }), desired: [], change: { kind: 'withdraw' } },
  ],
  [
    'is not there; granted Movies; invite with Movies',
    { actual: { kind: 'absent' }, desired: ['1'], change: { kind: 'invite', libraryIds: ['1'] } },
  ],
  [
    'has “Movies, 4K”; granted Movies, “Movies, 4K”; set to Movies, “Movies, 4K”',
    { actual: has(['4']), desired: ['1', '4'], change: { kind: 'set', libraryIds: ['1', '4'] } },
  ],
])('%s', (line, decided) => {
  expect(changeLine(decided, PRESENT, (id) => NAMES[id] ?? '?')).toBe(line);
});
