import { describe, expect, it } from 'vitest';
import { nameMatcher, pick } from '../../src/domain/pick.ts';

const items = [
  { id: 'a1', server: 'Tower', name: 'Movies' },
  { id: 'a2', server: 'Tower', name: 'Movies 4K' },
  { id: 'b1', server: 'Den', name: 'Movies' },
  { id: 'b2', server: 'Den', name: 'Shows' },
  { id: 'b3', server: 'Den', name: 'Élite' },
];
it('tells that there are several', () => {
  expect(pick(items, 'movies', ({ name }) => [name])).toMatchObject({ kind: 'several' });
});

const picked = (typed: string) => {
  const answer = pick(items, typed, ({ server, name }) => [`${server} · ${name}`, name]);
  if (answer.kind === 'one') return answer.item.id;
  return answer.kind === 'none' ? 'none' : answer.items.map(({ id }) => id);
};

it.each<[string, string, string | string[]]>([
  ['an id', 'a1', 'a1'],
  ['a unique name', 'Shows', 'b2'],
  ['another case', 'sHOWS', 'b2'],
  ['spaces around and between', '  tower  ·   movies 4k ', 'a2'],
  ['a full name', 'Den · Movies', 'b1'],
  ['a unique beginning', 'sho', 'b2'],
  ['a unique beginning of a full name', 'den · s', 'b2'],
  ['an equal name before a longer one', 'tower · movies', 'a1'],
  ['a name that two have', 'movies', ['a1', 'b1']],
  ['a beginning that several have', 'mov', ['a1', 'a2', 'b1']],
  ['a server alone', 'tower', ['a1', 'a2']],
  ['a letter written in two ways', 'e\u0301lite', 'b3'],
  ['the middle of a name', 'ows', 'none'],
  ['an id in another case', 'A1', 'none'],
  ['no blanks, another dash, or a slash in between', 'tower–movies 4k', 'a2'],
  ['as a path', 'Den/Movies', 'b1'],
  ['with blanks only', 'tower movies', 'a1'],
  ['within quotes', '“Den · Movies”', 'b1'],
  ['letters of full width', 'Ｓｈｏｗｓ', 'b2'],
  ['a character that is not seen', 'Sh\u200bows', 'b2'],
  ['nothing', '', 'none'],
  ['spaces', '   ', 'none'],
  ['what is not there', 'music', 'none'],
])('%s: “%s”', (_name, typed, expected) => {
  expect(picked(typed)).toEqual(expected);
});

describe('completion', () => {
  it.each([
    ['nothing yet', 'Tower · Movies', '', true],
    ['every word, in any order', 'Tower · Movies', 'mov tow', true],
    ['part of a word', 'Tower · Movies', 'ovi', true],
    ['a word that is not there', 'Tower · Movies', 'mov den', false],
    ['letters of two words in a row', 'Tower · Movies', 'rm', false],
    ['capitals that have no small letter of their own', 'Straße', 'STRASSE', false],
  ])('%s', (_name, name, typed, expected) => {
    expect(nameMatcher(typed)(name)).toBe(expected);
  });
});

it.each([
  ['case', ['Movies', 'movies'], 'movies', 1],
  ['blanks', ['My Shows', 'MyShows'], 'myshows', 1],
  ['punctuation', ['Movies: US', 'Movies US'], 'Movies US', 1],
  ['dashes', ['Anime - Dub', 'Anime – Dub'], 'Anime – Dub', 1],
  ['quotes', ['Movies', '"Movies"'], '"Movies"', 1],
])('names that differ in %s only are told apart', (_name, names, typed, expected) => {
  const twins = names.map((name, n) => ({ id: String(n), name }));
  expect(pick(twins, typed, ({ name }) => [name])).toMatchObject({ item: { id: String(expected) } });
});

it.each([
  ['Moveis', ['Movies']],
  ['Tower · Movvies 4K', ['Movies 4K']],
  ['shwos', ['Shows']],
  ['x', undefined],
  ['documentaries', undefined],
])('“%s” is near to %j', (typed, near) => {
  const answer = pick(items, typed, ({ server, name }) => [`${server} · ${name}`, name]);
  const names = answer.kind === 'none' ? answer.near?.map(({ name }) => name) : answer;
  expect(names && [...new Set(names as string[])]).toEqual(near);
});
