import { expect, it } from 'vitest';
import type { Actual } from '../../src/domain/access.ts';
import { changeLine, changeText, type Decided } from '../../src/domain/change-line.ts';
import { saidPlain } from '../support/said.ts';

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
    'has Movies; granted Movies and Shows; is set to Movies and Shows',
    { actual: has(['1']), desired: ['1', '2'], change: { kind: 'set', libraryIds: ['1', '2'] } },
  ],
  [
    'has Movies; granted nothing; loses all of it',
    { actual: has(['1']), desired: [], change: { kind: 'withdraw' } },
  ],
  [
    'has everything; granted Shows; is set to Shows',
    { actual: has('all'), desired: ['2'], change: { kind: 'set', libraryIds: ['2'] } },
  ],
  [
    'has nothing (disabled); granted Music; stays as it is',
    { actual: has([], { disabled: true }), desired: ['3'], change: { kind: 'none' } },
  ],
  [
    'has Movies (invited); granted nothing; loses all of it',
    { actual: has(['1'], { pending: true }), desired: [], change: { kind: 'withdraw' } },
  ],
  [
    'is not there; granted Movies; is invited to Movies',
    { actual: { kind: 'absent' }, desired: ['1'], change: { kind: 'invite', libraryIds: ['1'] } },
  ],
  [
    'has “Movies, 4K”; granted Movies and “Movies, 4K”; is set to Movies and “Movies, 4K”',
    { actual: has(['4']), desired: ['1', '4'], change: { kind: 'set', libraryIds: ['1', '4'] } },
  ],
])('%s', (line, decided) => {
  expect(saidPlain(changeText(decided, PRESENT, (id) => NAMES[id] ?? '?'))).toBe(line);
});

it.each<[string, Decided]>([
  [
    'has 1; granted 1, 2; set 1, 2',
    { actual: has(['1']), desired: ['1', '2'], change: { kind: 'set', libraryIds: ['1', '2'] } },
  ],
  [
    'has everything (invited, disabled); granted nothing; withdraw',
    { actual: has('all', { pending: true, disabled: true }), desired: [], change: { kind: 'withdraw' } },
  ],
  [
    'is not there; granted 3; invite 3',
    { actual: { kind: 'absent' }, desired: ['3'], change: { kind: 'invite', libraryIds: ['3'] } },
  ],
  [
    'has nothing; granted nothing; stays as it is',
    { actual: has([]), desired: [], change: { kind: 'none' } },
  ],
])('in the log: %s', (line, decided) => {
  expect(changeLine(decided, PRESENT)).toBe(line);
});
