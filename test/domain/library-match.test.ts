import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryMarks, matchLibraries } from '../../src/domain/library-match.ts';

const GONE = new Date('2026-11-01T12:00:00Z');

/** `movies a/1` is the library that we call movies, with the id a; what tells that it is the same is 1. */
const row = (text: string) => {
  const [, id = '', externalId = '', identity, gone] = /^(\w+) (\w+)(?:\/(\w+))?( gone)?$/.exec(text) ?? [];
  return { id, externalId, identity: identity ?? null, goneAt: gone ? GONE : null };
};
/** The same of what is listed; `?` cannot be given yet. */
const one = (text: string) => {
  const [, externalId = '', identity, later] = /^(\w+)(?:\/(\w+))?(\?)?$/.exec(text) ?? [];
  return { externalId, identity: identity ?? null, grantable: later === undefined };
};

function matched(how: 'for-life' | 'by-place', known: readonly string[], listed: readonly string[]) {
  const match = matchLibraries(known.map(row), listed.map(one), how);
  return [
    ...match.same.map((each) => `${each.known.id} ${each.externalId}`),
    ...match.fresh.map(({ externalId }) => `new ${externalId}`),
    ...match.replaced.map(({ id }) => `${id} replaced`),
    ...match.unlisted.map(({ id }) => `${id} unlisted`),
  ].toSorted();
}

describe('which libraries are those that we know', () => {
  it.each<[string, string[], string[], string[]]>([
    ['nothing new', ['movies a/1', 'shows b/2'], ['a/1', 'b/2'], ['movies a', 'shows b']],
    ['renamed: another id', ['movies a/1'], ['x/1'], ['movies x']],
    ['two that swap', ['movies a/1', 'shows b/2'], ['b/1', 'a/2'], ['movies b', 'shows a']],
    ['new', ['movies a/1'], ['a/1', 'b/2'], ['movies a', 'new b']],
    ['not listed', ['movies a/1', 'shows b/2'], ['b/2'], ['movies unlisted', 'shows b']],
    ['renamed, and another one has its old id', ['movies a/1'], ['x/1', 'a/2'], ['movies x', 'new a']],
    ['made again after it was gone', ['movies a/1 gone'], ['x/1'], ['movies x']],
    ['of two, the one that is there', ['old a/1 gone', 'movies b/1'], ['x/1'], ['movies x', 'old unlisted']],
    [
      'the id decides between two of one kind',
      ['movies a/1', 'films b/1'],
      ['b/1', 'a/1'],
      ['films b', 'movies a'],
    ],
    [
      'nobody knows which of two',
      ['movies a/1', 'films b/1'],
      ['x/1'],
      ['films unlisted', 'movies unlisted', 'new x'],
    ],
    ['nobody knows of which', ['movies a/1'], ['x/1', 'y/1'], ['movies unlisted', 'new x', 'new y']],
    ['cannot be given yet: keeps its id', ['movies a/1'], ['x/1?'], ['movies a']],
    ['unless another one has that', ['movies a/1'], ['x/1?', 'a/2'], ['movies x', 'new a']],
    [
      'never read: goes by its id',
      ['movies a', 'shows b'],
      ['a/1', 'x/2'],
      ['movies a', 'new x', 'shows unlisted'],
    ],
    ['not told: goes by its id', ['movies a/1'], ['a'], ['movies a']],
  ])('%s', (_name, known, listed, expected) => {
    for (const how of ['for-life', 'by-place'] as const)
      expect(matched(how, known, listed)).toEqual(expected.toSorted());
  });

  it.each<[string, string[], string[], string[], string[]]>([
    ['the same id, and something else', ['movies a/1'], ['a/2'], ['movies replaced', 'new a'], ['movies a']],
    [
      'it takes the place of one that is gone',
      ['movies a/1', 'shows b/2'],
      ['a/2'],
      ['movies replaced', 'shows a'],
      ['movies replaced', 'shows a'],
    ],
  ])('%s', (_name, known, listed, forLife, byPlace) => {
    expect(matched('for-life', known, listed)).toEqual(forLife.toSorted());
    expect(matched('by-place', known, listed)).toEqual(byPlace.toSorted());
  });

  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const identity = fc.constantFrom('1', '2', '3', '4', null);
  const aList = fc.uniqueArray(fc.record({ externalId: id, identity, grantable: fc.boolean() }), {
    selector: ({ externalId }) => externalId,
  });
  const rows = fc.uniqueArray(fc.record({ externalId: id, identity, goneAt: fc.constantFrom(null, GONE) }), {
    selector: ({ externalId }) => externalId,
  });

  it.each(['for-life', 'by-place'] as const)('%s: each is one thing, and no two have one id', (how) => {
    fc.assert(
      fc.property(rows, aList, (known, listed) => {
        const { same, fresh, replaced, unlisted } = matchLibraries(known, listed, how);
        expect([...same.map((each) => each.listed), ...fresh].toSorted(byId)).toEqual(listed.toSorted(byId));
        const all = [...same.map((each) => each.known), ...replaced, ...unlisted];
        expect(all.toSorted(byId)).toEqual(known.toSorted(byId));
        const ids = [...same, ...fresh, ...unlisted].map(({ externalId }) => externalId);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { known: had, listed: has } of how === 'for-life' ? same : [])
          expect(had.identity === null || has.identity === null || had.identity === has.identity).toBe(true);
      }),
    );
  });

  it.each(['for-life', 'by-place'] as const)('%s: what was written down is found again as it is', (how) => {
    fc.assert(
      fc.property(rows, aList, (known, listed) => {
        const first = matchLibraries(known, listed, how);
        const stored = [
          ...first.same.map(({ known: { identity: had }, listed: { identity: has }, externalId }) => ({
            externalId,
            identity: has ?? had,
            goneAt: null,
          })),
          ...first.fresh.map((each) => ({ ...each, goneAt: null })),
        ];
        const again = matchLibraries(stored, listed, how);
        expect([again.fresh, again.replaced, again.unlisted]).toEqual([[], [], []]);
        for (const each of again.same) expect(each.externalId).toBe(each.known.externalId);
      }),
    );
  });
});

const byId = (x: { readonly externalId: string }, y: { readonly externalId: string }) =>
  x.externalId.localeCompare(y.externalId);

describe('what an account has when ids have moved', () => {
  const marks = (given: string, more: Partial<Parameters<typeof carryMarks>[0]> = {}) => {
    const ids = given === '' ? [] : given.split(' ');
    return { seen: ids, given: ids, inFlight: [], leaving: [], ended: [], elsewhere: [], ...more };
  };

  it('of a library that has another id it sees nothing, and that is ours to give again', () => {
    expect(carryMarks(marks('movies shows'), [{ id: 'movies' }])).toEqual(
      marks('shows', { inFlight: ['movies'] }),
    );
  });

  it('of two that swapped it has the other one, which is ours to take', () => {
    const swapped = [
      { id: 'movies', heir: 'shows' },
      { id: 'shows', heir: 'movies' },
    ];
    expect(carryMarks(marks('movies'), swapped)).toEqual(marks('shows'));
    expect(carryMarks(marks('movies shows'), swapped)).toEqual(marks('shows movies'));
  });

  it('of one whose id another library has now, it has that one', () => {
    const before = marks('movies', { ended: ['music'], leaving: ['movies'], inFlight: [] });
    const after = { ...marks('homes'), ended: ['music'], leaving: ['homes'] };
    expect(carryMarks(before, [{ id: 'movies', heir: 'homes' }])).toEqual(after);
  });

  it('what was being given or taken is so under the id it has', () => {
    const before = marks('', { inFlight: ['movies', 'shows'], leaving: ['shows'] });
    expect(carryMarks(before, [{ id: 'movies' }, { id: 'shows', heir: 'homes' }])).toEqual(
      marks('', { inFlight: ['movies', 'homes'], leaving: ['homes'] }),
    );
  });

  it('never loses what is ours', () => {
    const ids = fc.subarray(['a', 'b', 'c', 'd']);
    const moved = fc.uniqueArray(
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), heir: fc.constantFrom(undefined, 'b', 'c', 'n') }),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(ids, ids, moved, (given, inFlight, changes) => {
        const list = changes.map(({ id, heir }) => ({ id, ...(heir !== undefined && { heir }) }));
        const after = carryMarks(marks('', { given, inFlight }), list);
        const heirOf = (id: string) => list.find((each) => each.id === id)?.heir ?? id;
        const ours = new Set([...after.given, ...after.inFlight]);
        for (const id of [...given, ...inFlight]) expect(ours.has(heirOf(id))).toBe(true);
        expect(after.given.filter((id) => after.inFlight.includes(id))).toEqual([]);
      }),
    );
  });
});
