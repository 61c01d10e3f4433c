/** What finding names costs, whatever people type and whatever servers call their libraries. */
import { describe, expect, it } from 'vitest';
import { completeList } from '../../src/domain/complete-list.ts';
import { nameIndex } from '../../src/domain/pick.ts';
import { pickList } from '../../src/domain/pick-list.ts';

const LIBRARIES = 5_000;
const TYPED = 6_000;
/** Of a name, or of what was typed for one, no more is looked at. */
const COMPARED = 200;

/** The longest names here; folding goes by their letters. */
const MOST = 600;

/** So often repeated that it is as long as this. */
const long = (unit: string, length = TYPED) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
const ALPHABET = long('abcdefghijklmnopqrstuvwxyz', 50);
const digits = (n: number) => String(n).padStart(4, '0');

const WORLDS: Readonly<Record<string, (n: number) => string>> = {
  'parts of one another': (n) =>
    ['m', 'x', 'm, x', 'm, xyz', 'a, a, a, a, a, b', 'a'][n] ??
    `${['Movies', 'm', 'm, x', 'TV, m, x'][n % 4]} ${n}, 4K`,
  'the same to the last letters': (n) => `${ALPHABET}${digits(n)}`,
  'different at both ends': (n) => `${digits(n)}${ALPHABET}${n % 7}`,
  'all the same': () => 'Movies, 4K',
  'commas only': (n) => ','.repeat(n % MOST),
  'a comma behind every letter': (n) => `${long('a,', n % MOST)}${n}`,
  'thousands of marks on one letter': (n) => `a${long('\u0301\u0323', n % MOST)}`,
  'letters that become eighteen': (n) => long('\ufdfa', n % MOST),
  'quotes and dots': (n) => `“${long(' · "', n % MOST)}” ${n}`,
};

const TEXTS: Readonly<Record<string, string>> = {
  'names that exist': long('Movies 0, 4K, m 1, 4K, '),
  'as many as a list may have': Array.from({ length: 250 }, (_, n) => `m ${4 * n + 1}, 4K`).join(', '),
  'one letter again and again': long('m,'),
  'the beginning of a longer name': long('m, xy,'),
  'two parts of which one begins many': long('m, x,'),
  'nothing that exists': long('q,'),
  'a name that never ends': long('a, '),
  'commas only': long(','),
  'quotes that never end': long('“m, '),
  quotes: long('“m, x”, '),
  blanks: long('   '),
  'no comma': long('m '),
  marks: long('\u0301\u0323'),
  'letters that become eighteen': long('\ufdfa'),
  'a near miss of everything': `${ALPHABET}0x0x`,
  'a near miss but for both ends': `0x0x${ALPHABET}y`,
  'near misses': long(`${ALPHABET}0x0x, `, 400),
  'names that mean something else together': 'xm, xy, m',
};

describe.each(Object.entries(WORLDS))('5,000 libraries: %s', (_world, nameOf) => {
  const items = Array.from({ length: LIBRARIES }, (_, n) => {
    const short = nameOf(n);
    return { id: n.toString(36).padStart(5, '0').padEnd(12, 'x'), name: `S · ${short}`, short };
  });
  const index = nameIndex(items, ({ name, short }) => [name, short]);

  it('are folded once, and not much of each', () => {
    const made = operations(() => {
      const fresh = nameIndex(items, ({ name, short }) => [name, short]);
      pickList(fresh, 'S, m');
    });
    expect(made).toBeLessThan(10 * COMPARED * 2 * LIBRARIES);
  });

  it.each(Object.entries(TEXTS))('6,000 characters of %s are little work', (_text, typed) => {
    const work = operations(() => {
      pickList(index, typed);
      completeList(index, typed, 25);
    });
    // A few dozen steps for each name and letter: a list read again for each name would be thousands.
    expect(work).toBeLessThan(60 * (2 * LIBRARIES + TYPED));
  });
});

/** Letters that are folded, names that are compared, steps from part to part: what time would be spent on. */
function operations(work: () => void): number {
  let count = 0;
  const methods = [
    [String.prototype, 'toLowerCase'],
    [String.prototype, 'normalize'],
    [String.prototype, 'slice'],
    [String.prototype, 'startsWith'],
    [String.prototype, 'includes'],
    [Map.prototype, 'get'],
    [Set.prototype, 'add'],
    [Array.prototype, 'push'],
    [Math, 'max'],
    [Math, 'min'],
  ] as const;
  const originals = methods.map(
    ([target, name]) => [target, name, Object.getOwnPropertyDescriptor(target, name)] as const,
  );
  for (const [target, name, original] of originals) {
    const isForEachLetter = name === 'toLowerCase' || name === 'normalize';
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      count += isForEachLetter ? String(this).length : 1;
      return Reflect.apply(original?.value, this, args);
    };
    Object.defineProperty(target, name, { ...original, value: counted });
  }
  try {
    work();
  } finally {
    for (const [target, name, original] of originals)
      if (original) Object.defineProperty(target, name, original);
  }
  return count;
}
