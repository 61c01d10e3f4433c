import type { lookup } from 'node:dns';
import { getCACertificates } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import type { Clock } from '../../app/ports/time.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { GuildId } from '../../domain/ids.ts';
import { say } from '../../words/say.ts';
import { isOwnNetwork, isPrivateAddress, lookupWithout, ownNetworkOnly } from './addresses.ts';
import { type Body, readBody, ThreadLost, wholeBody } from './answer-body.ts';
import { retryAfterMs } from './answers.ts';
import { normaliseBaseUrl } from './base-url.ts';
import type { HttpAnswer, HttpCall, HttpFailure, HttpTimeouts } from './call.ts';
import { pinned, readCertificate } from './certificates.ts';
import { blocked, failure, failureOf, PhaseTimeout, redirected, wantsTls } from './failures.ts';
import { MOST_UNREAD_BYTES, TooLarge } from './limits.ts';
import type { Headers } from './reader.ts';
import { reasonOf } from './reason.ts';
import { type Memory, type OnLong, Refusals } from './refusals.ts';
import { ThreadOfReaders } from './thread-of-readers.ts';
import { type Asking, Traffic } from './traffic.ts';
import { Doors } from './vouched.ts';

/**
 * The HTTP client of both media server adapters. It returns a status with a body, or a `Trouble`; it never
 * throws for what a network does. None of its messages contains a token, a query or a body (media-servers.md 0.3,
 * D3).
 */
export interface HttpClient {
  call(call: HttpCall): Promise<HttpAnswer | HttpFailure>;
  /** Runs work with the same key one after another, in the order asked for (media-servers.md B6.6). */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** The clients of all guilds: they take turns, and what one of them meets is its own (traffic.ts). */
export interface HttpClients {
  /** Cheap: nothing is opened. */
  of(guildId: GuildId): HttpClient;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  readonly clock: Pick<Clock, 'now' | 'steadyMs'>;
  /** Certificates in PEM form, trusted in addition to those that Node trusts. */
  readonly ca?: string | Buffer;
  readonly connectMs?: number;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** Of a body that no reader reads; default: 1 MB. */
  readonly maxBytes?: number;
  /** Where it is kept which answers were too large; default: nowhere. */
  readonly memory?: Memory;
  /** Refuse media servers at private addresses: for operators who host many communities. */
  readonly blockPrivate?: boolean;
  /** Resolves names; default: the system's resolver. */
  readonly resolve?: typeof lookup;
  /** Which addresses are private, and which of the own network; default: those of addresses.ts. */
  readonly isPrivate?: (address: string) => boolean;
  readonly isOwnNetwork?: (address: string) => boolean;
  /** How long a server that gave no answer five times in a row is left alone; default: 5 s. */
  readonly leftAloneMs?: number;
}

const USUAL_TIMEOUTS: HttpTimeouts = { headersMs: 15_000, bodyMs: 30_000, totalMs: 45_000 };

/** Makes the clients: once for the process, because they keep connections open. */
export function createHttpClients(options: HttpClientOptions): HttpClients {
  const maxBytes = options.maxBytes ?? MOST_UNREAD_BYTES;
  const connectMs = options.connectMs ?? 5_000;
  const isPrivate = options.isPrivate ?? isPrivateAddress;
  const isOwn = options.isOwnNetwork ?? isOwnNetwork;
  const lookupFor = (checked: boolean) => ({
    lookup: lookupWithout(checked ? isPrivate : () => false, options.resolve),
  });
  const agents = new Map<string, { readonly agent: Agent; readonly connect: buildConnector.connector }>();
  /**
   * Connections are shared only by calls with the same checks of the address and the same accepted certificate, and
   * those to addresses of the operator with no others.
   */
  const connectionsFor = ({ whose, checked, plainHttp, certificate }: Connected) => {
    const key = `${whose} ${checked} ${plainHttp} ${certificate}`;
    const known = agents.get(key);
    if (known) return known;
    const usual: buildConnector.BuildOptions = {
      timeout: connectMs,
      ...(options.ca && { ca: [...getCACertificates('default'), options.ca.toString()] }),
      ...lookupFor(checked),
    };
    const build = (own: buildConnector.BuildOptions) => buildConnector({ ...usual, ...own });
    const vouched = certificate === null ? build({}) : pinned(certificate, build);
    const connect = plainHttp ? vouched : ownNetworkOnly(vouched, isOwn);
    // HTTP/2 has no advantage here, and its errors differ from those that we measured (A2.4).
    // How many are open at once is decided by who may send (traffic.ts): here they would wait in no fair order.
    const made = { agent: new Agent({ allowH2: false, connect }), connect };
    agents.set(key, made);
    return made;
  };
  const doors = new Doors();
  const turns = new KeyedMutex();
  const traffic = new Traffic<HttpAnswer, HttpFailure>(options.clock, options.leftAloneMs);
  const thread = new ThreadOfReaders();
  const refusals = new Refusals(options.clock, options.memory);

  /** What is kept of a body, or what its reader has made of it. @throws {TooLarge | ThreadLost} */
  const bodyOf = async (
    { status, headers, body }: Came,
    { reader, onlyStatus }: HttpCall,
    onLong: OnLong,
  ): Promise<Pick<HttpAnswer, 'body' | 'read'>> => {
    if (onlyStatus) {
      await body.dump({ limit: MOST_UNREAD_BYTES });
      return { body: Buffer.alloc(0) };
    }
    const packed = headers['content-encoding'] ?? 'identity';
    if (packed !== 'identity') throw new TooLarge(say('trouble.tooMuch.packed'));
    if (!reader || status !== 200) return { body: await wholeBody(body, headers, maxBytes) };
    return { body: Buffer.alloc(0), read: await readBody(body, headers, reader, { thread, onLong }) };
  };

  /** One request over these connections; `base` is usable. */
  const sendOver = async (
    dispatcher: Dispatcher,
    { base, checked, onLong }: At,
    call: HttpCall,
  ): Promise<HttpAnswer | HttpFailure> => {
    const { host } = new URL(base);
    const timeouts = longer({ ...USUAL_TIMEOUTS, ...options.timeouts, ...call.timeouts }, call.patienceMs);
    const abort = new AbortController();
    const stop = () => abort.abort(new PhaseTimeout());
    const timers = [setTimeout(stop, timeouts.totalMs)];
    let answered: 'begun' | 'nothing' = 'nothing';
    try {
      const query = new URLSearchParams(call.query).toString();
      const { statusCode, headers, body } = await request(
        `${base}${call.path}${query === '' ? '' : `?${query}`}`,
        {
          dispatcher,
          method: call.method,
          headers: {
            // Nothing is unpacked here: a small body cannot become a large one.
            'accept-encoding': 'identity',
            ...call.headers,
            ...(call.json !== undefined && { 'content-type': 'application/json' }),
          },
          body: call.json === undefined ? null : JSON.stringify(call.json),
          headersTimeout: timeouts.headersMs,
          bodyTimeout: timeouts.bodyMs,
          signal: abort.signal,
        },
      );
      answered = 'begun';
      // undici's limit counts pauses between chunks: a server that sends a byte a second would never reach it (edge
      // case 40).
      timers.push(setTimeout(stop, timeouts.bodyMs));
      // Whatever of it is not read must not keep the connection.
      body.on('error', () => {});
      const read = await bodyOf({ status: statusCode, headers, body }, call, onLong).finally(() =>
        body.destroy(),
      );
      // Redirects are not followed, because the token would go to another origin (A2.4, edge case 37).
      if (statusCode >= 300 && statusCode < 400)
        return {
          kind: 'failure',
          why: redirected(new URL(`${base}${call.path}`), headers.location),
          sent: true,
        };
      const answer = { status: statusCode, ...read };
      const secure = wantsTls(answer, new URL(base));
      if (secure) return secure;
      return {
        kind: 'answer',
        ...answer,
        host,
        headers,
        retryAfterMs: retryAfterMs(headers['retry-after'], options.clock.now()),
        reason: statusCode >= 400 ? reasonOf(answer, secretsOf(call)) : undefined,
      };
    } catch (error) {
      if (error instanceof TooLarge)
        return failure('too-large', say('trouble.http.tooMuch', { host, what: error.what }), true);
      if (error instanceof ThreadLost) return failure('cut', say('trouble.http.unread', { host }), true);
      const failed = failureOf(error, new URL(base), answered);
      if (failed.why.kind !== 'tls') return failed;
      const certificate = await readCertificate(new URL(base), { timeout: connectMs, ...lookupFor(checked) });
      return certificate ? { ...failed, why: { ...failed.why, certificate } } : failed;
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  };

  const once = async (call: HttpCall, onLong: OnLong): Promise<HttpAnswer | HttpFailure> => {
    const address = normaliseBaseUrl(call.base);
    // An address that was stored unchecked may be unusable. That is a failure to report and not an exception.
    if (address.kind === 'unusable') return failure('not-possible', address.message, false);
    const base = address.url;
    const { host, hostname } = new URL(base);
    const checked = options.blockPrivate === true && !call.operators;
    // A literal address is never looked up, so the guard in the look-up does not see it.
    if (checked && isPrivate(hostname.replace(/^\[|\]$/g, ''))) return blocked(host);
    const connected = {
      whose: whoseIs(call),
      checked,
      // The operator's own addresses are the operator's to know.
      plainHttp: call.plainHttp === true || call.operators === true,
      certificate: call.certificate ?? null,
    };
    const { agent, connect } = connectionsFor(connected);
    const at = { base, checked, onLong };
    if (!call.vouch) return await sendOver(agent, at, call);
    const key = `${JSON.stringify(connected)} ${base}${call.vouch.path}`;
    const open = () => ({ origin: new URL(base).origin, connect });
    return await doors.send(key, open, call, (each, client) => sendOver(client, at, each));
  };

  return {
    of: (guildId) => ({
      async call(call) {
        const [isRead, isAsked] = [call.method === 'GET', call.isAsked === true];
        const at = placeOf(call);
        const send = (onLong: OnLong) =>
          traffic.send({ guildId, isRead, isAsked, ...at }, () => once(call, onLong));
        return await refusals.ask(`${guildId} ${at.place}`, call, send);
      },
      inTurn: (key, work) => turns.run(key, work),
    }),
    async close() {
      await Promise.all([
        thread.close(),
        doors.close(),
        ...[...agents.values()].map(({ agent }) => agent.destroy()),
      ]);
    },
  };
}

type Whose = 'operator' | 'community';

const whoseIs = ({ operators }: HttpCall): Whose => (operators ? 'operator' : 'community');

/**
 * What calls share. A community may have typed an address of the operator's (plex.tv), so that never makes them one.
 * Behind one origin there may be servers of many, each under its own base path. The certificate is part of it, so that
 * a server is asked at once after its certificate was accepted.
 */
function placeOf(call: HttpCall): Pick<Asking, 'place' | 'vendor'> {
  const address = normaliseBaseUrl(call.base);
  const base = address.kind === 'url' ? address.url : call.base;
  const place = `${whoseIs(call)} ${base} ${call.lane ?? ''} ${call.certificate ?? ''}`;
  return { place, vendor: call.operators ? base : undefined };
}

/** What connections have in common. */
interface Connected {
  readonly whose: Whose;
  readonly checked: boolean;
  readonly plainHttp: boolean;
  readonly certificate: string | null;
}

/** Where a call goes, and what is done before a long answer is read. */
interface At {
  readonly base: string;
  readonly checked: boolean;
  readonly onLong: OnLong;
}

/** An answer whose body has not come yet. */
interface Came {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body & { dump(options: { readonly limit: number }): Promise<unknown> };
}

const longer = ({ headersMs, bodyMs, totalMs }: HttpTimeouts, ms = 0): HttpTimeouts => ({
  headersMs: headersMs + ms,
  bodyMs: bodyMs + ms,
  totalMs: totalMs + ms,
});

/** What of a request must not come back in a sentence: an error may repeat what it was sent (rule 10). */
function secretsOf({ headers, query, json }: HttpCall): readonly string[] {
  const fields: [string, unknown][] = [
    ...Object.entries(headers ?? {}),
    ...Object.entries(query ?? {}),
    ...(typeof json === 'object' && json !== null ? Object.entries(json) : []),
  ];
  return fields.flatMap(([name, value]) => {
    if (typeof value !== 'string' || !/token|authorization|secret|pw|password|code/i.test(name)) return [];
    // Of a header such as `MediaBrowser Token="…"` the values, as they are sent and as they are meant.
    const parts = [...value.matchAll(/"([^"]+)"/g)].map(([, part = '']) => part);
    return [value, ...parts, ...parts.map(meant)].filter(({ length }) => length >= 4);
  });
}

/** A part of a header without its escapes; a token may have a % of its own. */
function meant(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
