/** Names that are written almost alike. Pure. */

/** Longer texts are no slips of the finger. */
const LONGEST = 64;

/** Whether two texts differ by one letter that is wrong, missing, too many or swapped, or by two when they are long. */
export function isNearly(one: string, other: string): boolean {
  if (Math.max(one.length, other.length) > LONGEST || Math.min(one.length, other.length) < 3) return false;
  const allowed = Math.min(one.length, other.length) < 6 ? 1 : 2;
  return Math.abs(one.length - other.length) <= allowed && distance(one, other) <= allowed;
}

/** Restricted Damerau–Levenshtein distance. */
function distance(one: string, other: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let a = 1; a <= one.length; a += 1) {
    const row = [a];
    for (let b = 1; b <= other.length; b += 1) {
      const same = one[a - 1] === other[b - 1];
      const swapped = one[a - 1] === other[b - 2] && one[a - 2] === other[b - 1];
      row.push(
        Math.min(
          at(last, b) + 1,
          at(row, b - 1) + 1,
          at(last, b - 1) + (same ? 0 : 1),
          swapped ? at(before, b - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, row];
  }
  return at(last, other.length);
}

const at = (row: readonly number[], n: number): number => row[n] ?? Number.POSITIVE_INFINITY;
