import { describe, expect, it } from 'vitest';
import { nameList } from '../../../../src/adapters/discord/views/media.ts';
import { listProblem, pickProblem } from '../../../../src/adapters/discord/views/picked.ts';
import type { NamedLibrary } from '../../../../src/app/queries/named-libraries.ts';
import { textOf } from '../../../support/command-input.ts';
import { said } from '../../../support/said.ts';

const library = (name: string, gone = false): NamedLibrary => ({
  id: name,
  serverId: 'tower',
  name,
  short: name,
  gone,
  missing: false,
});

describe('what is not clear', () => {
  it('lists every candidate that there is room for, and counts the others', () => {
    const some = Array.from({ length: 30 }, (_, n) => library(`Server ${n} · Movies`));
    const text = textOf(pickProblem('library', 'movies', { kind: 'several', items: some }));
    for (const { name } of some) expect(text).toContain(`• ${name}`);
    const many = Array.from({ length: 3_000 }, (_, n) => library(`Server ${n} · Movies`));
    const long = textOf(pickProblem('library', 'movies', { kind: 'several', items: many }));
    expect(long.length).toBeLessThan(3_600);
    expect(long).toMatch(/and 2\d\d\d more/);
  });

  it('tells what is written almost alike', () => {
    const near = [library('Tower · Movies')];
    expect(textOf(pickProblem('library', 'Moveis', { kind: 'none', near }))).toMatch(
      /no library “Moveis”(.|\n)*Did you mean:\n• Tower · Movies/,
    );
  });

  it('shows both readings of a list', () => {
    const [whole, movies, other] = [
      library('Tower · Movies, 4K'),
      library('Tower · Movies'),
      library('Den · 4K'),
    ];
    const ambiguous = (last: readonly NamedLibrary[]) =>
      textOf(
        listProblem({
          kind: 'ambiguous',
          typed: 'Movies, 4',
          readings: [
            [{ typed: 'Movies, 4', items: [whole] }],
            [
              { typed: 'Movies', items: [movies] },
              { typed: '4', items: last },
            ],
          ],
        }),
      );
    expect(ambiguous([other])).toMatch(
      /“Movies, 4” can be read in two ways(.|\n)*one library: Tower · Movies, 4K\n• 2 libraries: Tower · Movies and Den · 4K\nNothing was changed/,
    );
    expect(ambiguous([])).toContain('Tower · Movies and “4”, which is no library');
    expect(ambiguous([other, whole])).toContain('Den · 4K or Tower · Movies, 4K');
  });

  it('says how many names are too many, and what to do', () => {
    expect(textOf(listProblem({ kind: 'too-long', most: 500 }))).toMatch(
      /more than 500 names(.|\n)*Nothing was changed(.|\n)*choose from a list/,
    );
  });

  it('does not take what is gone for something else', () => {
    expect(textOf(listProblem({ kind: 'gone', item: library('Tower · Movies, 4K', true) }))).toMatch(
      /“Tower · Movies, 4K” is gone from its server(.|\n)*Nothing was changed/,
    );
  });
});

it.each([
  [['Movies', 'Movies, 4K'], 'Movies, “Movies, 4K”'],
  [['*a*, b', 'c', 'd'], '“\\*a\\*, b”, c and 1 more'],
  [[], 'nothing'],
])('%j in a sentence: %s', (names, text) => {
  expect(said(nameList(names, 2))).toBe(text);
});
