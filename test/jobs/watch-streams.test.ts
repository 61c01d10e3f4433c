import { expect, it } from 'vitest';
import { watchStreams } from '../../src/jobs/watch-streams.ts';
import { FakeClock } from '../support/clock.ts';
import { SECOND } from '../support/moments.ts';

it('streams are counted at once and every half minute, whatever went wrong before, until the stop', async () => {
  const clock = new FakeClock();
  clock.jumps = true;
  const stop = new AbortController();
  const began = clock.now().getTime();
  const at: number[] = [];
  const said: string[] = [];
  await watchStreams({
    streams: {
      async look() {
        at.push(clock.now().getTime() - began);
        if (at.length === 3) stop.abort();
        if (at.length === 1) throw new Error('the database is away');
      },
    },
    clock,
    log: { info() {}, warn() {}, error: (_fields: object, sentence: string) => void said.push(sentence) },
    stopping: stop.signal,
  });
  expect(at).toEqual([0, 30 * SECOND, 60 * SECOND]);
  expect(said).toEqual(['panels could not be listed']);
});
