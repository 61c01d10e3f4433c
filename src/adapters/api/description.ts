/** The description of the API, made from its routes: OpenAPI 3.1. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { z } from 'zod';
import { scopeFor } from '../../domain/programs.ts';
import { problemShape } from './problems.ts';

/** The page is made of what comes with Usher, and of nothing else. */
export const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const DOCS_TITLE = 'Usher for other programs';

/** Of the API, not of Usher: the last part for what is new, the first one with another path than /v1. */
const VERSION = '1.0.0';

const ABOUT = `What staff can do by typing, a program can do here: by the same rules, with the same checks, on the same record.

An admin makes a token with \`/api token create\`; it is sent as \`Authorization: Bearer ush_…\`.
A change that was seen on its servers is answered with 200 or 201. One that waits is answered with 202 and the \`Location\` of an operation, which says in the end that it is applied, or why not.
\`dryRun=true\` says what a change would do. With an \`Idempotency-Key\`, a POST that is sent again within a day is done once.
What goes wrong is told as RFC 9457 has it.`;

const TOKENS =
  'A token of `/api token create`. Its scope is read, grants or admin: each contains the one before, and each route says which it takes.';

const TAGS = {
  servers: 'Media servers',
  libraries: 'Libraries, and who has them',
  members: 'Members and what they have',
  grants: 'Access for a time: given, changed, ended',
  invites: 'Codes that let people in',
  plans: 'Libraries and a time under one name',
  record: 'What was done, by whom, and what is due',
} as const;

export const description: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Usher',
      summary: 'Timed access to Plex and Jellyfin, for other programs',
      description: ABOUT,
      version: VERSION,
      license: { name: 'MIT', identifier: 'MIT' },
    } as OpenAPIV3_1.InfoObject,
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, about]) => ({ name, description: about })),
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: TOKENS } } },
  },
  transform(asked) {
    const transformed = jsonSchemaTransform(asked as Parameters<typeof jsonSchemaTransform>[0]);
    const needs = asked.route.config?.needs;
    if (needs) Object.assign(transformed.schema, { security: [{ token: [scopeFor(needs)] }] });
    return transformed;
  },
  transformObject: (document) => completed(jsonSchemaTransformObject(document) as OpenAPIV3_1.Document),
};

const ANSWERS: Readonly<Record<string, string>> = {
  200: 'What was read',
  201: 'It was made, and this is what was read then',
  202: 'It is decided, and waits for a server or a person: the operation says how far it is',
};

const header = (name: string, about: string): OpenAPIV3_1.ParameterObject => ({
  ...{ name, in: 'header', required: false, description: about, schema: { type: 'string' } },
});
const IDEMPOTENCY_KEY = header(
  'Idempotency-Key',
  'Sent again with the same key within a day, it is done once and answered the same.',
);
const IF_MATCH = header('If-Match', 'An ETag: what was changed since is left as it is (412).');
const LOCATION = { description: 'Where it is, or its operation.', schema: { type: 'string' } };

/** What holds for every route is said here once. */
function completed(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const schema = { $ref: '#/components/schemas/Problem' };
  for (const [path, item] of Object.entries(document.paths ?? {}))
    for (const [method, operation] of Object.entries(item ?? {})) {
      if (typeof operation !== 'object' || !('responses' in operation)) continue;
      const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => [
        status,
        {
          ...answer,
          description: ANSWERS[status] ?? '',
          ...(status !== '200' && { headers: { Location: LOCATION } }),
        },
      ]);
      operation.responses = {
        ...Object.fromEntries(answers),
        '4XX': {
          description: 'It cannot be done, and why',
          content: { 'application/problem+json': { schema } },
        },
      };
      const sent = operation.requestBody;
      if (sent && 'content' in sent && isOptional(sent.content['application/json']?.schema))
        sent.required = false;
      const isEdit = method !== 'get' && /\/(?:grants|plans)\/\{/.test(path);
      const more = [...(method === 'post' ? [IDEMPOTENCY_KEY] : []), ...(isEdit ? [IF_MATCH] : [])];
      if (more.length > 0)
        Object.assign(operation, { parameters: [...(operation.parameters ?? []), ...more] });
    }
  // Made for what is sent as well as for what is answered; the former is used by nothing.
  const { schemas = {} } = document.components ?? {};
  const used = Object.entries(schemas).filter(([name]) => !name.endsWith('Input'));
  const { $schema: _dialect, ...problem } = z.toJSONSchema(problemShape);
  const all = { ...Object.fromEntries(used), Problem: problem as OpenAPIV3_1.SchemaObject };
  return { ...document, components: { ...document.components, schemas: all } };
}

/** A body that may be null may be left out. */
const isOptional = (schema: OpenAPIV3_1.MediaTypeObject['schema']): boolean =>
  schema !== undefined &&
  'anyOf' in schema &&
  schema.anyOf?.some((one) => 'type' in one && one.type === 'null') === true;
