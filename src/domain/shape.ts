/** Checks of whole values that were kept as JSON: what one field fails is not the value that it claims to be. */

export type Check<T> = (value: unknown) => value is T;

export const isText: Check<string> = (value) => typeof value === 'string';

export const isNull: Check<null> = (value) => value === null;

export const isEither =
  <A, B>(one: Check<A>, other: Check<B>): Check<A | B> =>
  (value): value is A | B =>
    one(value) || other(value);

/** An object that has all of these fields, each as its check wants it; fields beside them are not looked at. */
export function hasFields<T extends object>(
  checks: { readonly [Name in keyof T]-?: Check<T[Name]> },
): Check<T> {
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries<Check<unknown>>(checks).every(([name, check]) => check(Reflect.get(value, name)));
}
