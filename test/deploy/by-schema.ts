/** Validation by a schema of others (schemas/README.md). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';

/** What is wrong with a document, one line each. */
export function problemsBy(schema: 'compose-spec' | 'github-workflow', document: unknown): readonly string[] {
  const path = join(import.meta.dirname, 'schemas', `${schema}.json`);
  // Which draft it is, both say in a way of their own; it is what Ajv has by itself.
  const { $schema: _draft, ...rules } = JSON.parse(readFileSync(path, 'utf8'));
  const ajv = formats.default(new Ajv({ strict: false, allErrors: true, logger: false }));
  const isValid = ajv.compile(rules);
  if (isValid(document)) return [];
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
