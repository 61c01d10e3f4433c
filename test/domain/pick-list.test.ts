import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameIndex } from '../../src/domain/pick.ts';
import { completeList, pickList } from '../../src/domain/pick-list.ts';

interface Item {
  readonly id: string;
  readonly name: string;
  readonly short: string;
  readonly gone: boolean;
}

/** `Server · Library`, or `!Server · Library` for one that is gone; ids are twelve characters like real ones. */
function libraries(...names: readonly string[]): readonly Item[] {
  return names.map((name, n) => {
    const full = name.replace(/^!/, '');
    const short = full.slice(full.indexOf(' · ') + 3);
    return { id: idOf(n), name: full, short, gone: name.startsWith('!') };
  });
}
const idOf = (n: number) => `id${String(n).padStart(10, '0')}`;
const indexOf = (items: readonly Item[]) =>
  nameIndex(
    items,
    ({ name, short }) => [name, short],
    ({ gone }) => gone,
  );

/** The names of what is meant, or why that is not clear. */
function read(items: readonly Item[], typed: string): unknown {
  const picked = pickList(indexOf(items), typed);
  const names = (all: readonly Item[]) => all.map(({ name }) => name);
  if (picked.kind === 'all') return names(picked.items);
  if (picked.kind === 'ambiguous')
    return picked.readings.map((reading) => reading.map((part) => [part.typed, ...names(part.items)]));
  return picked.picked.kind === 'several' ? { several: names(picked.picked.items) } : { none: picked.typed };
}

const P12 = libraries(
  ...[
    'Movies',
    '4K',
    'Movies, 4K',
    'Reality / Talk / Documentary TV',
    'TV · Kids',
    'Movies: US',
    'Anime - Dub',
  ].map((name) => `Tower · ${name}`),
);

describe('a list of libraries', () => {
  it.each<[string, readonly string[]]>([
    ['Tower · Movies, 4K', ['Movies, 4K']],
    ['Movies, 4K', ['Movies, 4K']],
    ['movies,4k', ['Movies, 4K']],
    ['MOVIES ，４Ｋ', ['Movies, 4K']],
    ['“Movies, 4K”', ['Movies, 4K']],
    ['"Movies, 4K"', ['Movies, 4K']],
    ['Tower · “Movies, 4K”, “4K”', ['Movies, 4K', '4K']],
    ['“Tower · Movies, 4K”, Movies', ['Movies, 4K', 'Movies']],
    ['tower/movies, 4k, movies', ['Movies, 4K', 'Movies']],
    ['Movies, Tower · 4K', ['Movies', '4K']],
    ['4K, Movies', ['4K', 'Movies']],
    ['Movies, “4K”', ['Movies', '4K']],
    ['Movies, Movies, 4K, 4K', ['Movies', 'Movies, 4K', '4K']],
    ['reality - talk - documentary tv, tv - kids', ['Reality / Talk / Documentary TV', 'TV · Kids']],
    ['Movies: US, Anime – Dub', ['Movies: US', 'Anime - Dub']],
    ['Tower Anime Dub', ['Anime - Dub']],
    [`${idOf(0)}, 4K`, ['Movies', '4K']],
    [`Movies, ${idOf(1)}`, ['Movies', '4K']],
    [' Movies ,, TV · Kids , ', ['Movies', 'TV · Kids']],
    ['Movies, Movies', ['Movies']],
    ['', []],
    [' ,\u200b, ', []],
    ['real, ani', ['Reality / Talk / Documentary TV', 'Anime - Dub']],
  ])('“%s”', (typed, expected) => {
    expect(read(P12, typed)).toEqual(expected.map((name) => `Tower · ${name}`));
  });

  const cut = (typed: string, first: string, last: string) => [
    [[typed, 'Tower · Movies, 4K']],
    [[first, 'Tower · Movies'], last === '' ? [] : [last, 'Tower · 4K']],
  ];
  it.each([
    ['Movies, 4', cut('Movies, 4', 'Movies', '4')],
    ['tower · movies, 4', cut('tower · movies, 4', 'tower · movies', '4')],
    ['Anime - Dub, Movies, 4', cut('Movies, 4', 'Movies', '4')],
    ['“Movies, 4', cut('“Movies, 4', '“Movies', '4')],
  ])('“%s” is a piece of a longer name, so it is asked about', (typed, readings) => {
    expect(read(P12, typed)).toEqual(readings);
  });

  it.each<[string, readonly string[], string, unknown]>([
    [
      'a cut name of which only the first part exists',
      ['T · Movies', 'T · Movies, 4K'],
      'Movies, 4',
      [[['Movies, 4', 'T · Movies, 4K']], [['Movies', 'T · Movies'], ['4']]],
    ],
    [
      'a cut name whose parts are nothing',
      ['T · Movies, 4K', 'T · TV'],
      'Movies, 4, TV',
      ['T · Movies, 4K', 'T · TV'],
    ],
    [
      'a cut name whose parts begin others',
      ['Den · Kids, Teens', 'Den · TV'],
      'Kids, T',
      [
        [['Kids, T', 'Den · Kids, Teens']],
        [
          ['Kids', 'Den · Kids, Teens'],
          ['T', 'Den · TV'],
        ],
      ],
    ],
    [
      'a cut name within quotes',
      ['T · Movies', 'T · 4K', 'T · Movies, 4K'],
      '“Movies, 4”',
      ['T · Movies, 4K'],
    ],
    [
      'names that exist, though a longer one begins like them',
      ['T · Movies', 'T · TV', 'T · Movies, TV Shows'],
      'Movies, TV',
      ['T · Movies', 'T · TV'],
    ],
    [
      'the same name on two servers',
      ['A · Movies, 4K', 'B · Movies, 4K', 'A · Movies', 'A · 4K'],
      'Movies, 4K',
      { several: ['A · Movies, 4K', 'B · Movies, 4K'] },
    ],
    [
      'its server before it',
      ['A · Movies, 4K', 'B · Movies, 4K', 'B · Movies', 'B · 4K'],
      'b · movies, 4k',
      ['B · Movies, 4K'],
    ],
    [
      'the full name of another',
      ['Den · Tower · Movies', 'Tower · Movies'],
      'Tower · Movies',
      { several: ['Den · Tower · Movies', 'Tower · Movies'] },
    ],
    [
      'a server with a comma',
      ['Attic, upstairs · Movies', 'Den · TV'],
      'Attic, upstairs · Movies, TV',
      ['Attic, upstairs · Movies', 'Den · TV'],
    ],
    [
      'names that overlap',
      ['T · A, B', 'T · A', 'T · B, C', 'T · C'],
      'A, B, C',
      [
        [
          ['A, B', 'T · A, B'],
          ['C', 'T · C'],
        ],
        [
          ['A', 'T · A'],
          ['B, C', 'T · B, C'],
        ],
      ],
    ],
    [
      'three parts',
      ['T · A', 'T · B', 'T · C', 'T · A, B, C', 'T · A, B'],
      'A, B, C, A, B',
      ['T · A, B, C', 'T · A, B'],
    ],
    [
      'names that end or begin with a comma',
      ['T · Movies,', 'T · Movies', 'T · , TV'],
      'Movies,',
      ['T · Movies,'],
    ],
    [
      'one that is gone: not two others',
      ['!T · Movies, 4K', 'T · Movies', 'T · 4K'],
      'Movies, 4K',
      ['T · Movies, 4K'],
    ],
    [
      'one that is gone, and its successor',
      ['!T · Movies: 4K', 'T · Movies - 4K'],
      'Movies: 4K',
      ['T · Movies - 4K'],
    ],
    [
      'composed and decomposed letters',
      ['T · Animé, 4K', 'T · Animé', 'T · 4K'],
      'anime\u0301, 4k',
      ['T · Animé, 4K'],
    ],
    [
      'quotes that are just so in a name',
      ['T · “Movies”, 4K', 'T · Movies', 'T · 4K'],
      '“Movies”, 4K',
      ['T · “Movies”, 4K'],
    ],
    [
      'quotes around the beginnings of names',
      ['T · "Weird Al" Show', 'T · The "Best"'],
      '"Weird Al" Show, The "Best"',
      ['T · "Weird Al" Show', 'T · The "Best"'],
    ],
    [
      'a quote within quotes',
      ['T · 7" Singles, Rare', 'T · Rare', 'T · TV'],
      '“7" Singles, Rare”, TV',
      ['T · 7" Singles, Rare', 'T · TV'],
    ],
    ['commas of another width', ['T · A，B', 'T · A, B', 'T · A', 'T · B'], 'A，B', ['T · A，B']],
    ['only digits', ['T · 2024, 2025', 'T · 2024', 'T · 2025'], '2024, 2025', ['T · 2024, 2025']],
    ['blanks around it', ['T ·  Movies, 4K ', 'T · Movies', 'T · 4K'], 'Movies, 4K', ['T ·  Movies, 4K ']],
    ['quotes that are no name', ['T · Movies', 'T · 4K'], '“Movies, 4K”', { none: '“Movies, 4K”' }],
    [
      'quotes within a name',
      ['T · 7" Singles, Rare', 'T · TV'],
      '7" Singles, Rare, TV',
      ['T · 7" Singles, Rare', 'T · TV'],
    ],
    ['nothing of the kind', ['T · Movies'], 'Movies, Shows', { none: 'Shows' }],
    ['only punctuation', ['T · !!!', 'T · Movies'], '!!!, Movies', ['T · !!!', 'T · Movies']],
    ['another alphabet', ['T · Фильмы, 4К', 'T · Фильмы'], 'фильмы, 4к', ['T · Фильмы, 4К']],
  ])('%s', (_name, names, typed, expected) => {
    expect(read(libraries(...names), typed)).toEqual(expected);
  });
});

const nameText = fc
  .array(
    fc.constantFrom(
      'Movies',
      'TV',
      '4K',
      'Kids',
      ', ',
      ',',
      ' · ',
      ' - ',
      ' / ',
      ': ',
      ' ',
      '“',
      '"',
      'é',
      'e\u0301',
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((words) => words.join(''));
const world = fc
  .array(fc.tuple(fc.constantFrom('Tower', 'Den', 'Attic, up', 'TV · X'), nameText), {
    minLength: 1,
    maxLength: 12,
  })
  .map((all) =>
    all.map(
      ([server, short], n): Item => ({ id: idOf(n), name: `${server} · ${short}`, short, gone: false }),
    ),
  );

describe('properties', () => {
  it('what exists is never read as anything else', () => {
    fc.assert(
      fc.property(world, fc.nat(), fc.boolean(), (items, n, alone) => {
        const item = items[n % items.length];
        if (!item) return;
        const picked = pickList(indexOf(items), alone ? item.short : item.name);
        if (picked.kind === 'all' && picked.items.length > 0)
          expect(picked.items.map(({ name }) => plain(name))).toEqual([
            expect.toSatisfy((name: string) => name === plain(item.name) || name.endsWith(plain(item.short))),
          ]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('what completion offers is what is meant, as it is sent', () => {
    fc.assert(
      fc.property(world, fc.array(fc.nat(), { maxLength: 10 }), nameText, (items, chosen, last) => {
        const before = chosen.map((n) => (items[n % items.length] as Item).id);
        const typed = [...before, last].join(', ');
        const index = indexOf(items);
        for (const { name, value } of completeList(index, typed, 25)) {
          const picked = pickList(index, value);
          if (picked.kind !== 'all') throw new Error(`${value} is ${picked.kind}`);
          expect(value.length).toBeLessThanOrEqual(100);
          expect(name.length).toBeLessThanOrEqual(100);
          const shown = picked.items.at(-1)?.name ?? '';
          expect(name.includes(shown.replace(/[“”]/g, '"')) || name.includes(shown) || name === value).toBe(
            true,
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('with 5,000 libraries and 6,000 characters', () => {
  const many = libraries(
    ...Array.from(
      { length: 5_000 },
      (_, n) => `Server ${n % 10} · ${['Movies', 'm', 'm, x', 'TV, m, x'][n % 4]} ${n}, 4K`,
    ),
    ...['m', 'x', 'm, xyz', 'a, a, a, a, a, b', 'a'].map((name) => `Tower · ${name}`),
  );

  it.each([
    ['names that exist', 'Movies 0, 4K, m 1, 4K, '],
    ['one letter again and again', 'm,'],
    ['the beginning of a longer name', 'm, xy,'],
    ['two parts of which one begins many', 'm, x,'],
    ['nothing that exists', 'q,'],
    ['a name that never ends', 'a, '],
    ['quotes that never end', '“m, '],
    ['quotes', '“m, x”, '],
    ['blanks', '   '],
    ['no comma', 'm '],
  ])('%s: twice the text is at most about twice the work', (_name, unit) => {
    const index = indexOf(many);
    const work = (length: number) => {
      const typed = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
      pickList(index, typed);
      return operations(() => {
        pickList(index, typed);
        completeList(index, typed, 25);
      });
    };
    const [half, whole] = [work(3_000), work(6_000)];
    expect(whole).toBeLessThanOrEqual(2.5 * half + 1_000);
    // As many steps as there are names and letters, a few times over.
    expect(whole).toBeLessThan(100 * (5_005 + 6_000));
  });

  it('names are folded once', () => {
    const folded = operations(() => indexOf(many));
    expect(folded).toBeLessThan(
      20 * many.reduce((sum, { name, short }) => sum + name.length + short.length, 0),
    );
  });
});

/** Letters that are folded or cut, names that are compared, steps from part to part: what time would be spent on. */
function operations(work: () => void): number {
  let count = 0;
  const methods = [
    [String.prototype, 'toLowerCase'],
    [String.prototype, 'slice'],
    [String.prototype, 'startsWith'],
    [String.prototype, 'includes'],
    [Map.prototype, 'get'],
  ] as const;
  const originals = methods.map(
    ([target, name]) => [target, name, Object.getOwnPropertyDescriptor(target, name)] as const,
  );
  for (const [target, name, original] of originals) {
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(original?.value, this, args);
      count += name === 'toLowerCase' || name === 'slice' ? String(result).length : 1;
      return result;
    };
    Object.defineProperty(target, name, { ...original, value: counted });
  }
  work();
  for (const [target, name, original] of originals)
    if (original) Object.defineProperty(target, name, original);
  return count;
}

const plain = (text: string) => text.normalize('NFC').replace(/[“"]/g, '').replace(/\s+/g, ' ').trim();
