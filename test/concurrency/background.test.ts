import { expect, it } from 'vitest';
import { Background } from '../../src/concurrency/background.ts';

it('is idle when all that runs has ended, failures and what was begun meanwhile included', async () => {
  const background = new Background();
  const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  const first = background.run(() => one.promise);
  const failing = background.run(() => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  let idle = false;
  const waiting = background.idle().then(() => {
    idle = true;
  });
  void background.run(() => other.promise);
  one.resolve('done');
  expect(await first).toBe('done');
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect({ idle, size: background.size }).toEqual({ idle: false, size: 1 });
  other.resolve();
  await waiting;
  expect(background.size).toBe(0);
});
