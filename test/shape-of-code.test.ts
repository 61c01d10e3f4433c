/** What a function may look like. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parseAst } from 'vitest/node';

const ROOT = resolve(import.meta.dirname, '..');
const MOST_PARAMETERS = 4;

/** The lines of `source` at which a function or its type begins that has more than `most` positional parameters. */
function crowdedFunctions(source: string, most: number): readonly number[] {
  const lines: number[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (isFunction(node) && node.params.length > most)
      lines.push(source.slice(0, node.start).split('\n').length);
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(source, { lang: 'ts' }));
  return lines;
}

interface FunctionNode {
  readonly type: string;
  readonly start: number;
  readonly params: readonly unknown[];
}

/** The arguments of a generic type are called `params` as well. */
const isFunction = (node: object): node is FunctionNode =>
  'params' in node && 'type' in node && /Function|MethodSignature/.test(String(node.type));

it('functions take at most four positional parameters', async () => {
  const crowded: string[] = [];
  for await (const file of glob('{src,commands}/**/*.ts', { cwd: ROOT })) {
    if (file.includes('generated/')) continue;
    const source = readFileSync(join(ROOT, file), 'utf8');
    for (const line of crowdedFunctions(source, MOST_PARAMETERS)) crowded.push(`${file}:${line}`);
  }
  expect(crowded).toEqual([]);
});

it.each([
  ['a declaration', 'function f(a, b: number, c = 1) {}'],
  ['an arrow', 'const f = async (a: string, { b }: X, c?: Y): Promise<void> => undefined;'],
  ['a method', 'class A { f(a, [b], ...c) {} }'],
  ['a function within another', 'function g() {\n return { f(a, b, c) {} } }'],
  ['a type', 'type F = (a: A, b: B, c: C<D, E, F, G>) => void;'],
  ['a method of an interface', 'interface A { f(a: B, b: C, c: D): void }'],
  ['a constructor', 'class A { constructor(a, b, c) {} }'],
])('%s with one too many is found', (_name, source) => {
  expect(crowdedFunctions(source, 3)).toEqual([]);
  expect(crowdedFunctions(source, 2)).toHaveLength(1);
});
