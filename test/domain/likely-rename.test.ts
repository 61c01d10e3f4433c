import { expect, it } from 'vitest';
import { likelyRenames } from '../../src/domain/likely-rename.ts';
import type { LibraryType } from '../../src/domain/model.ts';

const library = (text: string) => {
  const [name = '', type] = text.split(':');
  const types: Readonly<Record<string, LibraryType>> = { m: 'movies', s: 'shows' };
  return { id: `id of ${name}`, name, type: types[type ?? ''] ?? 'other' };
};

it.each<[string, string[], string[], string[]]>([
  ['nothing gone', [], ['Films:m'], []],
  ['nothing new', ['Movies:m'], [], []],
  ['one for one', ['Movies:m'], ['Films:m'], ['Movies → Films']],
  ['of the same name: made anew', ['Movies:m'], ['Movies:m'], ['Movies → Movies']],
  ['of another type', ['Movies:m'], ['Series:s'], []],
  ['two new ones', ['Movies:m'], ['Films:m', 'Cinema:m'], []],
  ['two gone', ['Movies:m', 'Cinema:m'], ['Films:m'], []],
  [
    'one of each type',
    ['Movies:m', 'Shows:s'],
    ['Series:s', 'Films:m'],
    ['Movies → Films', 'Shows → Series'],
  ],
])('%s', (_name, gone, fresh, expected) => {
  const found = likelyRenames(gone.map(library), fresh.map(library));
  expect(found.map(({ from, to }) => `${from.name} → ${to}`)).toEqual(expected);
});
