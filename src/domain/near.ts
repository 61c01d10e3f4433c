/** Names that are written almost alike. Pure. */

/** Longer texts are no slips of the finger. */
const LONGEST = 64;

/** Whether two texts differ by one letter that is wrong, missing, too many or swapped, or by two when they are long. */
export function isNearly(one: string, other: string): boolean {
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  if (longer.length > LONGEST || shorter.length < 3) return false;
  return isWithin(shorter.length < 6 ? 1 : 2, shorter, longer);
}

/**
 * Whether so many slips lead from the one to the other. What is alike is passed over, so that thousands of names are
 * soon told apart, however much of them is the same.
 */
function isWithin(slips: number, one: string, other: string): boolean {
  const alike = alikeTo(one, other);
  const [a, b] = [one.slice(alike), other.slice(alike)];
  if (Math.max(a.length, b.length) <= slips) return true;
  if (slips === 0 || Math.abs(a.length - b.length) > slips) return false;
  const isSwapped = a[0] === b[1] && a[1] === b[0];
  return (
    (isSwapped && isWithin(slips - 1, a.slice(2), b.slice(2))) ||
    isWithin(slips - 1, a.slice(1), b.slice(1)) ||
    isWithin(slips - 1, a.slice(1), b) ||
    isWithin(slips - 1, a, b.slice(1))
  );
}

/** How many letters from the first on are the same. */
function alikeTo(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}
