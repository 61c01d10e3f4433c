import { beforeEach, describe, expect, it } from 'vitest';
import { KeyedMutex } from '../../src/concurrency/keyed-mutex.ts';

let mutex: KeyedMutex;
/** What began and ended, in order. */
let log: string[];

beforeEach(() => {
  mutex = new KeyedMutex();
  log = [];
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Runs work that ends when it is let go. */
function begin(key: string, name: string) {
  const gate = Promise.withResolvers<string>();
  const result = mutex.run(key, async () => {
    log.push(`+${name}`);
    try {
      return await gate.promise;
    } finally {
      log.push(`-${name}`);
    }
  });
  return { letGo: () => gate.resolve(name), fail: () => gate.reject(new Error(name)), result };
}

describe('work under one key', () => {
  it('runs one after another, in the order asked for', async () => {
    const [a, b, c] = [begin('k', 'a'), begin('k', 'b'), begin('k', 'c')];
    b.letGo();
    c.letGo();
    await settle();
    expect(log).toEqual(['+a']);
    a.letGo();
    expect(await Promise.all([a.result, b.result, c.result])).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['+a', '-a', '+b', '-b', '+c', '-c']);
  });

  it('begins after the caller of the work before it has heard', async () => {
    const first = begin('k', 'first');
    const heard = first.result.then(() => log.push('heard'));
    const second = begin('k', 'second');
    first.letGo();
    second.letGo();
    await Promise.all([heard, second.result]);
    expect(log).toEqual(['+first', '-first', 'heard', '+second', '-second']);
  });

  it('goes on after work that failed, whose failure is its caller’s', async () => {
    const [bad, good] = [begin('k', 'bad'), begin('k', 'good')];
    bad.fail();
    good.letGo();
    await expect(bad.result).rejects.toThrow('bad');
    expect(await good.result).toBe('good');
  });

  it('goes on after work that throws before it waits for anything', async () => {
    const bad = mutex.run('k', () => {
      throw new Error('at once');
    });
    await expect(bad).rejects.toThrow('at once');
    expect(await mutex.run('k', async () => 'next')).toBe('next');
  });
});

it('work under different keys runs at once', async () => {
  begin('k', 'a');
  const other = begin('l', 'b');
  other.letGo();
  expect(await other.result).toBe('b');
  expect(log).toEqual(['+a', '+b', '-b']);
});

it('a key is busy until the last work under it has ended, and free when that is heard of', async () => {
  const [a, b] = [begin('k', 'a'), begin('k', 'b')];
  expect([mutex.isBusy('k'), mutex.isBusy('l'), mutex.size]).toEqual([true, false, 1]);
  a.letGo();
  await a.result;
  expect(mutex.isBusy('k')).toBe(true);
  b.letGo();
  await b.result;
  expect([mutex.isBusy('k'), mutex.size]).toEqual([false, 0]);
});

it('is idle when what runs, and what was added meanwhile, has ended', async () => {
  const a = begin('k', 'a');
  let idle = false;
  const waiting = mutex.idle().then(() => {
    idle = true;
  });
  const b = begin('l', 'b');
  a.letGo();
  await settle();
  expect(idle).toBe(false);
  b.letGo();
  await waiting;
  expect(log).toEqual(['+a', '+b', '-a', '-b']);
});
