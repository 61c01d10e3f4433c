/**
 * Lists of names as people type them. The separator may be part of a name, so names are looked for first and commas
 * afterwards: where `Movies, 4K` exists it is one.
 */
import { plainly } from './fold.ts';
import { entriesOf, goesOn, nextOf, type Path, type Step, startOf } from './name-tree.ts';
import { distinct, type Entry, keyOf, type NameIndex, type Picked } from './pick.ts';

/** What can be in such a list. */
export interface Listed {
  readonly id: string;
  /** With what it belongs to; the same for no other, if all goes well. */
  readonly name: string;
}

/** The part of what was typed that is not clear, and where it begins. */
interface Unread {
  readonly typed: string;
  readonly from: number;
}

export type PickedList<T> =
  | { readonly kind: 'all'; readonly items: readonly T[] }
  | ({ readonly kind: 'unclear'; readonly picked: Exclude<Picked<T>, { kind: 'one' }> } & Unread)
  /** Part of a longer name, or several names: nobody can tell. */
  | ({ readonly kind: 'ambiguous'; readonly readings: readonly Reading<T>[] } & Unread)
  /** More commas than anybody types: none of it was read. */
  | { readonly kind: 'too-long'; readonly most: number };

/** Each part of it, and what it could mean: one thing, several, or nothing. */
export type Reading<T> = readonly { readonly typed: string; readonly items: readonly T[] }[];

/** The text between two commas. */
interface Part {
  readonly text: string;
  /** Where it is in all that was typed. */
  readonly from: number;
  readonly to: number;
  readonly key: string;
  /** Where quotes begin here: the first part behind those that they hold together. */
  readonly quotedTo: number | undefined;
}

/** How many names a list may have. Longer ones are chosen from a select, or are a plan. */
const MOST_NAMES = 500;
/** Those of any width. */
export const COMMAS = /[,，﹐]/gu;
/** A quote at the beginning, or after the dot between a server and a library; and what ends it. */
const OPENING = /(?:^|·)\s*(["“”„‟«])/u;
const CLOSED_BY: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '”': '”',
  '„': '“',
  '‟': '”',
  '«': '»',
};

/** Everything that was meant, each once; or the first part of the list of which that cannot be said. */
export function pickList<T extends Listed>(index: NameIndex<T>, typed: string): PickedList<T> {
  const parts = partsOf(typed);
  if (parts.length > MOST_NAMES) return { kind: 'too-long', most: MOST_NAMES };
  const { problem, items } = new Reader(index, typed, parts).read();
  if (!problem) return { kind: 'all', items };
  if (problem.kind === 'ambiguous' || problem.picked.kind === 'several') return problem;
  const picked = index.pick(problem.typed);
  return picked.kind === 'one' ? problem : { ...problem, picked };
}

/** Whether a text is read as exactly these things, in this order. */
export function means<T extends Listed>(
  index: NameIndex<T>,
  text: string,
  items: readonly Listed[],
): boolean {
  const meant = new Reader(index, text, partsOf(text)).read();
  return (
    !meant.problem &&
    meant.items.length === items.length &&
    meant.items.every(({ id }, n) => id === items[n]?.id)
  );
}

/**
 * What a list can mean whose last name may be unclear: the one thing that it means, or each that it could, up to
 * `most`. None where an earlier name is unclear, or means nothing.
 */
export function waysToRead<T extends Listed>(
  index: NameIndex<T>,
  typed: string,
  most: number,
): readonly (readonly T[])[] {
  if (typed === '') return [[]];
  const { problem, items, isLast } = new Reader(index, typed, partsOf(typed)).read();
  if (!problem) return [items];
  if (!isLast) return [];
  return candidatesOf(problem)
    .slice(0, most)
    .map((last) => distinct([...items, ...last]));
}

function candidatesOf<T>(problem: Problem<T>): readonly (readonly T[])[] {
  if (problem.kind === 'unclear')
    return problem.picked.kind === 'several' ? problem.picked.items.map((item) => [item]) : [];
  const sure = problem.readings.filter((reading) => reading.every(({ items }) => items.length === 1));
  return sure.map((reading) => reading.flatMap(({ items }) => items));
}

type Problem<T> = Extract<PickedList<T>, { kind: 'unclear' | 'ambiguous' }>;

interface Read<T> {
  /** What was meant up to the problem, or by all of it. */
  readonly items: readonly T[];
  readonly problem?: Problem<T>;
  /** Nothing comes behind the problem. */
  readonly isLast?: boolean;
}

type Next<T> =
  | { readonly kind: 'item'; readonly item: T | undefined; readonly end: number }
  | { readonly kind: 'problem'; readonly problem: Problem<T>; readonly end: number };

/** Reads one text. What a part means is found once, so that the work grows with the text and not with its square. */
class Reader<T extends Listed> {
  readonly #index: NameIndex<T>;
  readonly #typed: string;
  readonly #parts: readonly Part[];
  readonly #found = new Map<string, Picked<T>>();
  readonly #walks = new Map<number, Walk<T>>();

  constructor(index: NameIndex<T>, typed: string, parts: readonly Part[]) {
    this.#index = index;
    this.#typed = typed;
    this.#parts = parts;
  }

  read(): Read<T> {
    const found: T[] = [];
    for (let at = 0; at < this.#parts.length; ) {
      const next = this.#next(at);
      if (next.kind === 'problem')
        return { items: distinct(found), problem: next.problem, isLast: this.#isEmptyFrom(next.end) };
      if (next.item !== undefined) found.push(next.item);
      at = next.end;
    }
    return { items: distinct(found) };
  }

  #isEmptyFrom(at: number): boolean {
    return this.#parts.slice(at).every(({ key }) => key === '');
  }

  /** What begins at this part; `end` is the first part behind it. */
  #next(at: number): Next<T> {
    const part = this.#parts[at];
    if (!part) throw new RangeError('there is no such part');
    if (this.#index.findById(part.text) !== undefined) return this.#single(at, at + 1);
    const { ends, cutAt } = this.#walk(at);
    const whole = ends.at(-1);
    if (part.quotedTo !== undefined && whole === undefined) return this.#single(at, part.quotedTo);
    if (whole === undefined && part.key === '') return { kind: 'item', item: undefined, end: at + 1 };
    if (cutAt !== undefined && cutAt > (whole?.end ?? 0)) return this.#cut(at, cutAt, whole?.end);
    if (whole === undefined) return this.#single(at, at + 1);
    const crossing = this.#crossing(at, whole.end);
    if (crossing !== undefined) return crossing;
    const read = this.#partOf(at, whole.end);
    return taken(read, this.#index.equalTo(read.typed, whole.entries), whole.end);
  }

  /** Found by a unique beginning, if need be. */
  #single(at: number, end: number): Next<T> {
    const part = this.#partOf(at, end);
    const picked = this.#find(part.typed);
    if (picked.kind === 'one') return { kind: 'item', item: picked.item, end };
    return { kind: 'problem', problem: { kind: 'unclear', ...part, picked }, end };
  }

  /** The parts up to `end` begin a longer name. They are several names only if each of them exists as it is. */
  #cut(at: number, end: number, nameEnd: number | undefined): Next<T> {
    if (nameEnd !== undefined && this.#areNames(at, end)) return this.#wholeNameAt(at);
    const part = this.#partOf(at, end);
    const { typed } = part;
    const longer = this.#index.beginningWith(typed);
    const first = nameEnd ?? at + 1;
    const bounds = Array.from({ length: end - first }, (_, n) => [first + n, first + n + 1] as const);
    const several = this.#reading([at, first], ...bounds);
    const canBeSeveral = several.every(({ items }) => items.length === 1);
    // As several it would be nothing that exists: only the longer name is left.
    if (nameEnd === undefined && !canBeSeveral) return taken(part, longer, end);
    const readings = [[{ typed, items: longer }], several];
    return { kind: 'problem', problem: { kind: 'ambiguous', ...part, readings }, end };
  }

  /** What the text between these bounds could mean, each for itself. */
  #reading(...bounds: readonly (readonly [number, number])[]): Reading<T> {
    return bounds
      .map(([from, to]) => this.#partOf(from, to).typed)
      .filter((typed) => typed !== '')
      .map((typed) => ({ typed, items: candidates(this.#find(typed)) }));
  }

  #wholeNameAt(at: number): Next<T> {
    const whole = this.#walk(at).ends.at(-1);
    if (!whole) return this.#single(at, at + 1);
    const part = this.#partOf(at, whole.end);
    return taken(part, this.#index.equalTo(part.typed, whole.entries), whole.end);
  }

  /** A name that ends within the one from `at`, followed by one that ends behind it: `A, B, C` of `A, B` and `B, C`. */
  #crossing(at: number, end: number): Next<T> | undefined {
    for (let middle = at + 1; middle < end; middle += 1) {
      const other = this.#walk(middle).ends.at(-1);
      if (!other || other.end <= end || !this.#areNames(at, middle)) continue;
      const part = this.#partOf(at, other.end);
      const readings = [
        this.#reading([at, end], [end, other.end]),
        this.#reading([at, middle], [middle, other.end]),
      ];
      return { kind: 'problem', problem: { kind: 'ambiguous', ...part, readings }, end: other.end };
    }
    return undefined;
  }

  /** Whether the parts are names that exist, one after the other. */
  #areNames(at: number, end: number): boolean {
    const reached = new Set([at]);
    for (let from = at; from < end; from += 1) {
      if (!reached.has(from)) continue;
      for (const name of this.#walk(from).ends) reached.add(name.end);
    }
    return reached.has(end);
  }

  #walk(at: number): Walk<T> {
    const known = this.#walks.get(at);
    if (known) return known;
    const walk = walkFrom(this.#index.root, this.#typed, this.#parts, at);
    this.#walks.set(at, walk);
    return walk;
  }

  #find(typed: string): Picked<T> {
    const known = this.#found.get(typed);
    if (known) return known;
    const found = this.#index.find(typed);
    this.#found.set(typed, found);
    return found;
  }

  #partOf(at: number, end: number): Unread {
    const typed = textOf(this.#typed, this.#parts, at, end);
    return { typed, from: this.#typed.indexOf(typed, this.#parts[at]?.from) };
  }
}

interface Walk<T> {
  /** Where names end that begin here, the shortest first; the first part behind each. */
  readonly ends: readonly { readonly end: number; readonly entries: readonly Entry<T>[] }[];
  /** The furthest part, of two or more, up to which the text is the beginning of a longer name. */
  readonly cutAt: number | undefined;
}

/** Quotes that somebody typed hold together what is in them, unless they are just so in a name. */
function walkFrom<T>(root: Step<Entry<T>>, text: string, parts: readonly Part[], at: number): Walk<T> {
  const ends: { end: number; entries: readonly Entry<T>[] }[] = [];
  let cutAt: number | undefined;
  let path: Path<Entry<T>> | undefined = startOf(root);
  let hasQuotes = false;
  for (let end = at + 1; path; end += 1) {
    const part = parts[end - 1];
    if (!part) break;
    hasQuotes ||= part.quotedTo !== undefined;
    if (!hasQuotes && end - at > 1 && part.key !== '' && goesOn(path, part.key)) cutAt = end;
    path = nextOf(path, part.key);
    const entries = path ? entriesOf(path) : [];
    if (entries.length === 0) continue;
    const typed = hasQuotes ? plainly(textOf(text, parts, at, end)) : undefined;
    if (typed === undefined || entries.some(({ plain }) => plain === typed)) ends.push({ end, entries });
  }
  return { ends, cutAt };
}

const textOf = (text: string, parts: readonly Part[], at: number, end: number): string =>
  text.slice(parts[at]?.from, parts[end - 1]?.to).trim();

function taken<T>(part: Unread, found: readonly T[], end: number): Next<T> {
  const [item] = found;
  if (item !== undefined && found.length === 1) return { kind: 'item', item, end };
  const picked =
    item === undefined ? ({ kind: 'none' } as const) : ({ kind: 'several', items: found } as const);
  return { kind: 'problem', problem: { kind: 'unclear', ...part, picked }, end };
}

function candidates<T>(picked: Picked<T>): readonly T[] {
  if (picked.kind === 'none') return [];
  return picked.kind === 'one' ? [picked.item] : picked.items;
}

function partsOf(typed: string): readonly Part[] {
  const texts = typed.split(COMMAS);
  const closing = new Map<string, readonly (number | undefined)[]>();
  let from = 0;
  return texts.map((text, at) => {
    const start = from;
    from += text.length + 1;
    const closer = closerOf(text);
    if (closer !== undefined && !closing.has(closer)) closing.set(closer, endsWith(texts, closer));
    const last = closer === undefined ? undefined : closing.get(closer)?.[at];
    const quotedTo = last === undefined ? undefined : last + 1;
    return { text, from: start, to: start + text.length, key: keyOf(text), quotedTo };
  });
}

/** The quote that has to end what a quote in this text begins; undefined when there is none, or it has ended. */
function closerOf(text: string): string | undefined {
  const opening = OPENING.exec(text);
  const quote = opening?.[1];
  if (!opening || quote === undefined) return undefined;
  const rest = text.slice(opening.index + opening[0].length).trimEnd();
  const closer = CLOSED_BY[quote] ?? quote;
  const isClosedWithin = rest.includes(closer) && !rest.endsWith(closer);
  return rest === '' || isClosedWithin ? undefined : closer;
}

/** For every text the first one, from it on, that ends with this quote. */
function endsWith(texts: readonly string[], quote: string): readonly (number | undefined)[] {
  const ends: (number | undefined)[] = [];
  let last: number | undefined;
  for (let at = texts.length - 1; at >= 0; at -= 1) {
    if (texts[at]?.trimEnd().endsWith(quote)) last = at;
    ends[at] = last;
  }
  return ends;
}
