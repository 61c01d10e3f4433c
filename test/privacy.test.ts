/** docs/privacy.md says of each column what it is for: one that is new says it, or does not get in. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TOLD } from '../src/domain/personal-data.ts';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** `Table.column` of the schema, without relations. */
function columns(): readonly string[] {
  const models = [...read('prisma/schema.prisma').matchAll(/^model (\w+) \{\n(.*?)^\}/gms)];
  const names = new Set(models.map(([, name]) => name));
  return models.flatMap(([, name, body = '']) =>
    [...body.matchAll(/^ {2}(\w+) +(\w+)/gm)].flatMap(([, column, type]) =>
      names.has(type) ? [] : [`${name}.${column}`],
    ),
  );
}

const [people = '', nobody = ''] = read('docs/privacy.md').split('\n## What is about nobody\n');
const inTicks = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
/** Each row of the table: its name, and its columns about people. */
const rows = [...people.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name = '', list = '']) => ({
  name,
  list: inTicks(list),
}));
const others = [...nobody.matchAll(/^- `(\w+)`.*?: (.+)$/gm)].map(([, name = '', list = '']) => ({
  name,
  list: inTicks(list),
}));

describe('docs/privacy.md', () => {
  it('names every column once: as about people, or as about nobody', () => {
    const named = [...rows, ...others].flatMap(({ name, list }) => list.map((column) => `${name}.${column}`));
    expect(columns().length).toBeGreaterThan(200);
    expect(named.toSorted()).toEqual(columns().toSorted());
  });

  it('has a row for each table of which people get a copy', () => {
    const told = Object.keys(TOLD);
    expect(told.filter((table) => rows.every(({ name }) => name !== table))).toEqual([]);
  });
});
