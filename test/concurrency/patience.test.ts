import { afterEach, beforeEach, expect, it } from 'vitest';
import { withinPatience } from '../../src/concurrency/patience.ts';

/** Time passes when the test says so; `asleep` counts timers that are still set. */
function stillClock() {
  const sleepers = new Set<() => void>();
  return {
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const wake = () => {
          sleepers.delete(wake);
          resolve();
        };
        sleepers.add(wake);
        signal.addEventListener('abort', wake);
      }),
    pass: () => {
      for (const wake of sleepers) wake();
    },
    asleep: () => sleepers.size,
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
});

it('work that is done in time has its value, and no timer is left', async () => {
  const clock = stillClock();
  expect(await withinPatience(clock, 10, Promise.resolve(7))).toEqual({ kind: 'done', value: 7 });
  expect(clock.asleep()).toBe(0);
});

it('work that fails in time is thrown, and no timer is left', async () => {
  const clock = stillClock();
  await expect(withinPatience(clock, 10, Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(clock.asleep()).toBe(0);
});

it('work that takes too long is late, and goes on', async () => {
  const clock = stillClock();
  const { promise: work, resolve } = Promise.withResolvers<string>();
  const waited = withinPatience(clock, 10, work);
  clock.pass();
  expect(await waited).toEqual({ kind: 'late' });
  resolve('after all');
  expect(await work).toBe('after all');
});

it('what late work fails with is not unhandled', async () => {
  const clock = stillClock();
  const { promise: work, reject } = Promise.withResolvers<string>();
  const waited = withinPatience(clock, 10, work);
  clock.pass();
  await waited;
  reject(new Error('later'));
  await settle();
  expect(unhandled).toEqual([]);
});
