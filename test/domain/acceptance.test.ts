import { describe, expect, it } from 'vitest';
import { nextAcceptanceLook } from '../../src/domain/acceptance.ts';
import { later, MINUTE, noon } from '../support/moments.ts';

describe('when an invitation is looked for next', () => {
  it.each([
    ['at once', 0, 1],
    ['just before the first look', MINUTE - 1, 1],
    ['at the first look', MINUTE, 5],
    ['between looks', 3 * MINUTE, 5],
    ['at the second look', 5 * MINUTE, 15],
    ['at the last look', 15 * MINUTE, null],
    ['long after', 600 * MINUTE, null],
  ])('%s', (_name, after, minutes) => {
    const expected = minutes === null ? null : later(minutes * MINUTE);
    expect(nextAcceptanceLook({ writtenAt: noon }, later(after))).toEqual(expected);
  });

  it('never, when somebody else sent it', () => {
    expect(nextAcceptanceLook({ writtenAt: null }, noon)).toBeNull();
  });
});
