import { describe, expect, it } from 'vitest';
import { lookAlikeOf, oddityOfName } from '../../src/domain/account-name.ts';
import { say } from '../../src/words/say.ts';

describe('a name', () => {
  it.each([
    'ada',
    'Ada Lovelace',
    "o'neill-2_b.c@d",
    'jürgen',
    'søren',
    'łukasz',
    'Ольга',
    'Ольга 2',
    'Νίκος',
    'さくら',
    'サクラー',
    '山田 taro',
    '김민준',
    'محمد',
    'דוד',
    'สมชาย',
  ])('%s is in one alphabet, or in those that are written together', (name) => {
    expect(oddityOfName(name)).toBeUndefined();
    expect(oddityOfName(name.normalize('NFD'))).toBeUndefined();
  });

  it.each([
    ['а Cyrillic а', '\u0430dmin'],
    ['a Greek ο', 'b\u03bfss'],
    ['Cyrillic and Greek', 'Ольга\u03bf'],
    ['an Armenian օ', '\u0585lga'],
    ['Hangul and Cyrillic', '김а'],
    ['a script of which nobody knows the looks', '\u13aa\u13b3'],
  ])('with %s is refused', (_name, name) => {
    expect(oddityOfName(name)).toEqual(say('my.name.mixed'));
  });

  it.each([
    ['zero-width space', 'ad\u200bmin'],
    ['zero-width joiner', 'ad\u200dmin'],
    ['soft hyphen', 'ad\u00admin'],
    ['mark of direction', 'ad\u202emin'],
    ['byte order mark', '\ufeffadmin'],
    ['Hangul filler', 'admin\u3164'],
    ['grapheme joiner', 'ad\u034fmin'],
    ['variation selector', 'admin\ufe0f'],
  ])('with a %s is refused', (_name, name) => {
    expect(oddityOfName(name)).toEqual(say('my.name.unseen'));
  });
});

describe('a name that looks like another one', () => {
  it.each([
    ['admin', 'adrnin'],
    ['admin', '\uff41\uff44\uff4d\uff49\uff4e'],
    ['\u0430\u0440\u0440', 'app'],
    ['olga', 'o1ga'],
    ['Ian', 'lan'],
    ['b0b', 'bOb'],
    ['Admin', 'adrnin'],
    ['jürgen', 'ju\u0308rgen '.trim().replace('g', '\u0261')],
  ])('%j and %j', (one, other) => {
    expect(lookAlikeOf(one, ['x', other])).toBe(other);
    expect(lookAlikeOf(other, [one])).toBe(one);
  });

  it.each([
    // That a name is taken the server says itself.
    ['ada', 'ada'],
    ['ada', 'ADA'],
    ['jürgen', 'ju\u0308rgen'],
    ['ada', 'ida'],
    ['anna', 'ana'],
  ])('%j and %j are none', (one, other) => {
    expect(lookAlikeOf(one, [other])).toBeUndefined();
  });
});
