import { setTimeout as passing } from 'node:timers/promises';
import { type Answer, type HttpStandIn, Refused, type RouteCall } from '../http.ts';
import { empty, notRead, problem } from './answers.ts';
import { parseGuid } from './forms.ts';
import { LOADING } from './starting.ts';
import type { JellyfinState } from './state.ts';

/**
 * Who may ask: anybody with a token, or fewer, which the handler checks itself; everybody; or everybody and even
 * while the server is loading (M2).
 */
type Access = 'with token' | 'open' | 'even while loading';

export type AddRoute = (
  method: string,
  path: string,
  handler: (call: RouteCall) => Answer,
  access?: Access,
) => void;

/**
 * Adds routes below each prefix and remembers them: a known path with another method gets 405 with `Allow`, and an
 * unknown path 404, both without a body (B1.2).
 */
export class JellyfinRoutes {
  readonly #http: HttpStandIn;
  readonly #state: JellyfinState;
  readonly #prefixes: readonly string[];
  readonly #known: { method: string; pattern: RegExp }[] = [];

  constructor(http: HttpStandIn, state: JellyfinState, prefixes: readonly string[]) {
    this.#http = http;
    this.#state = state;
    this.#prefixes = prefixes;
  }

  readonly add: AddRoute = (method, path, handler, access = 'with token') => {
    const state = this.#state;
    const answered = (call: RouteCall) =>
      state.phase === 'loading' && access === 'open' ? LOADING : handler(call);
    for (const prefix of this.#prefixes) {
      this.#http.route(method, `${prefix}${path}`, (call) => this.#inItsTime(() => answered(call)));
      const source = `${prefix}${path}`.replaceAll(/:\w+/g, '[^/]+');
      this.#known.push({ method, pattern: new RegExp(`^${source}/?$`, 'i') });
    }
  };

  /** The answer to a request that no route accepts. */
  unknown(path: string): Answer {
    if (this.#state.phase === 'loading') return LOADING;
    const allowed = this.#known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return allowed.length === 0 ? empty(404) : empty(405, { allow: [...new Set(allowed)].join(', ') });
  }

  /** Waits for as much of the cost of an answer as this server is told to be slow. */
  async #inItsTime(handle: () => Answer): Promise<Answer> {
    const { work, behaviour } = this.#state;
    const before = work.ms;
    const answer = handle();
    const waitMs = (work.ms - before) * behaviour.slowness;
    if (waitMs > 0) await passing(waitMs);
    return answer;
  }
}

/** Fields of a JSON body, whose names may have any case (B1). */
export class Fields {
  readonly raw: Record<string, unknown>;
  readonly #byName: Map<string, unknown>;
  readonly #parameter: string;

  constructor(raw: Record<string, unknown>, parameter: string) {
    this.raw = raw;
    this.#parameter = parameter;
    this.#byName = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
  }

  /** A text; undefined when it is absent or null. Anything else is refused with a 400 that names the field. */
  text(name: string): string | undefined {
    const value = this.#byName.get(name.toLowerCase()) ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    throw this.#notA(name, 'String');
  }

  flag(name: string): boolean {
    const value = this.#byName.get(name.toLowerCase()) ?? false;
    if (typeof value === 'boolean') return value;
    throw this.#notA(name, 'Boolean');
  }

  /** A text that must be present and not blank. */
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== '') return value;
    throw new Refused(problem(400, { [name]: [`The ${name} field is required.`] }));
  }

  /** Refuses a body without the field, whatever its value. To the server that is JSON of another form (M4). */
  mustHave(name: string): void {
    if (this.#byName.has(name.toLowerCase())) return;
    throw new Refused(notRead('$', this.#parameter, `JSON deserialization was missing: ${name}`));
  }

  #notA(name: string, type: string): Refused {
    const message = `The JSON value could not be converted to System.${type}.`;
    return new Refused(notRead(`$.${name}`, this.#parameter, message));
  }
}

/**
 * The body as fields. 415 for another content type, 400 if it is not a JSON object (B1.2), with the name that the
 * controller has for it.
 */
export function fieldsOf(call: RouteCall, parameter = 'request'): Fields {
  if (!/^(application|text)\/(json|[\w.]+\+json)/i.test(call.request.headers['content-type'] ?? ''))
    throw new Refused(problem(415));
  let body: unknown;
  try {
    body = call.json();
  } catch {
    // Named is the property at which the JSON ends too early.
    const property = /"(\w+)"\s*:\s*$/.exec(call.request.body)?.[1];
    throw new Refused(notRead(property ? `$.${property}` : '$', parameter, 'The JSON is not valid.'));
  }
  if (body === undefined || body === null)
    throw new Refused(notRead('', parameter, 'A non-empty request body is required.'));
  if (typeof body !== 'object' || Array.isArray(body))
    throw new Refused(notRead('$', parameter, 'The JSON value could not be converted.'));
  return new Fields(body as Record<string, unknown>, parameter);
}

/** A GUID from the path or the query, in any form. Otherwise 400 (B1). */
export function guidOf(name: string, text: string | undefined): string {
  const guid = parseGuid(text ?? '');
  if (guid === undefined) throw new Refused(problem(400, { [name]: [`The value '${text}' is not valid.`] }));
  return guid;
}
