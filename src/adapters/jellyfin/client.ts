import type { Known, ServerLocation, Trouble } from '../../app/ports/media-server.ts';
import { refusedUnasked, saidWith, troubleOfStatus } from '../http-client/answers.ts';
import type { HttpAnswer, HttpCall, HttpFailure } from '../http-client/call.ts';
import type { HttpClient } from '../http-client/http-client.ts';
import type { Reader } from './schema.ts';

export interface JellyfinOptions {
  readonly http: HttpClient;
  /** Id of this installation, sent as the device of a sign-in (media-servers.md B1.1). */
  readonly clientIdentifier: string;
  /** The version of Usher. */
  readonly version: string;
  /** What is known of the size of servers: shared by the adapters of a process. */
  readonly sizes?: Sizes;
}

/** How many accounts each server was last seen to have, by its address. */
export type Sizes = Map<string, number>;

/** A lane of its own for what must not hold up anything else, and how long an answer is waited for. */
type Pace = Pick<HttpCall, 'lane' | 'timeouts' | 'patienceMs'>;

export interface JellyfinCall extends Pick<HttpCall, 'method' | 'path' | 'query' | 'json'>, Pace {
  /**
   * Default: the API key. `nobody` for routes that need none, so that the key is not sent to a server that may be
   * another.
   */
  readonly as?: 'nobody' | 'device' | { readonly token: string };
}

/** Requests to Jellyfin: one header that every version accepts (B1.1), no redirects, and status before body. */
export class JellyfinClient {
  readonly #options: JellyfinOptions;
  readonly #at: ServerLocation;
  readonly #token: string;

  constructor(options: JellyfinOptions, at: ServerLocation, token: string) {
    this.#options = options;
    this.#at = at;
    this.#token = token;
  }

  /** Sends one request and returns its answer, whatever the status. */
  async send(call: JellyfinCall): Promise<HttpAnswer | HttpFailure> {
    const { as = { token: this.#token }, ...rest } = call;
    return await this.#options.http.call({
      ...rest,
      base: this.#at.url,
      certificate: this.#at.certificate,
      headers: {
        accept: 'application/json',
        ...(as !== 'nobody' && { authorization: this.#authorization(as) }),
      },
    });
  }

  /** Reads one document. It counts as known only with status 200, as JSON, and with every field that we use. */
  async read<T>(
    path: string,
    reader: Reader<T>,
    how: Pace & { readonly as?: 'nobody' } = {},
  ): Promise<Known<T>> {
    const { as } = how;
    const answer = await this.send({ method: 'GET', path, ...how });
    if (answer.kind === 'failure') return unknown(answer.why);
    const refused = as === 'nobody' ? refusedUnasked(answer, 'Jellyfin') : undefined;
    if (refused) return unknown(refused);
    if (answer.status !== 200) return unknown(troubleOf(answer));
    const parsed = parseJson(answer);
    // Some proxies answer every request with status 200 and a page (B2).
    if (parsed.kind === 'page')
      return unknown({
        kind: 'not-this-kind',
        message: `${answer.host} answers with a web page and is not Jellyfin, or a proxy asks for a login there.`,
      });
    const value = parsed.kind === 'json' ? reader(parsed.value) : undefined;
    if (value !== undefined) return { kind: 'known', value };
    const { kind, message } = notUnderstood(answer);
    // Who it is was not read yet, so it may be anything.
    const unread = `${answer.host} does not say that it is Jellyfin, or its answer was cut short.`;
    return unknown({ kind, message: as === 'nobody' ? unread : message });
  }

  /** The server URL-decodes these values, so a plus sign would become a blank (B1.1, edge case 34). */
  #authorization(as: 'device' | { readonly token: string }): string {
    if (as !== 'device') return `MediaBrowser Token="${encodeURIComponent(as.token)}"`;
    const { clientIdentifier, version } = this.#options;
    const parts = { Client: 'Usher', Device: 'Usher', DeviceId: clientIdentifier, Version: version };
    const written = Object.entries(parts).map(([name, value]) => `${name}="${encodeURIComponent(value)}"`);
    return `MediaBrowser ${written.join(', ')}`;
  }
}

/** The body of a successful answer. */
export function parseJson(
  answer: HttpAnswer,
):
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'page' }
  | { readonly kind: 'broken' } {
  const text = new TextDecoder().decode(answer.body);
  if (/text\/html/i.test(String(answer.headers['content-type'])) || text.trimStart().startsWith('<'))
    return { kind: 'page' };
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'broken' };
  }
}

/** Statuses that mean more at Jellyfin than in general (B1.2, edge case 45). */
export function troubleOf(answer: HttpAnswer): Trouble {
  const { host, status } = answer;
  const message = {
    401: `Jellyfin at ${host} does not accept the API key. Compare it with Dashboard → API keys.`,
    403: `Jellyfin at ${host} knows the key, but it is not an administrator's.`,
    404: `What answers at ${host} is not Jellyfin, or Jellyfin is under another path.`,
  }[status];
  const trouble = troubleOfStatus(answer);
  if (status === 503 && isStarting(answer))
    return { ...trouble, kind: 'starting', message: `Jellyfin at ${host} is starting.` };
  // A 404 with JSON is about a user or a session. For an unknown route the body is empty, and a proxy sends a page
  // (B1.2).
  if (status === 404 && parseJson(answer).kind === 'json')
    return {
      kind: 'not-possible',
      message: `Jellyfin at ${host} does not know this any more.`,
      ...saidWith(answer),
    };
  // Jellyfin refuses without a body (B1.2); a page comes from something in front of it, which says nothing of the key.
  if ((status === 401 || status === 403) && parseJson(answer).kind === 'page')
    return {
      kind: 'not-understood',
      message: `A web page in front of Jellyfin at ${host} refuses Usher (${status}). Use an address that leads past it.`,
    };
  if (message === undefined) return trouble;
  return { ...trouble, message, ...(status === 404 && { kind: 'not-this-kind' }) };
}

/** By its page, or by the pause that it asks for in a way of its own while it answers nothing else (M2). */
const isStarting = ({ body, headers }: HttpAnswer): boolean =>
  /jellyfin/i.test(body.toString('utf8')) || headers['retry-after'] === '005';

export const notUnderstood = ({ host }: HttpAnswer): Trouble => ({
  kind: 'not-understood',
  message: `The answer of Jellyfin at ${host} is incomplete or not understood.`,
});

export const unknown = (why: Trouble): { readonly kind: 'unknown'; readonly why: Trouble } => ({
  kind: 'unknown',
  why,
});
