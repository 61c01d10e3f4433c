/** What people type in place of an id: a name, or a beginning of it that fits only one. */
import { fold, loosen, plainly } from './fold.ts';
import { entriesAt, newStep, plant, type Step } from './name-tree.ts';
import { isNearly } from './near.ts';
import { beginningWith, compare } from './sorted.ts';

export type Picked<T> =
  | { readonly kind: 'one'; readonly item: T }
  /** `near`: what is written almost like it. */
  | { readonly kind: 'none'; readonly near?: readonly T[] }
  | { readonly kind: 'several'; readonly items: readonly T[] };

/** A name as it is compared: more and more alike to others from first to last. */
interface Written {
  readonly plain: string;
  readonly folded: string;
  readonly key: string;
}

/** One name of an item. */
export interface Entry<T> extends Written {
  readonly item: T;
}

/** Names that were folded once, to find what many texts mean. */
export interface NameIndex<T> {
  readonly root: Step<Entry<T>>;
  /** Whether it is kept although it is no longer there: it counts only where nothing else has the name. */
  isGone(item: T): boolean;
  findById(id: string): T | undefined;
  /** By id, else by an equal name, else by a beginning that fits only one. `among` leaves out what it is false for. */
  find(typed: string, among?: (item: T) => boolean): Picked<T>;
  /** The same, with the near misses. */
  pick(typed: string, among?: (item: T) => boolean): Picked<T>;
  /** Items with a name equal to what was typed, of those that are alike the ones that are most alike. */
  equalTo(typed: string, entries?: readonly Entry<T>[]): readonly T[];
  /** Items with a name that begins like what was typed. */
  beginningWith(typed: string): readonly T[];
  /** Items whose first name contains every typed word, in any order: no more are looked for than are taken. */
  containing(typed: string): Generator<T, void>;
}

/** How many near misses are worth telling. */
const NEAR = 5;
/** The beginning of an id stands for it, where nothing has such a name: a list of ids has to fit into a completion. */
export const SHORT_ID = 5;

/** `names` lists the names of an item. Neither case nor width, normal form, punctuation or blanks of them matter. */
export function nameIndex<T extends { readonly id: string }>(
  items: readonly T[],
  names: (item: T) => readonly string[],
  isGone: (item: T) => boolean = () => false,
): NameIndex<T> {
  const byId = new Map(items.map((item) => [item.id, item]));
  const named = items.map((item) => ({
    item,
    entries: names(item).map((name): Entry<T> => ({ item, ...writtenAs(name) })),
  }));
  const entries = named.flatMap((each) => each.entries);
  // Made when first asked for: a completion of one name asks for none of them.
  let root: Step<Entry<T>> | undefined;
  let sorted: readonly Entry<T>[] | undefined;
  let sortedIds: readonly string[] | undefined;
  const isThere = ({ item }: Entry<T>) => !isGone(item);

  const namesLike = (typed: string) => entriesAt(index.root, writtenAs(typed).key.split(','));

  const equalAmong = (typed: string, among: readonly Entry<T>[]): readonly T[] => {
    const wanted = writtenAs(typed);
    return mostAlike(among, [
      isThere,
      ({ folded }) => folded === wanted.folded,
      ({ plain }) => plain === wanted.plain,
      ({ plain }) => plain === unquoted(wanted.plain),
    ]);
  };

  const beginningLike = (typed: string, among: (item: T) => boolean): readonly T[] => {
    const { folded, key } = writtenAs(typed);
    if (key === '') return [];
    sorted ??= entries.toSorted((one, other) => compare(one.key, other.key));
    const found = [...beginningWith(sorted, (entry) => entry.key, key)].filter(({ item }) => among(item));
    return mostAlike(found, [isThere, (entry) => entry.folded.startsWith(folded)]);
  };

  const byShortId = (typed: string): readonly T[] => {
    const start = typed.trim();
    if (start.length !== SHORT_ID) return [];
    sortedIds ??= [...byId.keys()].toSorted(compare);
    return [...beginningWith(sortedIds, (id) => id, start)].flatMap((id) => byId.get(id) ?? []);
  };

  const index: NameIndex<T> = {
    get root() {
      root ??= rootOf(entries);
      return root;
    },
    isGone,
    findById: (id) => byId.get(id.trim()),
    equalTo: (typed, found = namesLike(typed)) => equalAmong(typed, found),
    beginningWith: (typed) => beginningLike(typed, everything),

    *containing(typed) {
      const isMeant = keyMatcher(typed);
      for (const {
        item,
        entries: [first],
      } of named)
        if (first && isMeant(first.key)) yield item;
    },

    find(typed, among = everything) {
      const byItsId = index.findById(typed);
      if (byItsId !== undefined && among(byItsId)) return { kind: 'one', item: byItsId };
      const ways = [
        () =>
          equalAmong(
            typed,
            namesLike(typed).filter(({ item }) => among(item)),
          ),
        () => beginningLike(typed, among),
        () => byShortId(typed).filter(among),
      ];
      for (const way of ways) {
        const found = way();
        const [only] = found;
        if (only !== undefined && found.length === 1) return { kind: 'one', item: only };
        if (found.length > 1) return { kind: 'several', items: inOrder(items, found) };
      }
      return { kind: 'none' };
    },

    pick(typed, among = everything) {
      const found = index.find(typed, among);
      if (found.kind !== 'none') return found;
      const wanted = writtenAs(typed).key;
      const isNear = ({ key, item }: Entry<T>) => isNearly(key, wanted) && among(item);
      const alike = entries.filter(isNear).map(({ item }) => item);
      // What completion would have offered: somebody typed words of the name, and not its beginning.
      const holding = wanted === '' ? [] : index.containing(typed).filter(among).take(NEAR);
      const near = distinct([...alike, ...holding]);
      return near.length > 0 ? { kind: 'none', near: near.slice(0, NEAR) } : { kind: 'none' };
    },
  };
  return index;
}

const everything = (): boolean => true;

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

/** Whether to offer names as completions of `typed`: every typed word occurs in them. */
export function nameMatcher(typed: string): (name: string) => boolean {
  const isMeant = keyMatcher(typed);
  return (name) => isMeant(keyOf(name));
}

/** The same for names that are folded already. */
function keyMatcher(typed: string): (key: string) => boolean {
  const words = distinct(keyOf(typed).split(/[ ,]/));
  return (key) => words.every((word) => key.includes(word));
}

/** A text, or a part between two commas of one, as a key of `Step.next`. */
export const keyOf = (text: string): string => loosen(fold(text));

export const distinct = <T>(all: readonly T[]): readonly T[] => [...new Set(all)];

function writtenAs(text: string): Written {
  const folded = fold(text);
  return { plain: plainly(text), folded, key: folded.split(',').map(loosen).join(',') };
}

const unquoted = (text: string): string => text.replace(/^["“”„‟«»]|["“”„‟«»]$/g, '');

function rootOf<T>(entries: readonly Entry<T>[]): Step<Entry<T>> {
  const root = newStep<Entry<T>>();
  for (const entry of entries) if (entry.key !== '') plant(root, entry.key.split(','), entry);
  return root;
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
