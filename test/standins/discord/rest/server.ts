import type { Answer, HttpStandIn, RecordedRequest } from '../../http.ts';
import { DiscordError, InvalidForm } from '../errors.ts';
import type { Spec } from '../spec.ts';
import { readBody, type Upload } from './body.ts';
import type { Buckets } from './buckets.ts';

export interface RestCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body, checked against the OpenAPI document if that is available. */
  readonly body: unknown;
  readonly uploads: readonly Upload[];
  readonly request: RecordedRequest;
}

export type RestHandler = (call: RestCall) => Answer;

/** "Empty message" and "not JSON": mistakes of the bot, just like a 50035. */
const SENDERS_FAULT: readonly number[] = [50006, 50109];

/** Adds routes below /api/v10 that answer, refuse and count as Discord does. */
export class Rest {
  /** Bodies from the bot that Discord would refuse, one line each. */
  readonly violations: string[] = [];
  /** Answers of the stand-in that the OpenAPI document does not allow. */
  readonly ownMistakes: string[] = [];
  readonly #http: HttpStandIn;
  readonly #spec: Spec | undefined;
  readonly #buckets: Buckets;

  constructor(http: HttpStandIn, options: { readonly spec: Spec | undefined; readonly buckets: Buckets }) {
    this.#http = http;
    this.#spec = options.spec;
    this.#buckets = options.buckets;
  }

  /** @param path as in Discord's documentation, with `:name` for parameters. */
  on(method: string, path: string, handler: RestHandler): void {
    this.#http.route(method, `/api/v10${path}`, async ({ request, params }) => {
      const limit = this.#buckets.take(method, path, params);
      if (limit.refused) return limit.refused;
      const answer = await this.#answer({ method, path, handler, request, params });
      this.#checkOwn(method, path, answer);
      return { ...answer, headers: { ...limit.headers, ...answer.headers } };
    });
  }

  async #answer(options: {
    readonly method: string;
    readonly path: string;
    readonly handler: RestHandler;
    readonly request: RecordedRequest;
    readonly params: Readonly<Record<string, string>>;
  }): Promise<Answer> {
    const { method, path, handler, request, params } = options;
    const where = `${method} ${path}`;
    try {
      const { json, uploads } = await readBody(request);
      const answer = handler({ params, query: request.query, body: json, uploads, request });
      return answer;
    } catch (error) {
      if (!(error instanceof DiscordError)) throw error;
      if (error instanceof InvalidForm) {
        this.violations.push(...error.lines.map((line) => `${where}: ${line}`));
      } else if (SENDERS_FAULT.includes(error.code) || error.status === 500) {
        this.violations.push(`${where}: ${error.message} [${error.code}]`);
      }
      return error.answer();
    }
  }

  /**
   * Checks a body against the OpenAPI document. Handlers call this once they know that the request is permitted at
   * all.
   */
  checkBody(method: string, path: string, body: unknown): void {
    const wrong = this.#spec?.request(method, path, body) ?? [];
    if (wrong.length === 0) return;
    throw new InvalidForm(wrong, { _errors: wrong.map((message) => ({ code: 'OPENAPI', message })) });
  }

  #checkOwn(method: string, path: string, { status, body }: Answer): void {
    if (!this.#spec || status !== 200 || typeof body !== 'object' || Buffer.isBuffer(body)) return;
    // Undefined members are not sent, but the OpenAPI check would object to them.
    const sent: unknown = JSON.parse(JSON.stringify(body));
    const wrong = this.#spec.response(method, path, status, sent);
    this.ownMistakes.push(...wrong.map((line) => `${method} ${path} answered: ${line}`));
  }
}
