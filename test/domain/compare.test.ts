import { describe, expect, it } from 'vitest';
import { type ComparedLibrary, compareLibraries } from '../../src/domain/compare.ts';

const SERVERS = [
  { id: 't', name: 'Tower' },
  { id: 'd', name: 'Den' },
];

const on = (serverId: string, name: string, type: ComparedLibrary['type'] = 'movies', gone = false) => ({
  serverId,
  name,
  type,
  goneAt: gone ? new Date(0) : null,
});

describe('comparing libraries', () => {
  it.each<[string, ReturnType<typeof on>[], ComparedLibrary[]]>([
    ['nothing', [], []],
    [
      'on both, in any case',
      [on('t', 'Movies'), on('d', 'MOVIES')],
      [{ name: 'Movies', type: 'movies', on: ['Tower', 'Den'], missingOn: [], doubledOn: [] }],
    ],
    [
      'of the same name but another type',
      [on('t', 'Anime'), on('d', 'Anime', 'shows')],
      [
        { name: 'Anime', type: 'movies', on: ['Tower'], missingOn: ['Den'], doubledOn: [] },
        { name: 'Anime', type: 'shows', on: ['Den'], missingOn: ['Tower'], doubledOn: [] },
      ],
    ],
    [
      'gone from one',
      [on('t', 'Movies'), on('d', 'Movies', 'movies', true)],
      [{ name: 'Movies', type: 'movies', on: ['Tower'], missingOn: ['Den'], doubledOn: [] }],
    ],
    [
      'twice on one',
      [on('t', 'Movies'), on('t', 'movies')],
      [{ name: 'Movies', type: 'movies', on: ['Tower'], missingOn: ['Den'], doubledOn: ['Tower'] }],
    ],
    [
      'by name, then by type, whatever their order',
      [on('t', 'Zoo'), on('t', 'anime', 'shows'), on('t', ' Anime '), on('d', 'ANIME')],
      [
        { name: ' Anime ', type: 'movies', on: ['Tower', 'Den'], missingOn: [], doubledOn: [] },
        { name: 'anime', type: 'shows', on: ['Tower'], missingOn: ['Den'], doubledOn: [] },
        { name: 'Zoo', type: 'movies', on: ['Tower'], missingOn: ['Den'], doubledOn: [] },
      ],
    ],
  ])('%s', (_name, libraries, expected) => {
    expect(compareLibraries(SERVERS, libraries)).toEqual(expected);
  });
});
