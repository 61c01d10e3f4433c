/** The catalogue: the same sentences in every language, each of them used, and none said beside it. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';
import { LANGUAGES, languageOf, translate } from '../src/words/catalogue.ts';
import { german } from '../src/words/de.ts';
import { english } from '../src/words/en.ts';
import { say } from '../src/words/say.ts';
import { saidPlain } from './support/said.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CATALOGUES = { en: english, de: german } as const;

interface Tree {
  readonly [name: string]: string | Tree;
}

function flat(tree: Tree, path = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([name, value]) =>
      typeof value === 'string' ? [[path + name, value]] : [...flat(value, `${path}${name}.`)],
    ),
  );
}

/** What is written beside the catalogue, and is the same in every language: two names, an address and a code. */
const STILL_BESIDE = 4;

const ENGLISH = flat(english);

/** The names of the values that a sentence needs. */
function placeholders(elements: readonly MessageFormatElement[]): readonly string[] {
  const names = elements.flatMap((element): readonly string[] => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    if (element.type === TYPE.tag) return placeholders(element.children);
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return [element.value];
    return [element.value, ...Object.values(element.options).flatMap(({ value }) => placeholders(value))];
  });
  return [...new Set(names)].toSorted();
}

const needed = (text: string) => placeholders(parse(text, { ignoreTag: true }));

interface Said {
  /** A key, or its beginning where the rest is decided when it is said. */
  readonly key: string;
  readonly isWhole: boolean;
  /** Undefined where the values are no literal. */
  readonly values: readonly string[] | undefined;
  readonly at: string;
}

interface Sources {
  readonly said: readonly Said[];
  /** Where a text with words in it is written outside the catalogue. */
  readonly beside: ReadonlyMap<string, number>;
}

async function readSources(): Promise<Sources> {
  const said: Said[] = [];
  const beside = new Map<string, number>();
  for await (const file of glob('{src,commands}/**/*.ts', { cwd: ROOT })) {
    if (file.includes('generated/') || file.startsWith('src/words/')) continue;
    const source = readFileSync(join(ROOT, file), 'utf8');
    visit(parseAst(source, { lang: 'ts' }), (node) => {
      if (node.type === 'CallExpression' && node.callee.name === 'say') {
        const line = source.slice(0, node.start).split('\n').length;
        const values = valuesOf(node.arguments);
        for (const key of keysOf(node.arguments[0])) said.push({ ...key, values, at: `${file}:${line}` });
      }
      if (hasOwnWords(node, file)) beside.set(file, (beside.get(file) ?? 0) + 1);
    });
  }
  return { said, beside };
}

// biome-ignore lint/suspicious/noExplicitAny: a syntax tree has more shapes than are worth naming here
type Node = any;

function visit(node: Node, look: (node: Node) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (typeof node.type === 'string') look(node);
  for (const child of Object.values(node)) visit(child, look);
}

function keysOf(node: Node): readonly Pick<Said, 'key' | 'isWhole'>[] {
  if (node.type === 'Literal') return [{ key: node.value, isWhole: true }];
  if (node.type === 'ConditionalExpression') return [node.consequent, node.alternate].flatMap(keysOf);
  if (node.type === 'TemplateLiteral') {
    const start: string = node.quasis[0].value.cooked;
    // A key without a beginning could be any, and would make every sentence count as used.
    if (start.includes('.')) return [{ key: start, isWhole: false }];
  }
  throw new Error('say() takes a key, or a template that begins with the name of its part');
}

function valuesOf([, values]: readonly Node[]): Said['values'] {
  if (values === undefined) return [];
  if (values.type !== 'ObjectExpression') return undefined;
  if (values.properties.some(({ type }: Node) => type !== 'Property')) return undefined;
  return values.properties.map(({ key }: Node) => key.name ?? key.value).toSorted();
}

const LABELS = new Set(['label', 'placeholder', 'title', 'description', 'message']);
/** Of commands and options, whose other languages are compared in commands/descriptions.test.ts. */
const DECLARATIONS = /^commands\/|\/kit\/(?:named|gift)-options\.ts$/;
/** What is told to whoever writes programs, who reads English there. */
const FOR_PROGRAMS = 'src/adapters/api/description.ts';
const WORD = /\p{L}{2,}/u;

/** A template of text, or a label, that says something in English. */
function hasOwnWords(node: Node, file: string): boolean {
  if (node.type === 'TaggedTemplateExpression' && node.tag.name === 'md') {
    return node.quasi.quasis.some(({ value }: Node) => WORD.test(value.raw.replaceAll(/\/[a-z ]+/g, '')));
  }
  if (node.type !== 'Property' || !LABELS.has(node.key.name) || file === FOR_PROGRAMS) return false;
  if (node.key.name === 'description' && DECLARATIONS.test(file)) return false;
  return node.value.type === 'Literal' && typeof node.value.value === 'string' && WORD.test(node.value.value);
}

const sources = await readSources();

describe('the catalogue', () => {
  it.each(LANGUAGES)('has every sentence in %s, with the values of the English one', (language) => {
    const own = flat(CATALOGUES[language]);
    expect([...own.keys()].toSorted()).toEqual([...ENGLISH.keys()].toSorted());
    const differing = [...own].filter(([key, text]) => {
      const english = ENGLISH.get(key);
      return english !== undefined && String(needed(text)) !== String(needed(english));
    });
    expect(differing).toEqual([]);
  });

  it('says nothing empty, and begins and ends no sentence with a blank', () => {
    const odd = LANGUAGES.flatMap((language) =>
      [...flat(CATALOGUES[language])].filter(([, text]) => text.trim() === '' || text.trim() !== text),
    );
    expect(odd).toEqual([]);
  });

  it('has no sentence that is never said', () => {
    const isSaid = (key: string) =>
      sources.said.some((one) => (one.isWhole ? one.key === key : key.startsWith(one.key)));
    expect([...ENGLISH.keys()].filter((key) => !isSaid(key))).toEqual([]);
  });

  it('is given all the values that a sentence has places for', () => {
    const wrong = sources.said.flatMap(({ key, isWhole, values, at }) => {
      const text = ENGLISH.get(key);
      if (!isWhole || values === undefined || text === undefined) return [];
      return String(needed(text)) === String(values) ? [] : [`${at} ${key}: ${needed(text)}, not ${values}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe('what is said', () => {
  it('beside the catalogue becomes less', () => {
    const total = sources.beside.values().reduce((sum, count) => sum + count, 0);
    // Goes down with every part that moves into the catalogue, and must not go up.
    expect(total).toBeLessThanOrEqual(STILL_BESIDE);
  });

  it('is in the language of the reader, with plurals', () => {
    expect(saidPlain(say('shared.more', { count: 2 }))).toBe('and 2 more');
    expect(translate('de', 'shared.more', { count: 1 })).toBe('und 1 weitere');
  });

  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['en-GB', 'en'],
    ['fr', 'en'],
    [undefined, 'en'],
  ])('a locale %s is answered in %s', (locale, language) => {
    expect(languageOf(locale)).toBe(language);
  });
});
