/**
 * What goes wrong with documents: parts that are gone, doubled, swapped, of another type, nested without end; names
 * that mean something to JavaScript; numbers and letters that nobody expects. Valid documents go in, so that what comes
 * out is nearly valid: a random text would be refused at its first letter.
 */
import fc from 'fast-check';

type Json = unknown;
type Holder = Record<string, unknown> | unknown[];

/** Longer ones are cut, and only tell less for more time. */
const MAX_LETTERS = 64 * 1024;

const ODD_NAMES = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length', 'then'],
  ...[
    '',
    ' ',
    '#text',
    '@_id',
    'id',
    'Id',
    'ID',
    'size',
    'User',
    'key',
    'kind',
    'type',
    'value',
    'name',
    '\u0000',
  ],
];

export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_NAMES, '0', '1', '-1', '1e999', '00000001', 'null', 'true', 'NaN', '9'.repeat(400)),
  fc.constantFrom(
    '\ud800',
    '\udfff',
    '\u202e',
    '\u200b',
    '\ufeff',
    'ﬀ',
    'ß',
    'İ',
    'K',
    '1️⃣',
    '👩‍👩‍👧',
    'é',
    'A\u0301'.repeat(50),
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

const oddValue: fc.Arbitrary<Json> = fc.oneof(
  oddText,
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    0.5,
    2 ** 31,
    2 ** 53,
    1e21,
    1e308,
    [],
    {},
    [[]],
    [null],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** One change to a tree: `at` chooses the place, `other` a second one. */
const change = fc.record({
  kind: fc.constantFrom('replace', 'remove', 'repeat', 'swap', 'rename', 'wrap', 'add'),
  at: fc.nat(),
  other: fc.nat(),
  value: oddValue,
  name: fc.oneof(fc.constantFrom(...ODD_NAMES), oddText),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Every place of a tree that has something in it. */
function placesOf(
  value: Json,
  found: (readonly [Holder, string])[] = [],
): readonly (readonly [Holder, string])[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, inner] of Object.entries(value)) {
    found.push([value as Holder, name]);
    placesOf(inner, found);
  }
  return found;
}

const at = (holder: Holder, name: string): Json => Object.getOwnPropertyDescriptor(holder, name)?.value;
/** As its own, whatever the name is. */
const put = (holder: Holder, name: string, value: Json): void => {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
};

function changed(root: Holder, { kind, at: place, other, value: given, name }: Change): void {
  // What was given may be used in another case as well.
  const value = structuredClone(given);
  const places = placesOf(root);
  const chosen = places[place % Math.max(1, places.length)];
  const second = places[other % Math.max(1, places.length)];
  if (!chosen || !second) {
    put(root, 'root', value);
    return;
  }
  const [holder, key] = chosen;
  const inner = at(holder, key);
  if (kind === 'replace') put(holder, key, value);
  else if (kind === 'wrap') put(holder, key, other % 2 ? [inner] : { [key]: inner });
  else if (kind === 'add') put(holder, Array.isArray(holder) ? String(holder.length) : name, value);
  else if (kind === 'remove') {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  } else if (kind === 'repeat') {
    if (Array.isArray(holder))
      holder.push(...Array.from({ length: other % 40 }, () => structuredClone(inner)));
    else put(holder, name, structuredClone(inner));
  } else if (kind === 'rename') {
    if (Array.isArray(holder)) return;
    delete holder[key];
    put(holder, name, inner);
  } else {
    const [secondHolder, secondKey] = second;
    const [one, two] = [structuredClone(inner), structuredClone(at(secondHolder, secondKey))];
    put(holder, key, two);
    put(secondHolder, secondKey, one);
  }
}

/** A tree that was valid, with up to six changes; none is among them. */
export const mutatedJson = (
  seeds: readonly Json[],
): fc.Arbitrary<{ readonly value: Json; readonly seed: number }> =>
  fc.tuple(fc.nat(seeds.length - 1), fc.array(change, { maxLength: 6 })).map(([seed, changes]) => {
    const root: Record<string, Json> = { root: structuredClone(seeds[seed]) };
    for (const each of changes) changed(root, each);
    return { value: at(root, 'root'), seed: changes.length === 0 ? seed : -1 };
  });

/** What formats are made of, and what ends, opens or escapes something in one of them. */
const TOKENS = [
  ...['{', '}', '[', ']', '"', ':', ',', '\\', '\\u0000', '\\ud800', '1e999', '-', '.', '0', 'null', 'true'],
  ...[
    '<',
    '>',
    '/>',
    '</',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?xml',
    '?>',
    '<!DOCTYPE',
    '&amp;',
    '&#0;',
    '&#xFFFFFF;',
  ],
  ...[
    '&lt;',
    '&x;',
    '=',
    "'",
    '~',
    '%',
    '%0a',
    '%2c',
    '|',
    '`',
    '*',
    '@everyone',
    '\r\n',
    '\n',
    '\t',
    ' ',
    ';',
    '#',
  ],
  ...['?', '://', '//', '\\\\', '..', '@', ...ODD_NAMES.filter((name) => name !== '')],
];

const edit = fc.record({
  kind: fc.constantFrom('cut', 'drop', 'double', 'insert', 'pump', 'nest', 'swap'),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  times: fc.oneof(fc.nat(20), fc.nat(2_000), fc.nat(20_000)),
  text: fc.oneof(fc.constantFrom(...TOKENS), oddText),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

interface Most {
  readonly letters: number;
  readonly deep: number;
}

function edited(text: string, { kind, from, length, times, text: other }: Edit, most: Most): string {
  const start = Math.floor(from * text.length);
  const [head, part, tail] = [
    text.slice(0, start),
    text.slice(start, start + length),
    text.slice(start + length),
  ];
  const many = (unit: string) =>
    unit.repeat(Math.min(times, Math.floor(most.letters / Math.max(1, unit.length))));
  if (kind === 'cut') return head;
  if (kind === 'drop') return head + tail;
  if (kind === 'double') return head + part + many(part).slice(0, 4_000) + tail;
  if (kind === 'insert') return head + other + part + tail;
  if (kind === 'pump') return head + many(other) + part + tail;
  if (kind === 'swap') return tail + part + head;
  const [open, close, inner] = NESTS[length % NESTS.length] ?? NESTS[0];
  inner.lastIndex = start;
  const found = inner.exec(text);
  const [to, what] = found ? [found.index, found[0]] : [start, ''];
  const deep = Math.min(times, most.deep);
  return text.slice(0, to) + open.repeat(deep) + what + close.repeat(deep) + text.slice(to + what.length);
}
/** A value of JSON, an element of XML, or any place. */
const NESTS = [
  ['[', ']', /(?<=[:[,])(?:"[^"]*"|[\w.+-]+)/g],
  ['{"a":', '}', /(?<=[:[,])(?:"[^"]*"|[\w.+-]+)/g],
  ['<a>', '</a>', /<\w+[^<>]*\/>/g],
  ['<User>', '</User>', /<\w+[^<>]*\/>/g],
  ['(', ')', /\w+/g],
  ['"', '"', /\w+/g],
] as const;

const MOST: Most = { letters: MAX_LETTERS, deep: 20_000 };

/** A text, changed as texts are: up to four times, often not at all. */
export const editedText = (texts: fc.Arbitrary<string>, most: Partial<Most> = {}): fc.Arbitrary<string> =>
  fc
    .tuple(
      texts,
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 3, arbitrary: fc.array(edit, { maxLength: 4 }) },
      ),
    )
    .map(([text, edits]) => {
      const all = { ...MOST, ...most };
      return edits.reduce(
        (now, each) => edited(now, each, all).slice(0, all.letters),
        text.slice(0, all.letters),
      );
    });

/** What people type: near one of these, or the same unit again and again, up to what Discord lets through. */
export const typedText = (likely: readonly string[], max = 6_000): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: editedText(fc.constantFrom(...likely), { letters: max }) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.oneof(fc.constantFrom(...likely, ...TOKENS), oddText), { maxLength: 12 })
        .map((parts) => parts.join('').slice(0, max)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...likely, ''),
          fc.oneof(fc.constantFrom(...likely, ...TOKENS), oddText),
          fc.constantFrom(...TOKENS, ''),
        )
        .map(
          ([head, unit, tail]) =>
            (head + unit.repeat(Math.ceil(max / Math.max(1, unit.length)))).slice(0, max - tail.length) +
            tail,
        ),
    },
  );
