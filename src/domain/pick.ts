/** What people type in place of an id: a name, or a beginning of it that fits only one. */
import { fold, loosen } from './fold.ts';
import { isNearly } from './near.ts';

export type Picked<T> =
  | { readonly kind: 'one'; readonly item: T }
  /** `near`: what is written almost like it. */
  | { readonly kind: 'none'; readonly near?: readonly T[] }
  | { readonly kind: 'several'; readonly items: readonly T[] };

/** A name as it is compared: more and more alike to others from first to last. */
interface Written {
  readonly plain: string;
  readonly folded: string;
  /** Loosened, cut at its commas. */
  readonly parts: readonly string[];
}

/** One name of an item. */
interface Entry<T> extends Written {
  readonly item: T;
  readonly isFirst: boolean;
  readonly key: string;
}

/** Names by their parts between commas: one step for each part, however many names there are. */
export interface Step<T> {
  readonly next: Map<string, Step<T>>;
  /** Names that end here. */
  readonly entries: Entry<T>[];
  /** Keys of `next`, sorted when first asked for. */
  sorted?: readonly string[];
}

/** Names that were folded once, to find what many texts mean. */
export interface NameIndex<T> {
  readonly root: Step<T>;
  /** Whether it is kept although it is no longer there: it counts only where nothing else has the name. */
  isGone(item: T): boolean;
  findById(id: string): T | undefined;
  /** By id, else by an equal name, else by a beginning that fits only one. */
  find(typed: string): Picked<T>;
  /** The same, with the near misses. */
  pick(typed: string): Picked<T>;
  /** Items with a name equal to what was typed, of those that are alike the ones that are most alike. */
  equalTo(typed: string, entries?: readonly Entry<T>[]): readonly T[];
  /** Items with a name that begins like what was typed. */
  beginningWith(typed: string): readonly T[];
  /** Items whose first name contains every typed word, in any order. */
  containing(typed: string): readonly T[];
}

/** How many near misses are worth telling. */
const NEAR = 5;

/** `names` lists the names of an item. Neither case nor width, normal form, punctuation or blanks of them matter. */
export function nameIndex<T extends { readonly id: string }>(
  items: readonly T[],
  names: (item: T) => readonly string[],
  isGone: (item: T) => boolean = () => false,
): NameIndex<T> {
  const byId = new Map(items.map((item) => [item.id, item]));
  const entries = items.flatMap((item) =>
    names(item).map((name, n): Entry<T> => {
      const written = writtenAs(name);
      return { item, isFirst: n === 0, ...written, key: written.parts.join(',') };
    }),
  );
  // Made when first asked for: a completion of one name asks for neither.
  let root: Step<T> | undefined;
  let sorted: readonly Entry<T>[] | undefined;
  const isThere = ({ item }: Entry<T>) => !isGone(item);

  const index: NameIndex<T> = {
    get root() {
      root ??= rootOf(entries);
      return root;
    },
    isGone,
    findById: (id) => byId.get(id.trim()),

    equalTo(typed, found = followed(index.root, writtenAs(typed).parts)?.entries ?? []) {
      const wanted = writtenAs(typed);
      return mostAlike(found, [
        isThere,
        ({ folded }) => folded === wanted.folded,
        ({ plain }) => plain === wanted.plain,
        ({ plain }) => plain === unquoted(wanted.plain),
      ]);
    },

    beginningWith(typed) {
      const { folded, parts } = writtenAs(typed);
      const key = parts.join(',');
      if (key === '') return [];
      sorted ??= entries.toSorted((one, other) => compare(one.key, other.key));
      const found: Entry<T>[] = [];
      for (let at = firstFrom(sorted.length, (n) => sorted?.[n]?.key ?? '', key); ; at += 1) {
        const entry = sorted[at];
        if (!entry?.key.startsWith(key)) break;
        found.push(entry);
      }
      return mostAlike(found, [isThere, (entry) => entry.folded.startsWith(folded)]);
    },

    containing(typed) {
      const words = wordsOf(typed);
      return distinct(
        entries
          .filter(({ isFirst, key }) => isFirst && words.every((word) => key.includes(word)))
          .map(({ item }) => item),
      );
    },

    find(typed) {
      const byItsId = index.findById(typed);
      if (byItsId !== undefined) return { kind: 'one', item: byItsId };
      for (const find of [index.equalTo, index.beginningWith]) {
        const found = find(typed);
        const [only] = found;
        if (only !== undefined && found.length === 1) return { kind: 'one', item: only };
        if (found.length > 1) return { kind: 'several', items: inOrder(items, found) };
      }
      return { kind: 'none' };
    },

    pick(typed) {
      const found = index.find(typed);
      if (found.kind !== 'none') return found;
      const wanted = writtenAs(typed).parts.join(',');
      const near = distinct(entries.filter(({ key }) => isNearly(key, wanted)).map(({ item }) => item));
      return near.length > 0 ? { kind: 'none', near: near.slice(0, NEAR) } : { kind: 'none' };
    },
  };
  return index;
}

/**
 * Finds the item that was meant: by its id, else by an equal name, else by a name that begins like this if it is
 * the only one. `names` lists the names of an item.
 */
export function pick<T extends { readonly id: string }>(
  items: readonly T[],
  typed: string,
  names: (item: T) => readonly string[],
): Picked<T> {
  return nameIndex(items, names).pick(typed);
}

/** Whether to offer a name as a completion of `typed`: every typed word occurs in it. */
export function matches(name: string, typed: string): boolean {
  const written = keyOf(name);
  return wordsOf(typed).every((word) => written.includes(word));
}

const wordsOf = (typed: string): readonly string[] => distinct(keyOf(typed).split(/[ ,]/));

/** A text, or a part between two commas of one, as a key of `Step.next`. */
export const keyOf = (text: string): string => loosen(fold(text));

/** Whether the step has a next one whose key begins like this: another one, or this one and it does not end there. */
export function goesOn<T>(step: Step<T>, key: string): boolean {
  step.sorted ??= [...step.next.keys()].toSorted(compare);
  const { sorted } = step;
  const first = firstFrom(sorted.length, (n) => sorted[n] ?? '', key);
  const [same, longer] =
    sorted[first] === key ? [step.next.get(key), sorted[first + 1]] : [undefined, sorted[first]];
  return longer?.startsWith(key) === true || (same !== undefined && same.next.size > 0);
}

export const distinct = <T>(all: readonly T[]): readonly T[] => [...new Set(all)];

function writtenAs(text: string): Written {
  const folded = fold(text);
  return { plain: plainly(text), folded, parts: folded.split(',').map(loosen) };
}

/** As it is written, in one normal form. */
export const plainly = (text: string): string => text.normalize('NFC').trim();

const unquoted = (text: string): string => text.replace(/^["“”„‟«»]|["“”„‟«»]$/g, '');

function rootOf<T>(entries: readonly Entry<T>[]): Step<T> {
  const root: Step<T> = { next: new Map(), entries: [] };
  for (const entry of entries) if (entry.key !== '') stepTo(root, entry.parts).entries.push(entry);
  return root;
}

function stepTo<T>(root: Step<T>, parts: readonly string[]): Step<T> {
  return parts.reduce((step, part) => {
    const next: Step<T> = step.next.get(part) ?? { next: new Map(), entries: [] };
    step.next.set(part, next);
    return next;
  }, root);
}

function followed<T>(root: Step<T>, parts: readonly string[]): Step<T> | undefined {
  return parts.reduce<Step<T> | undefined>((step, part) => step?.next.get(part), root);
}

/** The items of these names; while there are several, those of which a stricter test holds, if there are any. */
function mostAlike<T>(
  entries: readonly Entry<T>[],
  tests: readonly ((entry: Entry<T>) => boolean)[],
): readonly T[] {
  let left = entries;
  for (const test of tests) {
    if (left.length < 2) break;
    const stricter = left.filter(test);
    if (stricter.length > 0) left = stricter;
  }
  return distinct(left.map(({ item }) => item));
}

function inOrder<T>(items: readonly T[], found: readonly T[]): readonly T[] {
  const wanted = new Set(found);
  return items.filter((item) => wanted.has(item));
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Position of the first of `count` sorted keys that is not before `key`. */
function firstFrom(count: number, keyAt: (n: number) => string, key: string): number {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (keyAt(middle) < key) from = middle + 1;
    else to = middle;
  }
  return from;
}
