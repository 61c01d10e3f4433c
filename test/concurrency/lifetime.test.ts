import { expect, it } from 'vitest';
import { createLifetime } from '../../src/concurrency/lifetime.ts';

it('ends in reverse order, each step once and after the one before it', async () => {
  const done: string[] = [];
  const life = createLifetime();
  for (const name of ['database', 'http', 'runner']) {
    life.atEnd(async () => {
      await Promise.resolve();
      done.push(`${name} ${life.ending.aborted}`);
    });
  }
  expect(life.ending.aborted).toBe(false);
  await Promise.all([life.end(), life.end()]);
  await life.end();
  expect(done.toSorted()).toEqual(['database true', 'http true', 'runner true']);
});

it('steps wait for each other', async () => {
  const done: string[] = [];
  const life = createLifetime();
  life.atEnd(async () => void done.push('first begun'));
  life.atEnd(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push('last begun');
  });
  await life.end();
  expect(done).toEqual(['last begun', 'first begun']);
});
