import type { lookup } from 'node:dns';
import { getCACertificates } from 'node:tls';
import { Agent, buildConnector, errors, request } from 'undici';
import type { Known, Trouble, WriteOutcome } from '../app/ports/media-server.ts';
import type { Clock } from '../app/ports/time.ts';
import { KeyedMutex } from '../concurrency/keyed-mutex.ts';
import { isPrivateAddress, publicOnly } from './http-addresses.ts';
import { certificateProblem, pinned, readCertificate } from './http-certificates.ts';
import { Traffic } from './http-traffic.ts';

/**
 * The wire both media-server adapters share. It answers with a status and a whole body, or with a `Trouble`; it never
 * throws for what a network does, and no sentence of it holds a token, a query or a body (media-servers.md 0.3, D3).
 */
export interface HttpClient {
  call(call: HttpCall): Promise<HttpAnswer | HttpFailure>;
  /** Runs one piece of work per key at a time, in the order asked for (media-servers.md B6.6). */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `path` is put behind it as text: `new URL(path, base)` would lose a base path (A2.4). */
  readonly base: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** An address of the operator, not of a community: not checked by `blockPrivate`. */
  readonly operators?: true;
  /** Fingerprint of a certificate that is taken although no authority vouches for it. */
  readonly certificate?: string | null;
  /** Callers of one server that are not to wait for each other, such as the owners at plex.tv. */
  readonly lane?: string;
}

interface HttpTimeouts {
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly totalMs: number;
}

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Host and port, for sentences. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly retryAfterMs: number | undefined;
}

export interface HttpFailure {
  readonly kind: 'failure';
  readonly why: Trouble;
  /** False when the server surely did not get the request: only then a write certainly did not happen. */
  readonly sent: boolean;
}

export interface HttpClientOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** PEM, trusted in addition to Node's own roots. */
  readonly ca?: string | Buffer;
  readonly connectMs?: number;
  readonly timeouts?: Partial<HttpTimeouts>;
  readonly maxBytes?: number;
  /** Media servers at private addresses are not asked: for hosts of many communities. */
  readonly blockPrivate?: boolean;
  /** Resolves names; the system's own unless said. */
  readonly resolve?: typeof lookup;
  /** How long a server that gave no answer five times in a row is left alone; 5 s unless said. */
  readonly leftAloneMs?: number;
}

const USUAL_TIMEOUTS: HttpTimeouts = { headersMs: 15_000, bodyMs: 30_000, totalMs: 45_000 };
const MAX_RETRY_AFTER_MS = 300_000;

/** Makes the client. One for the whole process: it keeps connections open. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
  const connectMs = options.connectMs ?? 5_000;
  const guard = { lookup: publicOnly(options.resolve) };
  const agents = new Map<string, Agent>();
  /** Connections are kept apart by what they may lead to. */
  const agentFor = (checked: boolean, certificate: string | null): Agent => {
    const key = `${checked} ${certificate}`;
    const usual: buildConnector.BuildOptions = {
      timeout: connectMs,
      ...(options.ca && { ca: [...getCACertificates('default'), options.ca.toString()] }),
      ...(checked && guard),
    };
    const agent =
      agents.get(key) ??
      new Agent({
        // HTTP/2 brings nothing here and other errors than those measured (A2.4).
        allowH2: false,
        connections: 8,
        connect:
          certificate === null ? usual : pinned(certificate, (own) => buildConnector({ ...usual, ...own })),
      });
    agents.set(key, agent);
    return agent;
  };
  const turns = new KeyedMutex();
  const traffic = new Traffic<HttpAnswer, HttpFailure>(options.clock, options.leftAloneMs);

  const once = async (call: HttpCall): Promise<HttpAnswer | HttpFailure> => {
    const address = normaliseBaseUrl(call.base);
    // Whoever stored the address may not have looked at it; an odd one is an answer, not an exception.
    if (address.kind === 'unusable') return failure('not-possible', address.message, false);
    const base = address.url;
    const { host, hostname } = new URL(base);
    const checked = options.blockPrivate === true && !call.operators;
    // A literal address is never looked up.
    if (checked && isPrivateAddress(hostname.replace(/^\[|\]$/g, ''))) return privateAddress(host);
    const timeouts = { ...USUAL_TIMEOUTS, ...options.timeouts, ...call.timeouts };
    const abort = new AbortController();
    const stop = () => abort.abort(new PhaseTimeout());
    const timers = [setTimeout(stop, timeouts.totalMs)];
    try {
      const query = new URLSearchParams(call.query).toString();
      const { statusCode, headers, body } = await request(
        `${base}${call.path}${query === '' ? '' : `?${query}`}`,
        {
          dispatcher: agentFor(checked, call.certificate ?? null),
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
      // undici's own limit counts the pause between two chunks; one byte a second would pass it for ever (edge case 40).
      timers.push(setTimeout(stop, timeouts.bodyMs));
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body) {
        const bytes = Buffer.from(chunk);
        size += bytes.length;
        if (size > maxBytes) return failure('not-understood', `${host} sent more than can be read.`, true);
        chunks.push(bytes);
      }
      // Never followed: a redirect would carry the token to another origin (A2.4, edge case 37).
      if (statusCode >= 300 && statusCode < 400)
        return { kind: 'failure', why: redirected(host, base, headers.location), sent: true };
      return {
        kind: 'answer',
        status: statusCode,
        host,
        headers,
        body: Buffer.concat(chunks),
        retryAfterMs: retryAfterMs(headers['retry-after'], options.clock.now()),
      };
    } catch (error) {
      const failed = failureOf(error, host);
      if (failed.why.kind !== 'tls') return failed;
      const certificate = await readCertificate(new URL(base), { timeout: connectMs, ...(checked && guard) });
      return certificate ? { ...failed, why: { ...failed.why, certificate } } : failed;
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  };

  return {
    async call(call) {
      const origin = URL.parse(call.base)?.origin ?? call.base;
      // One that is left alone for its certificate is asked at once when that was accepted.
      const server = `${origin} ${call.lane ?? ''} ${call.certificate ?? ''}`;
      return await traffic.send(server, call.method === 'GET', () => once(call));
    },
    inTurn: (key, work) => turns.run(key, work),
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}

/**
 * The address of a server as we keep it: scheme, host, port if unusual, base path, no slash at the end
 * (media-servers.md B1, edge case 38). A missing scheme is not guessed: http would send the token in clear.
 */
export function normaliseBaseUrl(
  text: string,
): { readonly kind: 'url'; readonly url: string } | { readonly kind: 'unusable'; readonly message: string } {
  const unusable = (message: string) => ({ kind: 'unusable', message }) as const;
  const typed = text.trim();
  if (!/^https?:\/\//i.test(typed))
    return unusable('An address starts with http:// or https://, such as http://tower.local:8096.');
  const url = URL.parse(typed);
  if (!url || /\s/.test(typed)) return unusable('This is not an address. Check it for typing errors.');
  if (url.username !== '' || url.password !== '')
    return unusable('Leave the name and password out of the address.');
  if (/[?#]/.test(typed))
    return unusable('Give the address of the server only, without what follows a ? or #.');
  const path = url.pathname.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  return { kind: 'url', url: `${url.origin}${path}` };
}

/** `Retry-After` in every form seen: `5`, `005`, an HTTP date; anything else is as if it were not there (edge case 17). */
export function retryAfterMs(header: string | string[] | undefined, now: Date): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  // Only real HTTP dates: `Date.parse` reads a moment into almost anything.
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) - now.getTime() : Number.NaN;
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : date;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/** What a status that is no success means, in the families of `Trouble`. Adapters look first for statuses that mean more to them. */
export function troubleOfStatus(answer: HttpAnswer): Trouble {
  const { status, host } = answer;
  const wait = answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
  if (status === 401) return { kind: 'unauthorised', message: `${host} does not accept the token.` };
  if (status === 403)
    return { kind: 'forbidden', message: `${host} knows the token, but it may not do this there.` };
  if (status === 429) return { kind: 'rate-limited', message: `${host} asks for a pause.`, ...wait };
  if (status === 503) return { kind: 'starting', message: `${host} is not ready yet.`, ...wait };
  if (status >= 500)
    return { kind: 'not-understood', message: `${host} answered with an error of its own (${status}).` };
  return { kind: 'not-understood', message: `${host} answered ${status}, which was not expected.` };
}

/** Which of these reads were answered as an endpoint is that is no longer there; unknown when one was not answered at all. */
export function removedAmong(
  answers: readonly { readonly path: string; readonly answer: HttpAnswer | HttpFailure }[],
): Known<readonly string[]> {
  const removed: string[] = [];
  for (const { path, answer } of answers) {
    if (answer.kind === 'failure') return { kind: 'unknown', why: answer.why };
    if ([404, 405, 410].includes(answer.status)) removed.push(`${path} (${answer.status})`);
  }
  return { kind: 'known', value: removed };
}

/** Whether a write that was answered like this may have happened all the same: a gateway's 5xx proves nothing. */
export function writeRefused(answer: HttpAnswer, why = troubleOfStatus(answer)): WriteOutcome {
  return { kind: answer.status >= 500 ? 'unclear' : 'failed', why };
}

/** The outcome of a write that got no answer. */
export const writeLost = ({ sent, why }: HttpFailure): WriteOutcome => ({
  kind: sent ? 'unclear' : 'failed',
  why,
});

/** A name from a server as we show and keep it: no control characters, not longer than Discord takes (edge case 23). */
export function nameFrom(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cs}]/gu, '').trim();
  return [...clean].slice(0, 100).join('');
}

class PhaseTimeout extends Error {
  readonly code = 'PHASE_TIMEOUT';
}

const failure = (kind: Trouble['kind'], message: string, sent: boolean): HttpFailure => ({
  kind: 'failure',
  why: { kind, message },
  sent,
});

const privateAddress = (host: string): HttpFailure =>
  failure(
    'not-possible',
    `${host} is in a private network, which this Usher does not ask. Use a public address.`,
    false,
  );

const NOTHING_THERE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EADDRNOTAVAIL']);
function failureOf(error: unknown, host: string): HttpFailure {
  if (error instanceof errors.HTTPParserError)
    return failure('not-this-kind', `${host} does not answer in HTTP. Is it https, or another port?`, true);
  const code = codeOf(error);
  if (code === 'PRIVATE_ADDRESS') return privateAddress(host);
  if (code === undefined) throw error; // a bug of ours, not something the network did
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return failure('dns', `The name in ${host} cannot be resolved. Check it for typing errors.`, false);
  if (NOTHING_THERE.has(code))
    return failure(
      'refused',
      `Nothing answers at ${host}. Check the address, the port and the server.`,
      false,
    );
  const certificate = certificateProblem(code, host);
  if (certificate) return failure('tls', certificate, false);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return failure('timeout', `${host} does not answer. Check the address, the port and firewalls.`, false);
  if (['PHASE_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'].includes(code))
    return failure('timeout', `${host} took too long to answer.`, true);
  return failure('cut', `The connection to ${host} broke before the answer was complete.`, true);
}

/** The code of an error or of what it wraps; of several addresses tried, the first one's. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}

/** Names where the redirect leads: the origin, and for a lost base path what to type instead (B1). Never its query. */
function redirected(host: string, base: string, location: string | string[] | undefined): Trouble {
  const target = URL.parse(Array.isArray(location) ? (location[0] ?? '') : (location ?? ''), base);
  if (!target) return { kind: 'redirected', message: `${host} leads on to an address that makes no sense.` };
  const path = /^(.*)\/web\/(index\.html)?$/.exec(target.pathname)?.[1] ?? '';
  return {
    kind: 'redirected',
    message: `${host} leads on to ${target.origin}${path}. Use that address if it is yours.`,
  };
}
