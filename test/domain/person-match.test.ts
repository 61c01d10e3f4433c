import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMemberId } from '../../src/domain/ids.ts';
import {
  type NamedPerson,
  type PersonMatch,
  peopleIndex,
  proposalsOf,
} from '../../src/domain/person-match.ts';
import { ada, ann, ben, bob } from '../support/people.ts';

const people: readonly NamedPerson[] = [
  { memberId: ada, names: ['ada_lovelace', 'Ada L.'], nickname: 'The Countess' },
  { memberId: ann, names: ['ann'], nickname: null },
  { memberId: ben, names: ['Benjamin Franklin'], nickname: 'Kite' },
  { memberId: bob, names: ['xy'] },
];
const index = peopleIndex(people);

describe('whose account it may be', () => {
  it.each([
    ['the same name', { names: ['ada_lovelace'] }, [ada, 96, 'name']],
    ['the same name, written otherwise', { names: ['Ada-Lovelace'] }, [ada, 96, 'name']],
    ['one of several names', { names: ['', 'Ada L'] }, [ada, 96, 'name']],
    ['a nickname', { names: ['thecountess'] }, [ada, 93, 'nickname']],
    ['what stands before the @', { names: ['somebody'], emailName: 'benjamin.franklin' }, [ben, 90, 'email']],
    ['whose it was before, whatever it is called', { names: ['ann'], earlier: ben }, [ben, 100, 'earlier']],
    ['somebody who is known by no name', { names: ['q'], earlier: toMemberId('77') }, ['77', 100, 'earlier']],
    ['numbers added', { names: ['ann1992'] }, [ann, 85, 'alike']],
    ['a slip of the finger', { names: ['ada_lovelcae'] }, [ada, 80, 'alike']],
    ['half of the name', { names: ['benjamin f'] }, [ben, 63, 'alike']],
    ['two letters that are equal', { names: ['XY'] }, [bob, 70, 'name']],
    ['nobody', { names: ['zoltan'] }, undefined],
    ['no name at all', { names: ['', '   '], emailName: '' }, undefined],
  ] as const)('%s', (_name, login, expected) => {
    const [first] = index.matchesOf(login);
    expect(first && [first.memberId, first.score, first.why]).toEqual(expected);
  });

  it('lists everybody of the same name, in one order', () => {
    const twins = peopleIndex([
      { memberId: ben, names: ['Mia'] },
      { memberId: ada, names: ['mia'] },
    ]);
    expect(twins.matchesOf({ names: ['MIA'] }).map(({ memberId }) => memberId)).toEqual(
      [ada, ben].toSorted(),
    );
  });

  it('names of nothing but marks are equal to themselves alone', () => {
    const marks = peopleIndex([{ memberId: ada, names: ['★★★'] }]);
    expect(marks.matchesOf({ names: ['★★★'] })).toHaveLength(1);
    expect(marks.matchesOf({ names: ['☆☆'] })).toEqual([]);
  });
});

describe('what is proposed', () => {
  const match = (memberId: string, score: number, why: PersonMatch['why'] = 'name'): PersonMatch => ({
    memberId: toMemberId(memberId),
    score,
    why,
  });

  it.each([
    ['one that is equal is sure', [[match('1', 96)]], [true]],
    ['one that is alike is not', [[match('1', 85, 'alike')]], [false]],
    ['two that are equal are not', [[match('1', 96), match('2', 93)]], [false]],
    ['an earlier link beside an equal name is', [[match('1', 100, 'earlier'), match('2', 96)]], [true]],
    ['two accounts of one member are not', [[match('1', 96)], [match('1', 90)]], [false, false]],
    [
      'one that is alike takes nothing from one that is equal',
      [[match('1', 96)], [match('1', 80)]],
      [true, false],
    ],
    ['nobody', [[]], [undefined]],
  ] as const)('%s', (_name, matches, expected) => {
    expect(proposalsOf(matches).map((proposal) => proposal?.isSure)).toEqual(expected);
  });
});

const name = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', 'A', '1', '2', ' ', '_', '★'), maxLength: 8 });
const crowd = fc.array(fc.record({ name, nickname: fc.option(name) }), { maxLength: 12 }).map((each) =>
  each.map(
    ({ name: called, nickname }, at): NamedPerson => ({
      memberId: toMemberId(String(at + 1)),
      names: [called],
      nickname,
    }),
  ),
);

it('whoever is called exactly so is found, and found first or beside their equals', () => {
  fc.assert(
    fc.property(crowd, fc.nat(), (there, which) => {
      const meant = there[which % Math.max(1, there.length)];
      const called = meant?.names[0] ?? '';
      fc.pre(meant !== undefined && called.replace(/[^\p{L}\p{N}]+/gu, '').length > 2);
      const found = peopleIndex(there).matchesOf({ names: [called] }, there.length);
      expect(found.find(({ memberId }) => memberId === meant?.memberId)?.score).toBe(96);
      expect(found[0]?.score).toBe(96);
    }),
  );
});

it('scores are in measure, sorted, each member once, and the same however the people are ordered', () => {
  fc.assert(
    fc.property(crowd, name, fc.option(name, { nil: undefined }), (there, called, emailName) => {
      const login = { names: [called], emailName };
      const found = peopleIndex(there).matchesOf(login, there.length);
      expect(new Set(found.map(({ memberId }) => memberId)).size).toBe(found.length);
      expect(found.every(({ score }) => score >= 50 && score <= 100)).toBe(true);
      expect(found.map(({ score }) => score)).toEqual(
        found.map(({ score }) => score).toSorted((one, other) => other - one),
      );
      expect(peopleIndex(there.toReversed()).matchesOf(login, there.length)).toEqual(found);
    }),
  );
});

it('thousands of accounts are compared with thousands of people, even of one letter, in seconds', () => {
  const letters = (n: number) => 'abc'[n % 3]?.repeat(1 + (n % 40)) ?? '';
  const there = Array.from({ length: 5_000 }, (_, n) => ({
    memberId: toMemberId(String(n + 1)),
    names: [`${letters(n)}${n}`],
  }));
  const many = peopleIndex(there);
  const begun = performance.now();
  for (let n = 0; n < 2_000; n += 1) many.matchesOf({ names: [`${letters(n)}x${n}`] });
  expect(performance.now() - begun).toBeLessThan(8_000);
});
