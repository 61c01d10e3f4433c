import { describe, expect, it } from 'vitest';
import {
  either,
  type Guard,
  isDuration,
  isFlag,
  isNumber,
  isText,
  listOf,
  nonEmptyListOf,
  oneOf,
  orNull,
  shape,
} from '../../../../src/adapters/discord/kit/shape.ts';

const draft = shape({ member: isText, chosen: listOf(isText) }, { uses: isNumber, note: isText });

describe('a guard', () => {
  it.each<[string, Guard<unknown>, unknown, boolean]>([
    ['a text', isText, '', true],
    ['no text', isText, 1, false],
    ['a flag', isFlag, false, true],
    ['a duration', isDuration, '1mo15d', true],
    ['a duration as it is typed, not as it is stored', isDuration, '1MO 15d', false],
    ['no duration', isDuration, '15', false],
    ['nothing as a duration', isDuration, '', false],
    ['one of some words', oneOf('pause', 'resume'), 'resume', true],
    ['another word', oneOf('pause', 'resume'), 'extend', false],
    ['null', orNull(isText), null, true],
    ['nothing for null', orNull(isText), undefined, false],
    ['one of two', either(oneOf('all'), listOf(isText)), ['Movies'], true],
    ['neither of two', either(oneOf('all'), listOf(isText)), 'none', false],
    ['an empty list', listOf(isText), [], true],
    ['a list with something else in it', listOf(isText), ['a', 1], false],
    ['a list that must not be empty', nonEmptyListOf(isText), [], false],
    ['a list that is not empty', nonEmptyListOf(isText), ['a'], true],
    ['a whole draft', draft, { member: '1', chosen: [], uses: 2, note: 'x' }, true],
    ['a draft without what is optional', draft, { member: '1', chosen: [] }, true],
    ['a draft that lacks a field', draft, { member: '1' }, false],
    ['a draft with a field of another type', draft, { member: '1', chosen: 'movies' }, false],
    ['a draft whose optional field is of another type', draft, { member: '1', chosen: [], uses: '2' }, false],
    ['a draft whose field is inherited', shape({ toString: isText }), {}, false],
    ['a list for an object', shape({}), [], false],
    ['null for an object', shape({}), null, false],
  ])('%s', (_name, guard, value, expected) => {
    expect(guard(value)).toBe(expected);
  });
});
