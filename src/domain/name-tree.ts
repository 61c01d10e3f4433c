/** Names by their parts between commas: one step for each part, however many names there are. Pure. */
import { compare, firstFrom } from './sorted.ts';

export interface Step<Entry> {
  readonly next: Map<string, Step<Entry>>;
  /** Names that end here. */
  readonly entries: Entry[];
  /** Keys of `next`, sorted when first asked for. */
  sorted?: readonly string[];
}

/** How far somebody has come who goes from part to part. */
export interface Path<Entry> {
  readonly step: Step<Entry>;
  readonly taken: number;
  /** The parts behind the last step of its own, if there are any. */
  readonly rest: string;
}

/** What comes behind so many parts is one step together: a name of nothing but commas is no forest. */
const STEPS = 16;

export const newStep = <Entry>(): Step<Entry> => ({ next: new Map(), entries: [] });

export const startOf = <Entry>(root: Step<Entry>): Path<Entry> => ({ step: root, taken: 0, rest: '' });

/** A part as it is found in `next`. The key of a rest begins with a comma, so that it is that of no part. */
const keyBehind = <Entry>({ taken, rest }: Path<Entry>, part: string): string =>
  taken < STEPS ? part : `${rest},${part}`;

/** One part further; undefined where no name goes on like this. */
export function nextOf<Entry>(path: Path<Entry>, part: string): Path<Entry> | undefined {
  const { step, taken } = path;
  const key = keyBehind(path, part);
  if (taken < STEPS) {
    const next = step.next.get(key);
    return next && { step: next, taken: taken + 1, rest: '' };
  }
  const [first] = keysFrom(step, key);
  return first?.startsWith(key) ? { step, taken: taken + 1, rest: key } : undefined;
}

/** The names that end where somebody has come. */
export const entriesOf = <Entry>({ step, rest }: Path<Entry>): readonly Entry[] =>
  (rest === '' ? step : step.next.get(rest))?.entries ?? [];

/** Whether a name has this part next or one that begins like it: another one, or this one without ending there. */
export function goesOn<Entry>(path: Path<Entry>, part: string): boolean {
  const key = keyBehind(path, part);
  const [first, second] = keysFrom(path.step, key);
  if (first !== key) return first?.startsWith(key) === true;
  return second?.startsWith(key) === true || (path.step.next.get(key)?.next.size ?? 0) > 0;
}

/** The first two keys that are not before this one. */
function keysFrom<Entry>(step: Step<Entry>, key: string): readonly (string | undefined)[] {
  step.sorted ??= [...step.next.keys()].toSorted(compare);
  const first = firstFrom(step.sorted, (text) => text, key);
  return [step.sorted[first], step.sorted[first + 1]];
}

/** Puts a name where its parts lead. */
export function plant<Entry>(root: Step<Entry>, parts: readonly string[], entry: Entry): void {
  const rest = parts.slice(STEPS);
  const keys = rest.length > 0 ? [...parts.slice(0, STEPS), `,${rest}`] : parts;
  const last = keys.reduce((step, key) => {
    const next = step.next.get(key) ?? newStep<Entry>();
    step.next.set(key, next);
    return next;
  }, root);
  last.entries.push(entry);
}

/** The names of exactly these parts. */
export function entriesAt<Entry>(root: Step<Entry>, parts: readonly string[]): readonly Entry[] {
  const path = parts.reduce<Path<Entry> | undefined>((at, part) => at && nextOf(at, part), startOf(root));
  return path ? entriesOf(path) : [];
}
