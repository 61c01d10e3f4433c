/**
 * Random stories, told to the real process over sockets: commands, ends, failures, servers that do not tell the truth,
 * other people's edits, kills. `npm run stories` tells the same ones each time; `STORIES_SEED=random` tells new ones.
 * The name of a story that fails says how to tell it again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { story } from './acts.ts';
import { House } from './house.ts';
import { tell } from './telling.ts';

const { STORIES, STORIES_SEED, STORIES_ONLY } = process.env;
const HOW_MANY = Number(STORIES ?? 50);
const SEED =
  STORIES_SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(STORIES_SEED ?? 20_260_301);

const told = fc
  .sample(story, { seed: SEED, numRuns: HOW_MANY })
  .map((steps, index) => [`STORIES_SEED=${SEED} STORIES=${HOW_MANY} STORIES_ONLY=${index}`, steps] as const)
  .filter((_each, index) => STORIES_ONLY === undefined || index === Number(STORIES_ONLY));

describe('whatever happens, access is what it should be, and what Usher says of it is true', () => {
  it.concurrent.each(told)('%s', { timeout: 600_000 }, async (_again, steps) => {
    const house = await House.open();
    try {
      await tell(house, steps);
      expect(house.violations, JSON.stringify(steps, null, 1)).toEqual([]);
    } finally {
      await house.close();
    }
  });
});
