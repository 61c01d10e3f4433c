import { expect, it } from 'vitest';
import { fullNames } from '../../src/domain/library-name.ts';
import type { LibraryType } from '../../src/domain/model.ts';

const servers = [
  { id: 'attic', name: 'Attic' },
  { id: 'tower', name: 'Tower' },
];
type Short = readonly [server: string, name: string, type: LibraryType, key: string, isGone?: true];
const namesOf = (...libraries: readonly Short[]) => [
  ...fullNames(
    libraries.map(([serverId, name, type, externalId, isGone]) => ({
      ...{ id: `${serverId}-${externalId}`, serverId, name, type, externalId },
      goneAt: isGone ? new Date(0) : null,
    })),
    servers,
  ).values(),
];

it.each<[string, readonly Short[], readonly string[]]>([
  [
    'one of each name',
    [
      ['attic', 'Movies', 'movies', '1'],
      ['attic', 'Shows', 'shows', '2'],
    ],
    ['Attic · Movies', 'Attic · Shows'],
  ],
  [
    'the same name on two servers',
    [
      ['attic', 'Movies', 'movies', '1'],
      ['tower', 'Movies', 'movies', '1'],
    ],
    ['Attic · Movies', 'Tower · Movies'],
  ],
  [
    'another type',
    [
      ['attic', 'Kids', 'movies', '1'],
      ['attic', 'kids', 'shows', '2'],
    ],
    ['Attic · Kids (movies)', 'Attic · kids (shows)'],
  ],
  [
    'the same type',
    [
      ['attic', 'Kids', 'movies', '1'],
      ['attic', 'Kids', 'movies', '2'],
      ['attic', 'Kids', 'shows', '3'],
    ],
    ['Attic · Kids (movies, 1)', 'Attic · Kids (movies, 2)', 'Attic · Kids (shows)'],
  ],
  [
    'one that is gone, and its successor',
    [
      ['attic', 'Kids', 'movies', '1', true],
      ['attic', 'Kids', 'movies', '2'],
    ],
    ['Attic · Kids', 'Attic · Kids'],
  ],
  ['a server that nobody knows', [['den', 'Kids', 'movies', '1']], ['? · Kids']],
])('%s', (_name, libraries, names) => {
  expect(namesOf(...libraries)).toEqual(names);
});
