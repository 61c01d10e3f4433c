/** Writes a client in TypeScript from the description: types of all shapes, and a method for each operation. */
import type { OpenAPIV3_1 } from 'openapi-types';

type Schema = OpenAPIV3_1.SchemaObject | OpenAPIV3_1.ReferenceObject;

const HEAD = `/**
 * A client of Usher's API, written by \`npm run client\` from openapi.json. It needs nothing but fetch: copy it into your
 * program. A change that waits for a server is answered with \`location\`: ask \`getOperation\` how far it is.
 */
`;

const TAIL = `
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly etag: string | null;
  readonly location: string | null;
}

/** What cannot be done, and why: \`problem.type\` for programs, \`message\` for people. */
export class UsherProblem extends Error {
  override readonly name = 'UsherProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

interface Options {
  /** Where Usher is, such as https://usher.example. */
  readonly url: string;
  readonly token: string;
  readonly fetch?: typeof fetch;
}

interface Headers {
  /** Sent again with the same key within a day, it is done once. */
  readonly idempotencyKey?: string;
  /** An \`etag\`: what was changed since is left as it is. */
  readonly ifMatch?: string;
}

interface Sent extends Headers {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

export function createClient({ url, token, fetch: ask = fetch }: Options) {
  async function send<Body>(method: string, path: string, sent: Sent = {}): Promise<Answer<Body>> {
    const address = new URL(url.replace(/\\/$/, '') + path);
    for (const [name, value] of Object.entries(sent.query ?? {}))
      if (value !== undefined) address.searchParams.set(name, String(value));
    const answer = await ask(address, {
      method,
      headers: {
        authorization: \`Bearer \${token}\`,
        ...(sent.body !== undefined && { 'content-type': 'application/json' }),
        ...(sent.idempotencyKey !== undefined && { 'idempotency-key': sent.idempotencyKey }),
        ...(sent.ifMatch !== undefined && { 'if-match': sent.ifMatch }),
      },
      ...(sent.body !== undefined && { body: JSON.stringify(sent.body) }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new UsherProblem(body as Problem);
    const { status, headers } = answer;
    return { status, body: body as Body, etag: headers.get('etag'), location: headers.get('location') };
  }

  return {
`;

/** The text of the client. */
export function clientText({ components, paths }: OpenAPIV3_1.Document): string {
  const shapes = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `export interface ${name} ${typeOf(schema, '')}\n`,
  );
  const methods = Object.entries(paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).flatMap(([method, operation]) =>
      typeof operation === 'object' && 'operationId' in operation
        ? [methodOf(path, method, operation as OpenAPIV3_1.OperationObject)]
        : [],
    ),
  );
  return `${HEAD}\n${shapes.join('\n')}${TAIL}${methods.join('\n')}  };\n}\n`;
}

function methodOf(path: string, method: string, operation: OpenAPIV3_1.OperationObject): string {
  const parameters = (operation.parameters ?? []) as OpenAPIV3_1.ParameterObject[];
  const within = (place: string) => parameters.filter((one) => one.in === place);
  const inPath = within('path').map(({ name, schema }) => `${name}: ${typeOf(schema as Schema, '')}`);
  const query = within('query').map(({ name, schema }) => `${name}?: ${typeOf(schema as Schema, '')}`);
  const body = operation.requestBody as OpenAPIV3_1.RequestBodyObject | undefined;
  const sent = body?.content['application/json']?.schema as Schema | undefined;
  const asked = [
    ...(query.length > 0 ? [`query?: { ${query.join('; ')} }`] : []),
    ...(sent ? [`body${body?.required ? '' : '?'}: ${typeOf(sent, '      ')}`] : []),
  ];
  const isNeeded = sent !== undefined && body?.required === true;
  const headers = method === 'get' ? '' : ' & Headers';
  const takes = asked.length > 0 || headers !== '';
  const given = takes
    ? [`sent${isNeeded ? '' : '?'}: { ${asked.join('; ')} }${headers}`.replace('{  } & ', '')]
    : [];
  const answers = new Set<string>(
    Object.entries(operation.responses ?? {}).flatMap(([status, answer]) => {
      const schema = (answer as OpenAPIV3_1.ResponseObject).content?.['application/json']?.schema;
      if (!/^2/.test(status) || !schema) return [];
      const several = ('anyOf' in schema && schema.anyOf) || [schema];
      return several.map((one) => typeOf(one as Schema, '      '));
    }),
  );
  const address = path.replaceAll(/\{(\w+)\}/g, (_whole, name) => `\${encodeURIComponent(${name})}`);
  return `    /** ${operation.summary}. */
    ${operation.operationId}: (${[...inPath, ...given].join(', ')}) =>
      send<${[...answers].join(' | ')}>('${method.toUpperCase()}', \`${address}\`${takes ? ', sent' : ''}),
`;
}

/** A schema as a type. The description uses no more of JSON Schema than this. */
function typeOf(schema: Schema, indent: string): string {
  if ('$ref' in schema) return schema.$ref.split('/').at(-1) ?? 'unknown';
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => quoted(value)).join(' | ');
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return [...new Set(several.map((one) => typeOf(one, indent)))].join(' | ');
  const types = [schema.type ?? 'unknown'].flat();
  return types.map((type) => plainType(type, schema, indent)).join(' | ');
}

function plainType(type: string, schema: OpenAPIV3_1.SchemaObject, indent: string): string {
  switch (type) {
    case 'object': {
      const { properties, additionalProperties, required = [] } = schema;
      if (!properties) return typeof additionalProperties === 'object' ? 'Record<string, unknown>' : 'object';
      const within = `${indent}  `;
      const rows = Object.entries(properties).map(([name, one]) => {
        const about = 'description' in one && one.description ? `${within}/** ${one.description} */\n` : '';
        return `${about}${within}${name}${required.includes(name) ? '' : '?'}: ${typeOf(one, within)};\n`;
      });
      return `{\n${rows.join('')}${indent}}`;
    }
    case 'array': {
      const items = 'items' in schema ? typeOf(schema.items as Schema, indent) : 'unknown';
      return items.includes(' | ') ? `(${items})[]` : `${items}[]`;
    }
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    default:
      return 'unknown';
  }
}

const quoted = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));
