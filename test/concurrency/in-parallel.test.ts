import { expect, it } from 'vitest';
import { inParallel } from '../../src/concurrency/in-parallel.ts';

it.each([1, 2, 5, 100])('results in the order of the items, at most %i at a time', async (limit) => {
  let running = 0;
  let most = 0;
  const items = [5, 1, 4, 2, 3, 0];
  const results = await inParallel(items, limit, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return `#${item}`;
  });
  expect(results).toEqual(items.map((item) => `#${item}`));
  expect(most).toBe(Math.min(limit, items.length));
});

it('nothing to do is done', async () => {
  expect(await inParallel([], 3, async () => 'never')).toEqual([]);
});

it('fails with the first failure', async () => {
  const work = async (item: number) => {
    if (item === 2) throw new Error('two');
    return item;
  };
  await expect(inParallel([1, 2, 3], 1, work)).rejects.toThrow('two');
});
