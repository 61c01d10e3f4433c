/** The one schema and the one derived from it. Used by `npm run generate`, `npm run migrate:new` and the tests. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../src/adapters/prisma/url.ts';

export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const schemaFile = fileURLToPath(new URL('./schema.prisma', import.meta.url));
export const generatedFolder = fileURLToPath(new URL('../src/adapters/prisma/generated', import.meta.url));

/**
 * The schema for one database: prisma/schema.prisma with its provider and output replaced.
 * @throws {Error} when the schema no longer has the two lines to replace.
 */
export function schemaFor(dialect: Dialect): string {
  return replaceOnce(
    replaceOnce(readFileSync(schemaFile, 'utf8'), 'provider = "sqlite"', `provider = "${dialect}"`),
    '"../src/adapters/prisma/generated/sqlite"',
    `"${generatedFolder}/${dialect}"`,
  );
}

function replaceOnce(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) {
    throw new Error(`prisma/schema.prisma must hold exactly once: ${from}`);
  }
  return text.replace(from, () => to);
}
