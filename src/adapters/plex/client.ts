import { createHash } from 'node:crypto';
import type { Known, ServerAddress, ServerLocation, Trouble } from '../../app/ports/media-server.ts';
import { say } from '../../words/say.ts';
import { refusedUnasked, saidWith, troubleOfStatus } from '../http-client/answers.ts';
import type { HttpAnswer, HttpCall, HttpFailure, Vouch } from '../http-client/call.ts';
import type { HttpClient } from '../http-client/http-client.ts';
import { type Reader, readBy } from '../http-client/reader.ts';
import { withOwnName } from './own-address.ts';
import type { OwnerLists } from './owner-lists.ts';
import { readIdentity, type ServerToken } from './schema.ts';
import type { ServerTokens } from './server-tokens.ts';

export interface PlexOptions {
  readonly http: HttpClient;
  readonly lists: Pick<OwnerLists, 'read' | 'wrote'>;
  readonly tokens: Pick<ServerTokens, 'get' | 'note'>;
  /** A UUID made once per installation and kept: that of every token that was not made for an own one (A2.2). */
  readonly clientIdentifier: string;
  /** The version of Usher. */
  readonly version: string;
  /** Default: https://plex.tv. */
  readonly plexTvUrl?: string;
  /** Default: https://clients.plex.tv, which Plex Web uses for sharing (A1). */
  readonly clientsUrl?: string;
}

/** The hosts of A1: `clients` has the v2 sharing calls, `pms` is the media server itself. */
export type PlexHost = 'plex.tv' | 'clients' | 'pms';

/**
 * Who is asked, and with what: the token of an account goes to plex.tv and nowhere else. Null for calls that need no
 * token: it is never sent where it is not needed.
 */
type Asked =
  | { readonly host: 'plex.tv' | 'clients'; readonly token: string | null }
  | { readonly host: 'pms'; readonly token: ServerToken | null };

/** How a document is asked for. */
export type PlexRead = Pick<HttpCall, 'path' | 'query'> & Pace & Asked;
export type PlexCall = Pick<HttpCall, 'method' | 'json' | 'reader' | 'onlyStatus'> & PlexRead;
/** A lane of its own for what must not hold up anything else at the media server, and how long it is waited for. */
export type Pace = Pick<HttpCall, 'lane' | 'timeouts' | 'isAsked'>;

const OTHER_SERVER = {
  kind: 'other-server',
  message: say('trouble.plex.otherServer'),
} as const;
const IDENTITY = '/identity';

type PlexIdentity = NonNullable<ReturnType<typeof readIdentity.accept>>;

/** Nothing is sent then, so nobody has refused it. */
export const NOT_A_TOKEN: Trouble = {
  kind: 'unauthorised',
  message: say('trouble.plex.notAToken'),
};

/** Requests to Plex: who is asking, the token in a header only, and status before body. */
export class PlexClient {
  readonly #options: PlexOptions;
  readonly #bases: Readonly<Record<PlexHost, string>>;
  readonly #taken: Pick<HttpCall, 'certificate' | 'plainHttp'>;
  readonly #clientIdentifier: string;
  readonly #identity: string | null;

  /**
   * `pms` is null when only plex.tv will be asked. `clientIdentifier` is the one that the token was made for, null
   * the installation's.
   */
  constructor(
    options: PlexOptions,
    pms: (ServerLocation & Pick<ServerAddress, 'identity'>) | null,
    clientIdentifier: string | null,
  ) {
    this.#options = options;
    this.#identity = pms?.identity ?? null;
    this.#clientIdentifier = clientIdentifier ?? options.clientIdentifier;
    this.#taken = { certificate: pms?.certificate ?? null, plainHttp: pms?.plainHttp ?? false };
    this.#bases = {
      'plex.tv': options.plexTvUrl ?? 'https://plex.tv',
      clients: options.clientsUrl ?? 'https://clients.plex.tv',
      pms: pms?.url ?? '',
    };
  }

  /** Sends one request and returns its answer, whatever the status. */
  async send(call: PlexCall): Promise<HttpAnswer | HttpFailure> {
    const { host, token, ...rest } = call;
    if (token !== null && !/^[\x21-\x7e]+$/.test(token))
      return {
        kind: 'failure',
        sent: false,
        why: NOT_A_TOKEN,
      };
    const owner = laneOf(token);
    const send = () =>
      this.#options.http.call({
        ...rest,
        base: this.#bases[host],
        headers: {
          accept: 'application/json',
          ...this.identification(),
          ...(token !== null && { 'x-plex-token': token }),
        },
        ...(host === 'pms' && this.#taken),
        ...(host === 'pms' && token !== null && { vouch: this.#vouch }),
        // Owners do not wait for each other at plex.tv.
        ...(host !== 'pms' && { lane: owner, operators: true as const }),
        // The lists of plex.tv may take long (D3).
        ...(host !== 'pms' && { timeouts: { headersMs: 30_000 } }),
      });
    if (host === 'pms') return withOwnName(await send(), this.#bases.pms);
    if (host !== 'clients') return ofVendor(await send());
    const { lists } = this.#options;
    const what = `${call.path}?${new URLSearchParams(call.query)} ${call.reader?.at.name}`;
    if (call.method === 'GET') return ofVendor(await lists.read(owner, what, send));
    try {
      return ofVendor(await send());
    } finally {
      lists.wrote(owner);
    }
  }

  /** Reads one document. It counts as known only with status 200, the right root and every field that we use. */
  async read<T>(call: PlexRead, reader: Reader<T>): Promise<Known<T>> {
    const answer = await this.send({ ...call, method: 'GET', reader });
    return answer.kind === 'failure' ? unknown(answer.why) : this.#readAnswer(answer, call, reader);
  }

  /** Who answers, as anybody may ask it: a Plex Media Server, and the expected one (A4.1). */
  async readIdentity(how: Pace = {}): Promise<Known<PlexIdentity>> {
    const call = { host: 'pms', path: IDENTITY, method: 'GET', token: null, reader: readIdentity } as const;
    const answer = await this.send({ ...call, ...how });
    return answer.kind === 'failure' ? unknown(answer.why) : this.#identityIn(answer);
  }

  get #vouch(): Vouch {
    return {
      path: IDENTITY,
      headers: { accept: 'application/json', ...this.identification() },
      reader: readIdentity,
      wrong: (answer) => {
        const server = this.#identityIn(answer);
        return server.kind === 'unknown' ? server.why : undefined;
      },
    };
  }

  #identityIn(answer: HttpAnswer): Known<PlexIdentity> {
    const server = this.#readAnswer(answer, { host: 'pms', token: null }, readIdentity);
    const isOther =
      server.kind === 'known' && this.#identity !== null && server.value.machineIdentifier !== this.#identity;
    return isOther ? unknown(OTHER_SERVER) : server;
  }

  #readAnswer<T>(answer: HttpAnswer, call: Pick<PlexCall, 'host' | 'token'>, reader: Reader<T>): Known<T> {
    if (answer.status !== 200) return unknown(troubleOf(answer, call.host, call.token !== null));
    const read = readBy(reader, answer);
    if (read?.kind === 'read') return { kind: 'known', value: read.value };
    if (read?.kind === 'page' && call.host === 'pms')
      return unknown({
        kind: 'not-this-kind',
        message: say('trouble.plex.page', { host: answer.host }),
      });
    return unknown({
      kind: 'not-understood',
      message: say('trouble.http.incomplete', { host: answer.host }),
      ...(call.host !== 'pms' && { vendor: true }),
    });
  }

  /** Who is asking (A2.1). ASCII only, because Plex guesses the encoding of other characters. */
  identification(): Record<string, string> {
    return {
      'X-Plex-Client-Identifier': this.#clientIdentifier,
      'X-Plex-Product': 'Usher',
      'X-Plex-Version': this.#options.version,
      'X-Plex-Device-Name': 'Usher',
    };
  }
}

/** A short hash of the token, to tell owners apart without showing it. */
export const laneOf = (token: string | null): string =>
  token === null ? '' : createHash('sha256').update(token).digest('base64url').slice(0, 12);

/** Statuses that mean more at Plex than in general (A2.5). `sent`: with a token; only then was it refused. */
export function troubleOf(answer: HttpAnswer, host: PlexHost, sent = true): Trouble {
  if (host === 'pms') return troubleOfMachine(answer, sent);
  const unasked = sent ? undefined : refusedUnasked(answer, 'plex.tv');
  if (unasked) return { ...unasked, vendor: true };
  const { status } = answer;
  const of = { ...saidWith(answer), vendor: true } as const;
  if (sent && isDeadToken(answer))
    return {
      kind: 'unauthorised',
      message: say('trouble.plex.tokenDead'),
      ...(answer.reason !== undefined && { reason: answer.reason }),
      vendor: true,
    };
  if (status === 404) return { kind: 'not-possible', message: say('trouble.plex.notYours'), ...of };
  // People know it by this name, whichever of its hosts was asked.
  const named = troubleOfStatus({ ...answer, host: 'plex.tv' });
  return {
    ...named,
    ...(status >= 500 && { message: say('trouble.plex.status', { status }) }),
    vendor: true,
  };
}

/** Plex's own document of a 503, as XML or as JSON (media-servers.md A2.5, E19). */
const SAYS_MAINTENANCE = /\bcode="503"|"code"\s*:\s*503/;

function troubleOfMachine(answer: HttpAnswer, sent: boolean): Trouble {
  const { status, host } = answer;
  const unasked = sent ? undefined : refusedUnasked(answer, 'Plex');
  if (unasked) return unasked;
  if (sent && isDeadToken(answer))
    return { kind: 'unauthorised', message: say('trouble.plex.machineToken', { host }) };
  if (status === 404) return { kind: 'not-this-kind', message: say('trouble.plex.notPlex', { host }) };
  if (status === 503 && SAYS_MAINTENANCE.test(answer.body.toString('utf8')))
    return {
      ...troubleOfStatus(answer),
      kind: 'starting',
      message: say('trouble.plex.starting', { host }),
    };
  return troubleOfStatus(answer);
}

/** A failure on the way to plex.tv says nothing about the media server. */
const ofVendor = (outcome: HttpAnswer | HttpFailure): HttpAnswer | HttpFailure =>
  outcome.kind === 'failure' ? { ...outcome, why: { ...outcome.why, vendor: true } } : outcome;

/** Usually 401; some endpoints answer 498, or 422 with a message (A2.2, edge case 16). */
export const isDeadToken = ({ status, body }: HttpAnswer): boolean =>
  status === 401 || status === 498 || (status === 422 && /invalid token/i.test(body.toString('utf8')));

export const unknown = (why: Trouble): { readonly kind: 'unknown'; readonly why: Trouble } => ({
  kind: 'unknown',
  why,
});
