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

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `path` is appended as text, because `new URL(path, base)` would lose a base path (A2.4). */
  readonly base: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** The address comes from the operator and not from a community, so `blockPrivate` does not apply. */
  readonly operators?: true;
  /** Fingerprint of a certificate that is accepted although no authority vouches for it. */
  readonly certificate?: string | null;
  /** Calls with different lanes do not wait for each other, such as those of different owners at plex.tv. */
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
  /** Host and port, for messages to people. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly retryAfterMs: number | undefined;
}

export interface HttpFailure {
  readonly kind: 'failure';
  readonly why: Trouble;
  /** False when the request surely did not reach the server. Only then is it certain that a write did not happen. */
  readonly sent: boolean;
}

export interface HttpClientOptions {
  readonly clock: Pick<Clock, 'now'>;
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
const MAX_RETRY_AFTER_MS = 300_000;

/** Makes the client. One is enough for the process, because it keeps connections open. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
  const connectMs = options.connectMs ?? 5_000;
  const guard = { lookup: publicOnly(options.resolve) };
  const agents = new Map<string, Agent>();
  /** Connections are shared only by calls with the same address check and the same accepted certificate. */
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
        // HTTP/2 has no advantage here, and its errors differ from those that we measured (A2.4).
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
    // An address that was stored unchecked may be unusable. That is a failure to report and not an exception.
    if (address.kind === 'unusable') return failure('not-possible', address.message, false);
    const base = address.url;
    const { host, hostname } = new URL(base);
    const checked = options.blockPrivate === true && !call.operators;
    // A literal address is never looked up, so the guard in the look-up does not see it.
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
      // The certificate is part of the key, so that a server is asked at once after its certificate was accepted.
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
 * The form in which addresses of servers are kept: scheme, host, port if unusual, base path, no slash at the end
 * (media-servers.md B1, edge case 38). A missing scheme is refused and not guessed, because http would send the
 * token unencrypted.
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

/** Reads `Retry-After` in every form seen: `5`, `005`, an HTTP date. Anything else is ignored (edge case 17). */
export function retryAfterMs(header: string | string[] | undefined, now: Date): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  // Only real HTTP dates: `Date.parse` accepts almost any text.
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) - now.getTime() : Number.NaN;
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : date;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/**
 * What an unsuccessful status means in general. Adapters first look at the statuses that mean more on their
 * servers.
 */
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

/** Which of these reads show that the endpoint no longer exists; unknown when one of them got no answer at all. */
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

/**
 * The outcome of a write that was refused. With a 5xx it may have happened all the same: a proxy may have sent
 * that.
 */
export function writeRefused(answer: HttpAnswer, why = troubleOfStatus(answer)): WriteOutcome {
  return { kind: answer.status >= 500 ? 'unclear' : 'failed', why };
}

/** The outcome of a write that got no answer. */
export const writeLost = ({ sent, why }: HttpFailure): WriteOutcome => ({
  kind: sent ? 'unclear' : 'failed',
  why,
});

/**
 * A name from a server as it is kept and shown: no control characters, and at most as long as Discord allows (edge
 * case 23).
 */
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
  if (code === undefined) throw error; // not a network error but a bug of ours
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

/** The code of an error, or of the error that it wraps. If several addresses were tried, that of the first one. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}

/**
 * Says where a redirect leads: its origin, and the base path to use if the one typed is incomplete (B1). Never its
 * query.
 */
function redirected(host: string, base: string, location: string | string[] | undefined): Trouble {
  const target = URL.parse(Array.isArray(location) ? (location[0] ?? '') : (location ?? ''), base);
  if (!target) return { kind: 'redirected', message: `${host} leads on to an address that makes no sense.` };
  const path = /^(.*)\/web\/(index\.html)?$/.exec(target.pathname)?.[1] ?? '';
  return {
    kind: 'redirected',
    message: `${host} leads on to ${target.origin}${path}. Use that address if it is yours.`,
  };
}
