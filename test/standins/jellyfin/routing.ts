import { type Answer, type HttpStandIn, Refused, type RouteCall } from '../http.ts';
import { empty, problem } from './answers.ts';
import { parseGuid } from './forms.ts';

export type AddRoute = (method: string, path: string, handler: (call: RouteCall) => Answer) => void;

/**
 * Adds routes below each prefix and remembers them: a known path with another method gets 405 with `Allow`, and an
 * unknown path 404, both without a body (B1.2).
 */
export class JellyfinRoutes {
  readonly #http: HttpStandIn;
  readonly #prefixes: readonly string[];
  readonly #known: { method: string; pattern: RegExp }[] = [];

  constructor(http: HttpStandIn, prefixes: readonly string[]) {
    this.#http = http;
    this.#prefixes = prefixes;
  }

  readonly add: AddRoute = (method, path, handler) => {
    for (const prefix of this.#prefixes) {
      this.#http.route(method, `${prefix}${path}`, handler);
      const source = `${prefix}${path}`.replaceAll(/:\w+/g, '[^/]+');
      this.#known.push({ method, pattern: new RegExp(`^${source}/?$`, 'i') });
    }
  };

  /** The answer to a request that no route accepts. */
  unknown(path: string): Answer {
    const allowed = this.#known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return allowed.length === 0 ? empty(404) : empty(405, { allow: [...new Set(allowed)].join(', ') });
  }
}

/** Fields of a JSON body, whose names may have any case (B1). */
export class Fields {
  readonly raw: Record<string, unknown>;
  readonly #byName: Map<string, unknown>;

  constructor(raw: Record<string, unknown>) {
    this.raw = raw;
    this.#byName = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
  }

  /** A text; undefined when it is absent or null. Anything else is refused with a 400 that names the field. */
  text(name: string): string | undefined {
    const value = this.#byName.get(name.toLowerCase()) ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    throw new Refused(
      problem(400, { [`$.${name}`]: ['The JSON value could not be converted to System.String.'] }),
    );
  }

  flag(name: string): boolean {
    const value = this.#byName.get(name.toLowerCase()) ?? false;
    if (typeof value === 'boolean') return value;
    throw new Refused(
      problem(400, { [`$.${name}`]: ['The JSON value could not be converted to System.Boolean.'] }),
    );
  }

  /** A text that must be present and not blank. */
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== '') return value;
    throw new Refused(problem(400, { [name]: [`The ${name} field is required.`] }));
  }
}

/** The body as fields. 415 for another content type, 400 if it is not a JSON object (B1.2). */
export function fieldsOf(call: RouteCall): Fields {
  if (!/^(application|text)\/(json|[\w.]+\+json)/i.test(call.request.headers['content-type'] ?? ''))
    throw new Refused(problem(415));
  let body: unknown;
  try {
    body = call.json();
  } catch {
    body = undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refused(problem(400, { '': ['A non-empty request body is required.'] }));
  return new Fields(body as Record<string, unknown>);
}

/** A GUID from the path or the query, in any form. Otherwise 400 (B1). */
export function guidOf(name: string, text: string | undefined): string {
  const guid = parseGuid(text ?? '');
  if (guid === undefined) throw new Refused(problem(400, { [name]: [`The value '${text}' is not valid.`] }));
  return guid;
}
