/**
 * `npm run fuzz` tries each parser of what others send for `FUZZ_SECONDS`, with other cases each time; CI does it with
 * the same seed each time. What fails says how to see it again: `FUZZ_ONLY`, `FUZZ_SEED` and `FUZZ_PATH`.
 */
import { describe, expect, it } from 'vitest';
import { fuzz } from './run.ts';
import { TARGET_NAMES } from './targets/index.ts';

const { FUZZ_SECONDS, FUZZ_SEED, FUZZ_PATH, FUZZ_ONLY } = process.env;
const seconds = Number(FUZZ_SECONDS ?? 60);
const seed = FUZZ_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(FUZZ_SEED);

describe(`for ${seconds} s each, with seed ${seed}`, () => {
  const chosen = TARGET_NAMES.filter((name) => FUZZ_ONLY === undefined || name === FUZZ_ONLY);

  it.concurrent.each(chosen)('%s', { timeout: (seconds + 300) * 1_000 }, async (target) => {
    const { cases, failure } = await fuzz({ target, seconds, seed, path: FUZZ_PATH });
    expect(failure).toBeNull();
    console.log(`${target}: ${cases.toLocaleString('en')} cases`);
  });
});
