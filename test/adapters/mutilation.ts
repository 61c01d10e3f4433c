/** Rows as no client expects them, for properties over what a list may hold. */
import fc from 'fast-check';

export type Row = Record<string, unknown>;

/** Any JSON; and what is seen where something else was expected. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', 0, '0', true, [], {}, [null], { id: null }, 'maybe'),
);

/** A row with some of its fields gone or replaced; or something that is no row at all. */
export const mutilation: fc.Arbitrary<(row: Row) => unknown> = fc.oneof(
  anything.map((value) => () => value),
  fc
    .array(fc.tuple(fc.nat(), fc.option(anything, { nil: undefined })), { minLength: 1, maxLength: 6 })
    .map((changes) => (row: Row) => {
      const names = Object.keys(row);
      const changed = new Map(changes.map(([at, value]) => [names[at % names.length] ?? '', value]));
      return Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) => {
          const now = changed.has(name) ? changed.get(name) : value;
          return now === undefined ? [] : [[name, now]];
        }),
      );
    }),
);
