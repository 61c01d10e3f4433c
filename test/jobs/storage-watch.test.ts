import { expect, it } from 'vitest';
import { watchStorage } from '../../src/jobs/storage-watch.ts';
import { FakeClock } from '../support/clock.ts';

it('a database that takes no writes is logged at once, told when it fails again, and told to be back once', async () => {
  const clock = new FakeClock();
  clock.jumps = true;
  const stop = new AbortController();
  const start = clock.now().getTime();
  const seen: string[] = [];
  let wells = 0;
  /** What each look finds. A backup has the file for a moment, and later the disk is full for long. */
  const finds = ['ok', 'locked', 'ok', 'full', 'full', 'full', 'ok', 'ok'];
  const say = (_fields: object, sentence: string) => void seen.push(sentence);
  await watchStorage({
    storage: {
      async look() {
        const found = finds.shift();
        if (finds.length === 0) stop.abort();
        return found === 'ok' ? undefined : found;
      },
    },
    clock,
    log: { info: say, warn: say, error: say },
    stopping: stop.signal,
    async onWell() {
      wells += 1;
    },
    async onLost() {
      seen.push('told');
      if (seen.filter((word) => word === 'told').length === 1) throw new Error('Discord is away');
    },
    onBack: async (since) => void seen.push(`told to be back since ${(since.getTime() - start) / 1_000} s`),
  });
  const [lost, back] = [
    'the database takes no writes; nothing ends until it does',
    'the database takes writes again',
  ];
  const untold = 'what became of the database could not be told';
  expect(seen).toEqual([lost, back, lost, 'told', untold, 'told', back, 'told to be back since 66 s']);
  expect(wells).toBe(4);
});
