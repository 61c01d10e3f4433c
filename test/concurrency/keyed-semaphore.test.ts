import { beforeEach, expect, it } from 'vitest';
import { createKeyedSemaphore, type KeyedSemaphore } from '../../src/concurrency/keyed-semaphore.ts';

let semaphore: KeyedSemaphore;
let began: string[];

beforeEach(() => {
  semaphore = createKeyedSemaphore(2);
  began = [];
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Takes a place until it is let go. */
function take(key: string, name: string) {
  const gate = Promise.withResolvers<void>();
  const result = semaphore.take(key, async () => {
    began.push(name);
    await gate.promise;
    return name;
  });
  return {
    result,
    async letGo() {
      gate.resolve();
      await settle();
    },
  };
}

it('at most so many at once; the others follow in the order they came', async () => {
  const a = take('1', 'a');
  const b = take('2', 'b');
  take('3', 'c');
  take('4', 'd');
  await settle();
  expect(began).toEqual(['a', 'b']);
  await b.letGo();
  expect(began).toEqual(['a', 'b', 'c']);
  await a.letGo();
  expect(began).toEqual(['a', 'b', 'c', 'd']);
});

it('one at a time of a key, which keeps no place from other keys', async () => {
  const a = take('1', 'a');
  take('1', 'b');
  take('2', 'c');
  await settle();
  expect(began).toEqual(['a', 'c']);
  await a.letGo();
  expect(began).toEqual(['a', 'c', 'b']);
});

it('keys take turns, however much one of them has waiting', async () => {
  semaphore = createKeyedSemaphore(1);
  const works = [...'abcd'].map((name) => take('many', name));
  works.push(take('one', 'x'), take('two', 'y'), take('two', 'z'));
  for (let round = 0; round < works.length; round += 1) for (const work of works) await work.letGo();
  expect(began).toEqual(['a', 'x', 'y', 'b', 'z', 'c', 'd']);
});

it('several of a key at once where it may, and the rest of the places for others', async () => {
  semaphore = createKeyedSemaphore(3, 2);
  const [a] = [...'abc'].map((name) => take('many', name));
  await settle();
  expect(began).toEqual(['a', 'b']);
  take('one', 'x');
  await settle();
  expect(began).toEqual(['a', 'b', 'x']);
  await a?.letGo();
  expect(began).toEqual(['a', 'b', 'x', 'c']);
});

it('gives the place free when work fails, and the failure to its caller', async () => {
  const failing = ['1', '2'].map((key) =>
    semaphore.take(key, async () => {
      throw new Error(key);
    }),
  );
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = take('1', 'next');
  await next.letGo();
  expect(await next.result).toBe('next');
});
