import { setImmediate } from 'node:timers/promises';

const AT_ONCE = 1_000;

/** Between two steps that each look at many items: everybody else has a turn. */
export const turn = (): Promise<void> => setImmediate();

/** Maps many items without keeping others waiting: after every thousand of them, everybody else has a turn. */
export async function mapInTurns<T, R>(items: readonly T[], map: (item: T) => R): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) {
    results.push(map(item));
    if (results.length % AT_ONCE === 0) await turn();
  }
  return results;
}
