/** A list that is read piece by piece is what `JSON.parse` makes of the whole. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Broken, JsonList } from '../../../src/adapters/http-client/json-list.ts';
import { MOST_DEPTH, MOST_ENTRY_BYTES, TooLarge } from '../../../src/adapters/http-client/limits.ts';

const AROUND = 1_000_000;

function read(text: string, path: readonly string[] | undefined, cuts: readonly number[] = []) {
  const entries: unknown[] = [];
  const list = new JsonList({ path, mostAround: AROUND }, (entry) => entries.push(entry));
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (const [index, from] of places.entries()) list.push(bytes.subarray(from, places[index + 1] ?? from));
  return { around: list.end(), entries };
}

const cuts = fc.array(fc.nat(), { maxLength: 12 });
const entries = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 12 });
const spaced = (value: unknown, spaces: number) => JSON.stringify(value, null, spaces);

describe('wherever the pieces end', () => {
  it('a document that is the list', () => {
    fc.assert(
      fc.property(entries, cuts, fc.nat({ max: 2 }), (values, at, spaces) => {
        const found = read(` ${spaced(values, spaces)} `, [], at);
        expect(found).toEqual({ around: [], entries: JSON.parse(JSON.stringify(values)) });
      }),
    );
  });

  it('a list in a field, with others beside it that are called the same elsewhere', () => {
    const beside = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    fc.assert(
      fc.property(entries, beside, cuts, fc.nat({ max: 2 }), (values, other, at, spaces) => {
        const { __proto__: _, ...rest } = other;
        const outer = {
          ...rest,
          in: [{ list: [1] }],
          at: { size: 1, in: { list: [2] }, list: values, after: '"[' },
        };
        const found = read(spaced(outer, spaces), ['at', 'list'], at);
        expect(found.entries).toEqual(JSON.parse(JSON.stringify(values)));
        expect(found.around).toEqual(JSON.parse(JSON.stringify({ ...outer, at: { ...outer.at, list: [] } })));
      }),
    );
  });

  it('any text: it is refused exactly where it is no JSON', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"',
      '\\',
      '1',
      'a',
      ' ',
      '""',
      '"l":',
      '[]',
      'null',
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')),
        cuts,
        (text, at) => {
          let whole: unknown;
          try {
            whole = JSON.parse(text);
          } catch {
            expect(() => read(text, [], at)).toThrow(Broken);
            return;
          }
          const expected = Array.isArray(whole)
            ? { around: [], entries: whole }
            : { around: whole, entries: [] };
          expect(read(text, [], at)).toEqual(expected);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

it('a name that is written with escapes is the same name', () => {
  expect(read(String.raw`{"\u004ctems":[1],"Items":[2]}`, ['Items'])).toEqual({
    around: { Ltems: [1], Items: [] },
    entries: [2],
  });
});

it('two lists under one name are neither', () => {
  expect(() => read('{"Items":[1],"Items":[2]}', ['Items'])).toThrow(Broken);
});

it('depth and the length of an entry have an end', () => {
  expect(() => read('['.repeat(MOST_DEPTH + 1), [])).toThrow(TooLarge);
  expect(() => read('['.repeat(MOST_DEPTH + 1), undefined)).toThrow(TooLarge);
  expect(() => read(`["${'x'.repeat(MOST_ENTRY_BYTES)}`, [])).toThrow(TooLarge);
  expect(() => read(`{"a":"${'x'.repeat(AROUND)}`, ['b'])).toThrow(TooLarge);
});
