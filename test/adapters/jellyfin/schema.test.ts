import { expect, it } from 'vitest';
import { readFolders } from '../../../src/adapters/jellyfin/schema.ts';

it.each([
  ['movies', 'movies'],
  ['homevideos', 'photos'],
  ['boxsets', 'other'],
  [null, 'mixed'],
  // Whoever runs a media server chooses the words, and every object has these.
  ['constructor', 'other'],
  ['toString', 'other'],
  ['__proto__', 'other'],
])('a library of the type %j is one of %s', (CollectionType, type) => {
  expect(readFolders([{ Name: 'A', CollectionType }])).toMatchObject([{ type }]);
});
