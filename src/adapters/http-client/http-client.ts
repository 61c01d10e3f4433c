import type { lookup } from 'node:dns';
import { getCACertificates } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import type { Clock } from '../../app/ports/time.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { isPrivateAddress, publicOnly } from './addresses.ts';
import { retryAfterMs } from './answers.ts';
import { normaliseBaseUrl } from './base-url.ts';
import type { HttpAnswer, HttpCall, HttpFailure, HttpTimeouts } from './call.ts';
import { pinned, readCertificate } from './certificates.ts';
import { failure, failureOf, PhaseTimeout, privateAddress, redirected, wantsTls } from './failures.ts';
import { reasonOf } from './reason.ts';
import { Traffic } from './traffic.ts';
import { Doors } from './vouched.ts';

/**
 * The HTTP client of both media server adapters. It returns a status with a whole body, or a `Trouble`; it never
 * throws for what a network does. None of its messages contains a token, a query or a body (media-servers.md 0.3,
 * D3).
 */
export interface HttpClient {
  call(call: HttpCall): Promise<HttpAnswer | HttpFailure>;
  /** Runs work with the same key one after another, in the order asked for (media-servers.md B6.6). */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  readonly clock: Pick<Clock, 'now' | 'steadyMs'>;
  /** Certificates in PEM form, trusted in addition to those that Node trusts. */
  readonly ca?: string | Buffer;
  readonly connectMs?: number;
  readonly timeouts?: Partial<HttpTimeouts>;
  readonly maxBytes?: number;
  /** Refuse media servers at private addresses: for operators who host many communities. */
  readonly blockPrivate?: boolean;
  /** Resolves names; default: the system's resolver. */
  readonly resolve?: typeof lookup;
  /** How long a server that gave no answer five times in a row is left alone; default: 5 s. */
  readonly leftAloneMs?: number;
}

const USUAL_TIMEOUTS: HttpTimeouts = { headersMs: 15_000, bodyMs: 30_000, totalMs: 45_000 };

/** Makes the client. One is enough for the process, because it keeps connections open. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
  const connectMs = options.connectMs ?? 5_000;
  const guard = { lookup: publicOnly(options.resolve) };
  const agents = new Map<string, { readonly agent: Agent; readonly connect: buildConnector.connector }>();
  /** Connections are shared only by calls with the same address check and the same accepted certificate. */
  const connectionsFor = (checked: boolean, certificate: string | null) => {
    const key = `${checked} ${certificate}`;
    const known = agents.get(key);
    if (known) return known;
    const usual: buildConnector.BuildOptions = {
      timeout: connectMs,
      ...(options.ca && { ca: [...getCACertificates('default'), options.ca.toString()] }),
      ...(checked && guard),
    };
    const build = (own: buildConnector.BuildOptions) => buildConnector({ ...usual, ...own });
    const connect = certificate === null ? build({}) : pinned(certificate, build);
    // HTTP/2 has no advantage here, and its errors differ from those that we measured (A2.4).
    const made = { agent: new Agent({ allowH2: false, connections: 8, connect }), connect };
    agents.set(key, made);
    return made;
  };
  const doors = new Doors();
  const turns = new KeyedMutex();
  const traffic = new Traffic<HttpAnswer, HttpFailure>(options.clock, options.leftAloneMs);

  /** One request over these connections; `base` is usable. */
  const sendOver = async (
    dispatcher: Dispatcher,
    { base, checked }: { readonly base: string; readonly checked: boolean },
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
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body) {
        const bytes = Buffer.from(chunk);
        size += bytes.length;
        if (size > maxBytes) return failure('not-understood', `${host} sent more than can be read.`, true);
        chunks.push(bytes);
      }
      // Redirects are not followed, because the token would go to another origin (A2.4, edge case 37).
      if (statusCode >= 300 && statusCode < 400)
        return {
          kind: 'failure',
          why: redirected(new URL(`${base}${call.path}`), headers.location),
          sent: true,
        };
      const answer = { status: statusCode, body: Buffer.concat(chunks) };
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
      const failed = failureOf(error, new URL(base), answered);
      if (failed.why.kind !== 'tls') return failed;
      const certificate = await readCertificate(new URL(base), { timeout: connectMs, ...(checked && guard) });
      return certificate ? { ...failed, why: { ...failed.why, certificate } } : failed;
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  };

  const once = async (call: HttpCall): Promise<HttpAnswer | HttpFailure> => {
    const address = normaliseBaseUrl(call.base);
    // An address that was stored unchecked may be unusable. That is a failure to report and not an exception.
    if (address.kind === 'unusable') return failure('not-possible', address.message, false);
    const base = address.url;
    const { host, hostname } = new URL(base);
    const checked = options.blockPrivate === true && !call.operators;
    // A literal address is never looked up, so the guard in the look-up does not see it.
    if (checked && isPrivateAddress(hostname.replace(/^\[|\]$/g, ''))) return privateAddress(host);
    const { agent, connect } = connectionsFor(checked, call.certificate ?? null);
    const at = { base, checked };
    if (!call.vouch) return await sendOver(agent, at, call);
    const key = `${checked} ${call.certificate ?? ''} ${base}${call.vouch.path}`;
    const open = () => ({ origin: new URL(base).origin, connect });
    return await doors.send(key, open, call, (each, client) => sendOver(client, at, each));
  };

  return {
    async call(call) {
      const origin = URL.parse(call.base)?.origin ?? call.base;
      // The certificate is part of the key, so that a server is asked at once after its certificate was accepted.
      const server = `${origin} ${call.lane ?? ''} ${call.certificate ?? ''}`;
      return await traffic.send(server, call.method === 'GET', () => once(call));
    },
    inTurn: (key, work) => turns.run(key, work),
    async close() {
      await Promise.all([doors.close(), ...[...agents.values()].map(({ agent }) => agent.destroy())]);
    },
  };
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
