import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginList, completeList } from '../../src/domain/complete-list.ts';
import { nameIndex } from '../../src/domain/pick.ts';
import { pickList } from '../../src/domain/pick-list.ts';

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
  if (picked.kind === 'too-long') return { most: picked.most };
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

describe('what nobody types', () => {
  it('is refused when it has more names than a list may have, and completed no further', () => {
    expect(read(P12, 'TV, '.repeat(499))).toMatchObject(['Tower · TV · Kids']);
    expect(read(P12, ','.repeat(6_000))).toEqual({ most: 500 });
    expect(read(P12, 'TV, '.repeat(500))).toEqual({ most: 500 });
    expect(completeList(indexOf(P12), 'TV, '.repeat(500), 25)).toEqual([]);
  });

  const parts = Array.from({ length: 20 }, (_, n) => `p${n}`);
  const items = libraries(`T · ${parts.join(', ')}`, ...parts.map((part) => `T · ${part}`));

  it('a name of many parts is never taken for its parts', () => {
    const [whole, ...each] = items.map(({ name }) => name);
    expect(read(items, parts.join(', '))).toEqual([whole]);
    expect(read(items, `p3, ${parts.join(', ')}, p4`)).toEqual(['T · p3', whole, 'T · p4']);
    expect(read(items, `“${parts.join(', ')}”, p3`)).toEqual([whole, 'T · p3']);
    expect(read(items, parts.slice(0, 19).join(', '))).toEqual(each.slice(0, 19));
    const [only] = items;
    expect(indexOf(items).pick(parts.join(', '))).toEqual({ kind: 'one', item: only });
    expect(read(items.slice(0, 1), parts.slice(0, 19).join(', '))).toEqual([whole]);
  });

  it.each(['"', '\u200b', '\u2000', '\uff02', '\uffa0 '])(
    'what stands behind hundreds of characters that count for nothing is what was typed: %j',
    (unseen) => {
      expect(read(P12, `${unseen.repeat(300)}Anime - Dub`)).toEqual(['Tower · Anime - Dub']);
      expect(read(P12, `${unseen.repeat(300)}x`)).toMatchObject({ none: expect.stringMatching(/x$/) });
    },
  );

  it('names that are the same for hundreds of letters are asked about', () => {
    const twins = libraries(`T · ${'a'.repeat(300)}x`, `T · ${'a'.repeat(300)}y`);
    expect(pickList(indexOf(twins), `${'a'.repeat(300)}x`)).toMatchObject({
      picked: { kind: 'several', items: twins },
    });
  });
});

describe('the beginning of an id', () => {
  const items = ['Movies', 'K3f9a', 'Q8', 'Q8…'].map((short, n) => ({
    id: ['K3f9aXXXXXXX', 'Zz1ZZXXXXXXX', 'Q8888XXXXXXX', 'Q8888YYYYYYY'][n] ?? '',
    name: `T · ${short}`,
    short,
    gone: false,
  }));

  it.each<[string, unknown]>([
    ['Zz1ZZ', ['T · K3f9a']],
    ['zz1zz', { none: 'zz1zz' }],
    ['Zz1Z', { none: 'Zz1Z' }],
    ['K3f9a', ['T · K3f9a']],
    ['Q8888', { several: ['T · Q8', 'T · Q8…'] }],
    ['Zz1ZZ, Movies', ['T · K3f9a', 'T · Movies']],
  ])('“%s” stands for a library where no name does', (typed, expected) => {
    expect(read(items, typed)).toEqual(expected);
  });

  it('lets a completion hold twice as many as whole ids would', () => {
    const many = Array.from({ length: 40 }, (_, n) => ({
      id: `${String(n).padStart(5, 'x')}-------`,
      name: `The long name of a server · Library ${n}`,
      short: `Library ${n}`,
      gone: false,
    }));
    const index = indexOf(many);
    const chosen = many.slice(0, 13);
    const [offer] = completeList(index, [...chosen.map(({ name }) => name), 'Library 39'].join(', '), 25);
    expect(offer?.value.length).toBeLessThanOrEqual(100);
    expect(pickList(index, offer?.value ?? '')).toEqual({ kind: 'all', items: [...chosen, many[39]] });
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

const plain = (text: string) => text.normalize('NFC').replace(/[“"]/g, '').replace(/\s+/g, ' ').trim();

describe('a list that is too long to be completed', () => {
  const many = libraries(
    ...Array.from({ length: 30 }, (_, n) => `Tower · Library of things ${n}`),
    '!Tower · Gone',
  );
  const index = indexOf(many);
  const typed = (count: number, tail: string) =>
    [...many.slice(0, count).map(({ name }) => name), tail].join(', ');

  it.each([
    [2, { kept: 2, all: 2 }],
    [20, { kept: 7, all: 20 }],
  ])('begins with what fits of %i names', (count, begun) => {
    const found = beginList(index, typed(count, 'lib'));
    expect(found).toMatchObject(begun);
    expect(found?.value.length).toBeLessThanOrEqual(100);
    const names = found?.value.replace(/, …$/, '') ?? '';
    expect(read(many, names)).toEqual(many.slice(0, begun.kept).map(({ name }) => name));
  });

  it('that nothing completes is none', () => {
    expect(completeList(index, typed(20, 'lib'), 25)).toEqual([]);
    for (const text of ['lib', typed(2, 'zzz'), typed(2, 'gone'), 'zzz, lib', 'lib, lib'])
      expect(beginList(index, text)).toBeUndefined();
  });
});
