import { describe, expect, it } from 'vitest';
import { isServerKind, SERVER_KINDS } from '../../src/domain/server-kind.ts';
import { isText, orNull, shape } from '../../src/domain/shape.ts';

describe('the shape of a kept value', () => {
  const isKept = shape({ name: isText, note: orNull(isText) });

  it.each([
    ['all fields', { name: 'a', note: 'b' }, true],
    ['one that may be null', { name: 'a', note: null }, true],
    ['more than asked for', { name: 'a', note: null, age: 1 }, true],
    ['one missing', { name: 'a' }, false],
    ['one of another type', { name: 1, note: null }, false],
    ['null where it may not be', { name: null, note: null }, false],
    ['nothing', {}, false],
    ['null', null, false],
    ['undefined', undefined, false],
    ['a text', 'name', false],
    ['a list', ['a', null], false],
  ])('%s', (_name, value, expected) => {
    expect(isKept(value)).toBe(expected);
  });
});

it.each([
  ['plex', true],
  ['jellyfin', true],
  ['Plex', false],
  ['emby', false],
  ['toString', false],
  ['', false],
  [undefined, false],
  [['plex'], false],
])('%j is a kind of server: %s', (word, expected) => {
  expect(isServerKind(word)).toBe(expected);
});

it('the kinds are listed in the order of the table', () => {
  expect(SERVER_KINDS).toEqual(['plex', 'jellyfin']);
});
