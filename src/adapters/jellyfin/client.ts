import type { Known, ServerAddress, ServerLocation, Trouble } from '../../app/ports/media-server.ts';
import { say } from '../../words/say.ts';
import { readHere } from '../http-client/answer-body.ts';
import { refusedUnasked, saidWith, troubleOfStatus } from '../http-client/answers.ts';
import type { HttpAnswer, HttpCall, HttpFailure, Vouch } from '../http-client/call.ts';
import type { HttpClient } from '../http-client/http-client.ts';
import { formatOf, type Read, type Reader, readBy } from '../http-client/reader.ts';
import { normaliseId, type PublicInfo, readPublicInfo } from './schema.ts';

export const OTHER_SERVER: Trouble = {
  kind: 'other-server',
  message: say('trouble.jellyfin.otherServer'),
};
const INFO = '/System/Info/Public';

type ServerInfo = Extract<PublicInfo, { readonly kind: 'info' }>;

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
type Pace = Pick<HttpCall, 'lane' | 'timeouts' | 'patienceMs' | 'isAsked'>;

export interface JellyfinCall
  extends Pick<HttpCall, 'method' | 'path' | 'query' | 'json' | 'reader' | 'onlyStatus'>,
    Pace {
  /**
   * Default: the API key. `nobody` for routes that need none, so that the key is not sent to a server that may be
   * another.
   */
  readonly as?: 'nobody' | 'device' | { readonly token: string };
}

/** Where a server is, and who it must be; without an identity any Jellyfin will do. */
type JellyfinPlace = ServerLocation & Partial<Pick<ServerAddress, 'identity' | 'tokenIsNew'>>;

/** Requests to Jellyfin: one header that every version accepts (B1.1), no redirects, and status before body. */
export class JellyfinClient {
  readonly #options: JellyfinOptions;
  readonly #at: JellyfinPlace;
  readonly #token: string;

  constructor(options: JellyfinOptions, at: JellyfinPlace, token: string) {
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
      plainHttp: this.#at.plainHttp ?? false,
      headers: {
        accept: 'application/json',
        ...(as !== 'nobody' && { authorization: this.#authorization(as) }),
      },
      ...(typeof as === 'object' && { vouch: this.#vouch }),
    });
  }

  /** Who answers, as anybody may ask it: Jellyfin, set up, and the expected server (B2). */
  async readInfo(how: Pace = {}): Promise<Known<ServerInfo>> {
    const call = { method: 'GET', path: INFO, as: 'nobody', reader: readPublicInfo } as const;
    const answer = await this.send({ ...call, ...how });
    return answer.kind === 'failure' ? unknown(answer.why) : this.#infoIn(answer);
  }

  get #vouch(): Vouch {
    return {
      path: INFO,
      headers: { accept: 'application/json' },
      reader: readPublicInfo,
      wrong: (answer) => {
        const info = this.#infoIn(answer);
        return info.kind === 'unknown' ? info.why : undefined;
      },
    };
  }

  #infoIn(answer: HttpAnswer): Known<ServerInfo> {
    const info = this.#readAnswer(answer, readPublicInfo, 'nobody');
    // Every Jellyfin has this route. A 404 with JSON comes from some other server that has an API.
    if (info.kind === 'unknown' && info.why.kind === 'not-possible')
      return unknown({ kind: 'not-this-kind', message: say('trouble.jellyfin.notJellyfin') });
    if (info.kind === 'unknown') return info;
    const { value } = info;
    if (value.kind === 'starting')
      return unknown({ kind: 'starting', message: say('trouble.jellyfin.startingHere') });
    if (value.kind === 'wizard-open')
      return unknown({ kind: 'not-possible', message: say('trouble.jellyfin.setUp') });
    const { identity } = this.#at;
    if (identity && value.id !== normaliseId(identity)) return unknown(OTHER_SERVER);
    return { kind: 'known', value };
  }

  /** Reads one document. It counts as known only with status 200, as JSON, and with every field that we use. */
  async read<T>(
    path: string,
    reader: Reader<T>,
    how: Pace & Pick<JellyfinCall, 'as'> = {},
  ): Promise<Known<T>> {
    const answer = await this.send({ method: 'GET', path, reader, ...how });
    return answer.kind === 'failure' ? unknown(answer.why) : this.#readAnswer(answer, reader, how.as);
  }

  #readAnswer<T>(answer: HttpAnswer, reader: Reader<T>, as?: JellyfinCall['as']): Known<T> {
    const refused = as === 'nobody' ? refusedUnasked(answer, 'Jellyfin') : undefined;
    if (refused) return unknown(refused);
    if (answer.status !== 200) return unknown(this.#refusedLater(answer) ?? troubleOf(answer));
    const read = readBy(reader, answer);
    // Some proxies answer every request with status 200 and a page (B2).
    if (read?.kind === 'page')
      return unknown({
        kind: 'not-this-kind',
        message: say('trouble.jellyfin.page', { host: answer.host }),
      });
    if (read?.kind === 'read') return { kind: 'known', value: read.value };
    const { kind, message } = notUnderstood(answer);
    // Who it is was not read yet, so it may be anything.
    const unread = say('trouble.jellyfin.unsaid', { host: answer.host });
    return unknown({ kind, message: as === 'nobody' ? unread : message });
  }

  /** A key that was good once dies only by being revoked, or with the database of the server (B1.2). */
  #refusedLater(answer: HttpAnswer): Trouble | undefined {
    const trouble = troubleOf(answer);
    const { identity, tokenIsNew } = this.#at;
    if (!identity || tokenIsNew || answer.status !== 401 || trouble.kind !== 'unauthorised') return undefined;
    const message = say('trouble.jellyfin.keyRevoked', { host: answer.host });
    return { ...trouble, message };
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

/** What a reader makes of the body of a successful answer that was kept, such as that of a write. */
export function readKept<T>(answer: HttpAnswer, reader: Reader<T>): Read<T> {
  return isPage(answer) ? { kind: 'page' } : readHere(answer.body, answer.headers, reader);
}

const isPage = ({ headers, body }: HttpAnswer): boolean =>
  /text\/html/i.test(String(headers['content-type'])) || formatOf(body) === 'markup';

export function isJson(answer: HttpAnswer): boolean {
  try {
    return !isPage(answer) && JSON.parse(answer.body.toString()) !== undefined;
  } catch {
    return false;
  }
}

/** Statuses that mean more at Jellyfin than in general (B1.2, edge case 45). */
export function troubleOf(answer: HttpAnswer): Trouble {
  const { host, status } = answer;
  const message = {
    401: say('trouble.jellyfin.key', { host }),
    403: say('trouble.jellyfin.notAdmin', { host }),
    404: say('trouble.jellyfin.otherPath', { host }),
  }[status];
  const trouble = troubleOfStatus(answer);
  if (status === 503 && isStarting(answer))
    return { ...trouble, kind: 'starting', message: say('trouble.jellyfin.starting', { host }) };
  // A 404 with JSON is about a user or a session. For an unknown route the body is empty, and a proxy sends a page
  // (B1.2).
  if (status === 404 && isJson(answer))
    return {
      kind: 'not-possible',
      message: say('trouble.jellyfin.unknownThere', { host }),
      ...saidWith(answer),
    };
  // Jellyfin refuses without a body (B1.2); a page comes from something in front of it, which says nothing of the key.
  if ((status === 401 || status === 403) && isPage(answer))
    return {
      kind: 'not-understood',
      message: say('trouble.jellyfin.pageInFront', { host, status }),
    };
  if (message === undefined) return trouble;
  return { ...trouble, message, ...(status === 404 && { kind: 'not-this-kind' }) };
}

/** By its page, or by the pause that it asks for in a way of its own while it answers nothing else (M2). */
const isStarting = ({ body, headers }: HttpAnswer): boolean =>
  /jellyfin/i.test(body.toString('utf8')) || headers['retry-after'] === '005';

export const notUnderstood = ({ host }: HttpAnswer): Trouble => ({
  kind: 'not-understood',
  message: say('trouble.jellyfin.incomplete', { host }),
});

export const unknown = (why: Trouble): { readonly kind: 'unknown'; readonly why: Trouble } => ({
  kind: 'unknown',
  why,
});
