import { describe, expect, it } from 'vitest';
import { listProblem, pickProblem } from '../../../../src/adapters/discord/views/picked.ts';
import type { NamedLibrary } from '../../../../src/app/queries/named-libraries.ts';
import { namesText } from '../../../../src/domain/place-words.ts';
import { textOf } from '../../../support/command-input.ts';
import { told } from '../../../support/said.ts';

const library = (name: string, gone = false): NamedLibrary => ({
  id: name,
  serverId: 'tower',
  name,
  short: name,
  gone,
  missing: false,
});

describe('what is not clear', () => {
  it('offers every candidate', () => {
    const some = Array.from({ length: 30 }, (_, n) => library(`Server ${n} · Movies`));
    const view = pickProblem('library', 'movies', { kind: 'several', items: some });
    expect(textOf(view)).toContain('“movies” can mean several things');
    expect(view.unclear?.readings.map(({ label }) => label)).toEqual(some.map(({ name }) => name));
  });

  it('tells what is written almost alike', () => {
    const near = [library('Tower · Movies')];
    const view = pickProblem('library', 'Moveis', { kind: 'none', near });
    expect(textOf(view)).toMatch(/no library “Moveis”(.|\n)*Did you mean:/);
    expect(view.unclear?.readings).toEqual([{ label: 'Tower · Movies', text: 'Tower · Movies' }]);
  });

  it('offers both readings of a list, each in the place of what was not clear', () => {
    const [whole, movies, other] = [
      library('Tower · Movies, 4K'),
      library('Tower · Movies'),
      library('Den · 4K'),
    ];
    const ambiguous = (last: readonly NamedLibrary[]) =>
      listProblem('TV, Movies, 4, Kids', {
        kind: 'ambiguous',
        typed: 'Movies, 4',
        from: 4,
        readings: [
          [{ typed: 'Movies, 4', items: [whole] }],
          [
            { typed: 'Movies', items: [movies] },
            { typed: '4', items: last },
          ],
        ],
      });
    const [one, two] = ['Tower · Movies, 4K', 'Tower · Movies + Den · 4K'];
    expect(textOf(ambiguous([other]))).toMatch(
      /“Movies, 4” can be read in two ways(.|\n)*Nothing was changed/,
    );
    expect(ambiguous([other]).unclear).toMatchObject({
      typed: 'TV, Movies, 4, Kids',
      readings: [
        { label: one, text: 'TV, Tower · Movies, 4K, Kids' },
        { label: two, text: 'TV, Tower · Movies, Den · 4K, Kids' },
      ],
    });
    const labels = (last: readonly NamedLibrary[]) =>
      ambiguous(last).unclear?.readings.map(({ label }) => label);
    // As two libraries it would be nothing that exists.
    expect(labels([])).toEqual([one]);
    expect(labels([other, whole])).toEqual([one]);
  });

  it('puts a near miss in the place of what is no library', () => {
    const near = [library('Tower · Movies')];
    const view = listProblem('TV, Moveis', {
      kind: 'unclear',
      typed: 'Moveis',
      from: 4,
      picked: { kind: 'none', near },
    });
    expect(view.unclear).toMatchObject({
      typed: 'TV, Moveis',
      readings: [{ label: 'Tower · Movies', text: 'TV, Tower · Movies' }],
    });
  });

  it('says how many names are too many, and what to do', () => {
    expect(textOf(listProblem('m,', { kind: 'too-long', most: 500 }))).toMatch(
      /more than 500 names(.|\n)*Nothing was changed(.|\n)*choose from a list/,
    );
  });

  it('does not take what is gone for something else', () => {
    expect(
      textOf(listProblem('Movies, 4K', { kind: 'gone', item: library('Tower · Movies, 4K', true) })),
    ).toMatch(/“Tower · Movies, 4K” is gone from its server(.|\n)*Nothing was changed/);
  });
});

it.each([
  [['Movies', 'Movies, 4K'], 'Movies and “Movies, 4K”'],
  [['*a*, b', 'c', 'd'], '“\\*a\\*, b”, c and d'],
  [['*a*, b', 'c', 'd', 'e'], '“\\*a\\*, b”, c and 2 more'],
  [[], 'nothing'],
])('%j in a sentence: %s', (names, text) => {
  expect(told(namesText(names, 2))).toBe(text);
});
