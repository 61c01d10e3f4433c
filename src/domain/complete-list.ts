/** What completes the last name of a list (pick-list.ts). */
import { delimitedFull } from './name-list.ts';
import { type NameIndex, SHORT_ID } from './pick.ts';
import { COMMAS, type Listed, means, waysToRead } from './pick-list.ts';

/** What is offered: a text, and what is sent when it is chosen. */
export interface Offer {
  readonly name: string;
  readonly value: string;
}

/** Discord's limit for both. */
const MAX_LENGTH = 100;
/** A list with more names than these does not fit, whatever they are called. */
const MOST_NAMES = 40;
/** What cannot be offered is passed over, but not without end. */
const TRIES_FOR_EACH = 10;

/**
 * Completes the last name of a list and keeps those before it. Each value means exactly what its text says, and so
 * does the text, because whoever goes on typing after a choice goes on from that.
 */
export function completeList<T extends Listed>(
  index: NameIndex<T>,
  typed: string,
  max: number,
): readonly Offer[] {
  const offers = new Map<string, Offer>();
  for (const made of offersFor(index, typed, max).take(TRIES_FOR_EACH * max)) {
    if (made && !offers.has(made.value)) offers.set(made.value, made);
    if (offers.size === max) break;
  }
  return [...offers.values()];
}

/** Behind the names of a list: the others are chosen from a select. */
export const REST = '…';

/** A list of which no more can be sent, with `REST` behind what fits of it. */
export interface BegunList {
  readonly value: string;
  /** How many names are in it, of how many that were typed. */
  readonly kept: number;
  readonly all: number;
}

/** For whoever goes on with a list that is too long to be completed; undefined where nothing would complete it. */
export function beginList<T extends Listed>(index: NameIndex<T>, typed: string): BegunList | undefined {
  const end = [...typed.matchAll(COMMAS)].at(-1)?.index;
  if (end === undefined) return undefined;
  const [items = [], ...others] = waysToRead(index, typed.slice(0, end), 2);
  if (items.length === 0 || others.length > 0 || items.some(index.isGone)) return undefined;
  const goesOnWith = (item: T) => !index.isGone(item) && !items.includes(item);
  if (!index.containing(typed.slice(end + 1)).some(goesOnWith)) return undefined;
  const texts = items.slice(0, MOST_NAMES).map((item) => shortId(index, item));
  while ([...texts, REST].join(', ').length > MAX_LENGTH) texts.pop();
  return { value: [...texts, REST].join(', '), kept: texts.length, all: items.length };
}

/** One try after the other; undefined where it came to nothing. */
function* offersFor<T extends Listed>(
  index: NameIndex<T>,
  typed: string,
  max: number,
): Generator<Offer | undefined, void> {
  for (const { before, tail, hasComma } of endings(typed)) {
    const all = hasComma ? index.beginningWith(tail).values() : index.containing(tail);
    let makers: readonly ((item: T) => Offer | undefined)[] | undefined;
    for (const item of all) {
      if (index.isGone(item)) continue;
      makers ??= waysToRead(index, before, max)
        .filter((items) => !items.some(index.isGone))
        .map((earlier) => offering(index, earlier));
      for (const offer of makers) yield offer(item);
    }
  }
}

/** How deep into a list a name with commas is looked for that is not finished yet. */
const COMMAS_OF_A_NAME = 8;

/** The ends of the text that may be one unfinished name, the longest first; none of a list that is too long. */
function endings(typed: string): readonly { before: string; tail: string; hasComma: boolean }[] {
  const commas = [...typed.matchAll(COMMAS)].map(({ index }) => index);
  if (commas.length >= MOST_NAMES) return [];
  const starts = [0, ...commas.map((comma) => comma + 1)].slice(-COMMAS_OF_A_NAME - 1);
  return starts.map((start, n) => ({
    before: typed.slice(0, start),
    tail: typed.slice(start),
    hasComma: n < starts.length - 1,
  }));
}

/** Makes the offer of one more item behind those that are chosen; none where it is one of them or would not fit. */
function offering<T extends Listed>(
  index: NameIndex<T>,
  earlier: readonly T[],
): (item: T) => Offer | undefined {
  const names = earlier.map(({ name }) => delimitedFull(name));
  const shortest = shortestOf(index, earlier);
  const least = shortest.join(', ').length;
  const chosen = new Set(earlier);
  return (item) => {
    if (earlier.length === 0) return { name: item.name, value: item.id };
    if (least + SHORT_ID > MAX_LENGTH || chosen.has(item)) return undefined;
    const own = delimitedFull(item.name);
    const id = shortId(index, item);
    const all = [...earlier, item];
    const isExact = (text: string) => text.length <= MAX_LENGTH && means(index, text, all);
    // Ids say nothing to people, so they are for what is too long, or has a name that could mean something else.
    const value = [
      [...names, own],
      [...shortest, own],
      [...names, id],
      [...shortest, id],
    ]
      .values()
      .map((texts) => texts.join(', '))
      .find(isExact);
    return value === undefined ? undefined : { name: value, value };
  };
}

/** As few letters as say the same, which may be names or ids. */
function shortestOf<T extends Listed>(index: NameIndex<T>, items: readonly T[]): readonly string[] {
  const ids = items.map((item) => shortId(index, item));
  const texts = items.map((item, n) => {
    const [written, id = item.id] = [delimitedFull(item.name), ids[n]];
    return written.length <= id.length && means(index, written, [item]) ? written : id;
  });
  return means(index, texts.join(', '), items) ? texts : ids;
}

function shortId<T extends Listed>(index: NameIndex<T>, item: T): string {
  const start = item.id.slice(0, SHORT_ID);
  return means(index, start, [item]) ? start : item.id;
}
