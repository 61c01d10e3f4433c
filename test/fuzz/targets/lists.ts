/** Lists of libraries as people type them: what is meant is what was typed, or nobody guesses. */
import fc from 'fast-check';
import { joinNames, listNames } from '../../../src/domain/name-list.ts';
import { nameIndex } from '../../../src/domain/pick.ts';
import { type Listed, type PickedList, pickList } from '../../../src/domain/pick-list.ts';
import { oddText, typedText } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

const NAMES = [
  ...[
    'Movies',
    'Movies, 4K',
    'Movies 4K',
    'TV',
    'TV, Kids',
    '4K',
    'Kids',
    'Attic · Movies',
    '“Best” of, all',
    'A, B',
    'B, C',
  ],
  ...[
    'A',
    'C',
    'Ёжик',
    'Fußball',
    'Pokémon',
    ',',
    '"',
    '映画',
    'null',
    '__proto__',
    'constructor',
    'all',
    '１２３',
    '· ·',
  ],
];

interface Case {
  readonly names: readonly string[];
  readonly typed: string;
  /** Those of which the list was made, each of them once. */
  readonly meant: readonly number[] | null;
}

/** Of nothing but marks, or unseen, a name cannot be told from nothing. */
const isSaid = (text: string): boolean =>
  /[\p{L}\p{N}]/u.test(text.normalize('NFKC').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, ''));

const cases: fc.Arbitrary<Case> = fc
  .uniqueArray(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...NAMES) }, oddText), {
    minLength: 1,
    maxLength: 40,
  })
  .chain((names) =>
    fc.oneof(
      fc
        .uniqueArray(fc.nat(names.length - 1), { minLength: 1, maxLength: 6 })
        .map((chosen) => chosen.filter((n) => isSaid(names[n] ?? '')))
        .map((meant) => ({ names, meant, typed: joinNames(meant.map((n) => names[n] ?? '')) })),
      typedText([...names, names.slice(0, 5).join(', '), `“${names[0] ?? ''}”`, ', ', '，']).map((typed) => ({
        names,
        typed,
        meant: null,
      })),
    ),
  );

const libraries = ({ names }: Case): readonly Listed[] => names.map((name, n) => ({ id: `id-${n}`, name }));

export const lists = defineTarget<Case, PickedList<Listed>>({
  name: 'library lists',
  inputs: cases,
  size: ({ names, typed }) => typed.length + names.join('').length,
  parse: (one) =>
    pickList(
      nameIndex(libraries(one), ({ name }) => [name]),
      one.typed,
    ),
  check(result, one) {
    const { typed, names, meant } = one;
    listNames(names, 3);
    if (result.kind === 'too-long') {
      must(typed.split(/[,，﹐]/u).length > result.most, 'not too long', typed.length);
      return;
    }
    if (result.kind !== 'all') {
      must(typed.includes(result.typed), 'not a part of what was typed', result);
      if (result.kind === 'ambiguous')
        must(result.readings.length > 1, 'one reading is none too many', result);
      return;
    }
    const ids = result.items.map(({ id }) => id);
    must(new Set(ids).size === ids.length, 'one of them twice', ids);
    must(
      ids.every((id) => names[Number(id.slice(3))] !== undefined),
      'none of those that are there',
      ids,
    );
    // Nothing typed is nothing meant, and something typed is never nothing.
    if (ids.length === 0) must(!isSaid(typed), 'something was typed, and nothing is meant');
    if (!meant) return;
    // Where a name has a comma, several may be written as one is: then it is that one, which was written as well.
    const bare = (text: string) => text.replaceAll(/[“”"]/g, '');
    const others = result.items.filter(({ name }) => !bare(typed).includes(bare(name)));
    must(others.length === 0, 'one that was not written', others);
  },
});
