/** Checks of what was kept as JSON: each looks at all of the type that it claims. */
import { type DurationText, parseDuration } from '../../../domain/duration.ts';
import type { NonEmpty } from '../../../domain/model.ts';

export type Guard<T> = (value: unknown) => value is T;

/** What a guard lets through. */
type Checked<G> = G extends Guard<infer T> ? T : never;

type Fields = Readonly<Record<string, Guard<unknown>>>;

type Shape<Needed extends Fields, Optional extends Fields> = {
  readonly [Name in keyof Needed]: Checked<Needed[Name]>;
} & { readonly [Name in keyof Optional]?: Checked<Optional[Name]> };

export const isText: Guard<string> = (value) => typeof value === 'string';

export const isNumber: Guard<number> = (value) => typeof value === 'number';

export const isFlag: Guard<boolean> = (value) => typeof value === 'boolean';

/** In the form that is stored (domain/duration.ts). */
export const isDuration: Guard<DurationText> = (value): value is DurationText => {
  const parsed = typeof value === 'string' ? parseDuration(value) : undefined;
  return parsed?.kind === 'duration' && parsed.duration === value;
};

/** One of these words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Guard<Word> {
  return (value): value is Word => words.some((word) => word === value);
}

export function orNull<T>(is: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || is(value);
}

/** One or the other. */
export function either<One, Other>(isOne: Guard<One>, isOther: Guard<Other>): Guard<One | Other> {
  return (value): value is One | Other => isOne(value) || isOther(value);
}

export function listOf<T>(is: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(is);
}

export function nonEmptyListOf<T>(is: Guard<T>): Guard<NonEmpty<T>> {
  return (value): value is NonEmpty<T> => listOf(is)(value) && value.length > 0;
}

/** An object with these fields; the `optional` ones may be missing. */
export function shape<const Needed extends Fields, const Optional extends Fields = Record<never, never>>(
  needed: Needed,
  optional?: Optional,
): Guard<Shape<Needed, Optional>> {
  return (value): value is Shape<Needed, Optional> =>
    isRecord(value) &&
    Object.entries(needed).every(([name, is]) => Object.hasOwn(value, name) && is(value[name])) &&
    Object.entries(optional ?? {}).every(([name, is]) => !Object.hasOwn(value, name) || is(value[name]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
