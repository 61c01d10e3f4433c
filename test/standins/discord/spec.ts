import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isObject, type Json, listOf, objectOf } from './json.ts';

/**
 * Discord's own OpenAPI document, against which requests and answers are checked. It is not part of this
 * repository: without the file, `loadSpec` returns undefined and the stand-in has only its own rules.
 */
export interface Spec {
  /** What is wrong with a request body. Empty when nothing is, or when the document does not know the route. */
  request(method: string, route: string, body: unknown): string[];
  /** The same for an answer of the stand-in. */
  response(method: string, route: string, status: number, body: unknown): string[];
  /** What is wrong with a value according to a named schema. */
  schema(name: string, value: unknown): string[];
}

let loaded: { readonly path: string; readonly spec: Spec } | undefined;

/**
 * Loads `discord-openapi.json` from the folder SPECS_DIR, or from a folder `shared/specs` beside the checkout. Only
 * once per process, because it takes a fifth of a second.
 */
export function loadSpec(): Spec | undefined {
  const folder = process.env.SPECS_DIR ?? fileURLToPath(new URL('../../../../shared/specs', import.meta.url));
  const path = `${folder}/discord-openapi.json`;
  if (loaded?.path === path) return loaded.spec;
  if (!existsSync(path)) return undefined;
  loaded = { path, spec: build(objectOf(JSON.parse(readFileSync(path, 'utf8')))) };
  return loaded.spec;
}

function build(document: Json): Spec {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false });
  addFormats.default(ajv);
  ajv.addFormat('snowflake', /^(0|[1-9]\d{0,19})$/);
  ajv.addFormat('nonce', true);
  const allowed = allowWhatDiscordJsSends(document);
  const requests = objectOf(rewrite(allowed, { document: allowed, strict: true }));
  const responses = objectOf(rewrite(document, { document, strict: false }));
  ajv.addSchema(requests, 'requests');
  ajv.addSchema(responses, 'responses');

  const paths = new Map<string, string>();
  for (const path of Object.keys(objectOf(document.paths))) paths.set(shapeOf(path), path);

  const compiled = new Map<string, ValidateFunction | undefined>();
  const check = (source: string, pointer: readonly string[], value: unknown): string[] => {
    const key = `${source}#/${pointer.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
    if (!compiled.has(key)) {
      const root = source === 'requests' ? requests : responses;
      const exists = pointer.reduce<unknown>((node, step) => objectOf(node)[step], root) !== undefined;
      compiled.set(
        key,
        exists ? ajv.compile({ $ref: key.replaceAll('{', '%7B').replaceAll('}', '%7D') }) : undefined,
      );
    }
    const validate = compiled.get(key);
    if (!validate || validate(value)) return [];
    return (validate.errors ?? [])
      .filter((error) => error.keyword !== 'if')
      .slice(0, 6)
      .map(
        (error) => `${error.instancePath || 'body'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
      );
  };

  return {
    request(method, route, body) {
      const path = paths.get(shapeOf(route));
      if (path === undefined) return [];
      const content = [
        'paths',
        path,
        method.toLowerCase(),
        'requestBody',
        'content',
        'application/json',
        'schema',
      ];
      return check('requests', content, body);
    },
    response(method, route, status, body) {
      const path = paths.get(shapeOf(route));
      if (path === undefined) return [];
      const content = [
        'paths',
        path,
        method.toLowerCase(),
        'responses',
        String(status),
        'content',
        'application/json',
        'schema',
      ];
      return check('responses', content, body);
    },
    schema: (name, value) => check('responses', ['components', 'schemas', name], value),
  };
}

/** `/channels/:channel/messages` and `/channels/{channel_id}/messages` have the same shape. */
const shapeOf = (path: string) => path.replaceAll(/:\w+|\{\w+\}/g, '{}');

/** discord.js sends `tts` and `enforce_nonce` in bodies of interactions too, and Discord accepts them. */
function allowWhatDiscordJsSends(document: Json): Json {
  const copy = structuredClone(document);
  const schemas = objectOf(objectOf(copy.components).schemas);
  for (const [name, schema] of Object.entries(schemas)) {
    if (!/^(IncomingWebhook|InteractionCallback|MessageEditRequest|MessageCreateRequest)/.test(name))
      continue;
    const properties = objectOf(objectOf(schema).properties);
    properties.tts ??= { type: ['boolean', 'null'] };
    properties.enforce_nonce ??= { type: ['boolean', 'null'] };
  }
  return copy;
}

interface Rewriting {
  readonly document: Json;
  /** For requests: no unknown properties, and large numbers may be strings. */
  readonly strict: boolean;
}

function rewrite(node: unknown, how: Rewriting): unknown {
  if (Array.isArray(node)) return node.map((item) => rewrite(item, how));
  if (!isObject(node)) return node;
  const copy: Json = {};
  for (const [key, value] of Object.entries(node)) copy[key] = rewrite(value, how);
  for (const union of ['oneOf', 'anyOf'] as const) {
    const byType = discriminate(listOf(node[union]), how.document);
    if (!byType) continue;
    delete copy[union];
    Object.assign(copy, byType);
  }
  if (how.strict) {
    // A numeric string may now fit two members of a union, so it is enough that one of them fits.
    if (copy.oneOf !== undefined) {
      copy.anyOf = copy.oneOf;
      delete copy.oneOf;
    }
    if (isObject(node.properties) && node.type === 'object' && node.additionalProperties === undefined) {
      copy.additionalProperties = false;
    }
    const types = Array.isArray(node.type) ? node.type : [node.type];
    if (types.includes('integer') && Number(node.maximum ?? 0) > 2 ** 32) {
      copy.type = [...types, 'string'];
      copy.pattern = '^-?\\d+$';
    }
  }
  return copy;
}

/**
 * A union of objects that are told apart by `type` becomes one if/then per type, which is faster and has readable
 * errors.
 */
function discriminate(members: readonly unknown[], document: Json): Json | undefined {
  const byType = new Map<unknown, unknown[]>();
  let nullable = false;
  for (const member of members) {
    if (objectOf(member).type === 'null') {
      nullable = true;
      continue;
    }
    const types = listOf(objectOf(objectOf(resolve(member, document).properties).type).enum);
    if (types.length === 0) return undefined;
    for (const type of types) byType.set(type, [...(byType.get(type) ?? []), member]);
  }
  if (byType.size < 2) return undefined;
  const branches = [...byType].map(([type, schemas]) => ({
    if: { type: 'object', properties: { type: { const: type } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
    then: schemas.length === 1 ? schemas[0] : { anyOf: schemas },
  }));
  return {
    type: nullable ? ['object', 'null'] : 'object',
    properties: { type: { enum: [...byType.keys()] } },
    required: ['type'],
    allOf: branches,
  };
}

function resolve(schema: unknown, document: Json): Json {
  const ref = objectOf(schema).$ref;
  if (typeof ref !== 'string') return objectOf(schema);
  return objectOf(
    ref
      .slice(2)
      .split('/')
      .reduce<unknown>((node, step) => objectOf(node)[step], document),
  );
}
