import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { RecordedRequest } from '../http.ts';
import { parseGuid } from './forms.ts';

type Json = Record<string, unknown>;

const folder = process.env.SPECS_DIR ?? join(import.meta.dirname, '../../../../shared/specs');

/**
 * The official OpenAPI description of that version, from the folder SPECS_DIR or a folder `shared/specs` beside the
 * checkout; undefined when it is not available.
 */
export function findOpenApi(version: string): OpenApi | undefined {
  const file = join(folder, `jellyfin-openapi-${version}.json`);
  return existsSync(file) ? new OpenApi(JSON.parse(readFileSync(file, 'utf8')) as Json) : undefined;
}

/** Checks recorded requests and answers against Jellyfin's own description. */
export class OpenApi {
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #operations: {
    method: string;
    pattern: RegExp;
    pointer: string;
    operation: Json;
    literal: boolean;
  }[] = [];
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: Json) {
    // Jellyfin writes GUIDs without dashes, which the format "uuid" of JSON Schema does not allow (media-servers.md
    // B1).
    this.#ajv.addFormat('uuid', (text) => parseGuid(text) !== undefined);
    this.#ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
    for (const name of ['int32', 'int64', 'double', 'float'])
      this.#ajv.addFormat(name, { type: 'number', validate: Number.isFinite });
    this.#ajv.addSchema({ $id: 'api', ...(asDraft7(document) as Json) });
    for (const [path, item] of Object.entries(document.paths as Record<string, Json>)) {
      const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
      for (const [method, operation] of Object.entries(item)) {
        const pointer = `api#/paths/${escaped(path)}/${method}`;
        const entry = { method: method.toUpperCase(), pattern, pointer, operation: operation as Json };
        this.#operations.push({ ...entry, literal: !path.includes('{') });
      }
    }
    this.#operations.sort((one, other) => Number(other.literal) - Number(one.literal));
  }

  /** What is wrong with successful answers, one sentence each. `base` is removed from paths. */
  wrongAnswers(requests: readonly RecordedRequest[], base = ''): string[] {
    return requests.flatMap((request) => {
      const { status = 0, responseBody = '' } = request;
      if (status < 200 || status > 299) return [];
      const found = this.#find(request, base);
      const title = `${request.method} ${request.path} ${status}`;
      if (!found) return [`${title}: not described`];
      const described = (found.operation.responses as Record<string, Json>)[status];
      if (!described) return [`${title}: no such status`];
      if (!described.content) return responseBody === '' ? [] : [`${title}: should have no body`];
      const pointer = `${found.pointer}/responses/${status}/content/${escaped('application/json')}/schema`;
      return this.#check(title, pointer, JSON.parse(responseBody));
    });
  }

  /** What is wrong with bodies that were sent, one sentence each. Unknown properties count as wrong. */
  wrongBodies(requests: readonly RecordedRequest[], base = ''): string[] {
    return requests.flatMap((request) => {
      const found = request.body === '' ? undefined : this.#find(request, base);
      if (!found?.operation.requestBody) return [];
      const pointer = `${found.pointer}/requestBody/content/${escaped('application/json')}/schema`;
      return this.#check(`${request.method} ${request.path}`, pointer, JSON.parse(request.body));
    });
  }

  /** How many of the requests are described. A check of none of them would prove nothing. */
  knows(requests: readonly RecordedRequest[], base = ''): number {
    return requests.filter((request) => this.#find(request, base)).length;
  }

  #find(request: RecordedRequest, base: string) {
    const path = request.path.slice(base.length);
    return this.#operations.find(({ method, pattern }) => method === request.method && pattern.test(path));
  }

  #check(title: string, pointer: string, value: unknown): string[] {
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: pointer });
    this.#compiled.set(pointer, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${title}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

const escaped = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** OpenAPI 3.0 allows `nullable` beside a reference, Ajv only beside a type. Only beside a type is a null ever sent. */
function asDraft7(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asDraft7);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => (key !== 'nullable' || 'type' in value) && key !== 'discriminator')
      .map(([key, inner]) => [key, asDraft7(inner)]),
  );
}
