import { describe, expect, it } from 'vitest';
import { takesTooMuch } from '../../src/domain/limits.ts';

describe('what takes too much at once', () => {
  it.each([
    [3, 3, false],
    [4, 4, true],
    [4, 19, true],
    [4, 20, false],
    [5, 20, true],
    [100, 500, false],
    [101, 500, true],
    [0, 0, false],
  ])('%d of %d accounts: %s', (losing, managed, expected) => {
    expect(takesTooMuch(losing, managed)).toBe(expected);
  });
});
