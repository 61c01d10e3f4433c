/** Readers as a bug of ours would make them, for what becomes of a thread. It looks them up by name. */
import type { Reader } from '../../../src/adapters/http-client/reader.ts';

const listReader = (name: string, row: (entry: unknown) => unknown): Reader<readonly unknown[]> => ({
  at: { file: import.meta.url, name },
  mostBytes: 64 * 1024 * 1024,
  list: { path: [], limit: { most: 1_000_000, of: 'things' }, row: (entry) => row(entry) ?? null },
  accept: (_document, _headers, rows) => rows,
});

export const same = listReader('same', (entry) => entry);

export const slow = listReader('slow', () => {
  for (;;);
});

const eaten: unknown[] = [];
export const greedy = listReader('greedy', () => {
  for (;;) eaten.push(Array.from({ length: 1_000 }, () => ({})));
});

export const broken = listReader('broken', () => {
  throw new TypeError('a bug of ours');
});
