/** A few cases of each target, and whether fuzzing would notice: the minutes are `npm run fuzz`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz } from './run.ts';
import { loadTarget, TARGET_NAMES } from './targets/index.ts';

const SEED = 20_260_301;

it.each(TARGET_NAMES)('%s: a few cases', async (name) => {
  const target = await loadTarget(name);
  expect(target.name).toBe(name);
  fc.assert(
    target.property((_input, _size, run) => run()),
    { numRuns: 40, seed: SEED },
  );
});

describe('it is found that a parser', () => {
  it.concurrent.each([
    ['never ends', /^no end of a case after 0.5 s/],
    ['eats memory', /^it died of .*memory limit/],
    ['throws', /^TypeError: not declared/],
    ['takes the cube', /^TooMuchWork: \d+ ms for \d+ letters/],
    ['lies', /^Error: an empty list/],
  ])('%s', async (how, found) => {
    const options = {
      seconds: 20,
      seed: SEED,
      stuckAfterMs: how === 'never ends' ? 500 : 20_000,
      heapMb: 64,
    };
    const { failure } = await fuzz({ target: `broken: ${how}`, ...options });
    expect(failure).toMatch(found);
    // With the case, and how to see it again.
    expect(failure).toMatch(
      /again: FUZZ_ONLY="broken: [a-z ]+" FUZZ_SEED=20260301 FUZZ_PATH=\d[\d:]* npm run fuzz/,
    );
    expect(failure).toMatch(/case: \[?".{100}/);
  });
});
