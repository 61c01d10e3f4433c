/** Looking things up in lists that are sorted by their keys. Pure. */

export const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Position of the first whose key is not before this one. */
export function firstFrom<T>(sorted: readonly T[], keyAt: (thing: T) => string, key: string): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const thing = sorted[middle];
    if (thing !== undefined && keyAt(thing) < key) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Those whose key begins like this. */
export function* beginningWith<T>(
  sorted: readonly T[],
  keyAt: (thing: T) => string,
  start: string,
): Generator<T, void> {
  for (let at = firstFrom(sorted, keyAt, start); at < sorted.length; at += 1) {
    const thing = sorted[at];
    if (thing === undefined || !keyAt(thing).startsWith(start)) return;
    yield thing;
  }
}
