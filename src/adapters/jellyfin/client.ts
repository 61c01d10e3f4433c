import type { Known, ServerLocation, Trouble } from '../../app/ports/media-server.ts';
import {
  type HttpAnswer,
  type HttpCall,
  type HttpClient,
  type HttpFailure,
  troubleOfStatus,
} from '../http-client.ts';
import type { Reader } from './schema.ts';

export interface JellyfinOptions {
  readonly http: HttpClient;
  /** Of this installation, sent as the device of a sign-in (media-servers.md B1.1). */
  readonly clientIdentifier: string;
  /** Of Usher. */
  readonly version: string;
}

export interface JellyfinCall extends Pick<HttpCall, 'method' | 'path' | 'query' | 'json'> {
  /** The API key unless said otherwise; none where the route is open, so that it goes to no stranger. */
  readonly as?: 'nobody' | 'device' | { readonly token: string };
}

/** The wire to Jellyfin: one header that every version takes (B1.1), no redirects, status first. */
export class JellyfinClient {
  readonly #options: JellyfinOptions;
  readonly #at: ServerLocation;
  readonly #token: string;

  constructor(options: JellyfinOptions, at: ServerLocation, token: string) {
    this.#options = options;
    this.#at = at;
    this.#token = token;
  }

  /** One request, its answer whatever the status. */
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

  /** Reads one document: known only with status 200, as JSON, with every field we use. */
  async read<T>(path: string, reader: Reader<T>, as?: 'nobody'): Promise<Known<T>> {
    const answer = await this.send({ method: 'GET', path, ...(as && { as }) });
    if (answer.kind === 'failure') return unknown(answer.why);
    if (answer.status !== 200) return unknown(troubleOf(answer));
    const parsed = parseJson(answer);
    // Proxies answer 200 with a page for anything (B2).
    if (parsed.kind === 'page')
      return unknown({ kind: 'not-this-kind', message: `What answers at ${answer.host} is not Jellyfin.` });
    const value = parsed.kind === 'json' ? reader(parsed.value) : undefined;
    if (value !== undefined) return { kind: 'known', value };
    return unknown(notUnderstood(answer));
  }

  /** Values are URL-decoded by the server, so a plus would become a blank (B1.1, edge case 34). */
  #authorization(as: 'device' | { readonly token: string }): string {
    if (as !== 'device') return `MediaBrowser Token="${encodeURIComponent(as.token)}"`;
    const { clientIdentifier, version } = this.#options;
    const parts = { Client: 'Usher', Device: 'Usher', DeviceId: clientIdentifier, Version: version };
    const written = Object.entries(parts).map(([name, value]) => `${name}="${encodeURIComponent(value)}"`);
    return `MediaBrowser ${written.join(', ')}`;
  }
}

/** The body of a success. */
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

/** Statuses that mean more at Jellyfin than elsewhere (B1.2, edge case 45). */
export function troubleOf(answer: HttpAnswer): Trouble {
  const { host, status } = answer;
  const message = {
    401: `Jellyfin at ${host} does not accept the API key. It was mistyped or revoked.`,
    403: `Jellyfin at ${host} knows the key, but it is not an administrator's.`,
    404: `What answers at ${host} is not Jellyfin, or Jellyfin is under another path.`,
    503: `Jellyfin at ${host} is starting.`,
  }[status];
  const trouble = troubleOfStatus(answer);
  // A 404 in words is about a user or session; an unknown route answers an empty one, a proxy a page (B1.2).
  if (status === 404 && parseJson(answer).kind === 'json')
    return { kind: 'not-possible', message: `Jellyfin at ${host} does not know this any more.` };
  if (message === undefined) return trouble;
  return { ...trouble, message, ...(status === 404 && { kind: 'not-this-kind' }) };
}

export const notUnderstood = ({ host }: HttpAnswer): Trouble => ({
  kind: 'not-understood',
  message: `The answer of Jellyfin at ${host} is incomplete or not understood.`,
});

export const unknown = (why: Trouble): { readonly kind: 'unknown'; readonly why: Trouble } => ({
  kind: 'unknown',
  why,
});
