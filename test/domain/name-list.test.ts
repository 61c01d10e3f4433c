import { expect, it } from 'vitest';
import { delimitedFull, joinNames } from '../../src/domain/name-list.ts';

it.each([
  [[], ''],
  [['Movies', 'TV'], 'Movies, TV'],
  [['Movies, 4K'], '“Movies, 4K”'],
  [['Movies', 'Movies, 4K', 'TV'], 'Movies, “Movies, 4K”, TV'],
  [['TV · Kids', 'Anime; Dub'], '“TV · Kids”, “Anime; Dub”'],
  [['電影，4K', '電影、4K'], '“電影，4K”, “電影、4K”'],
  [['TV and 3 more'], '“TV and 3 more”'],
  [
    ['Lost and Found', 'Movies: US', 'Reality / Talk', 'A·B'],
    'Lost and Found, Movies: US, Reality / Talk, A·B',
  ],
  [['7” Singles, Rare'], '“7" Singles, Rare”'],
])('%j reads as %s', (names, text) => {
  expect(joinNames(names)).toBe(text);
});

it.each([
  ['Tower · Movies', 'Tower · Movies'],
  ['Tower · Movies, 4K', '“Tower · Movies, 4K”'],
])('with its server: %s', (name, text) => {
  expect(delimitedFull(name)).toBe(text);
});
