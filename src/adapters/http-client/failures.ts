/** Why there was no answer, in words for people. */
import { errors } from 'undici';
import type { Trouble } from '../../app/ports/media-server.ts';
import { type Sentence, say } from '../../words/say.ts';
import { isPrivateAddress } from './addresses.ts';
import type { HttpFailure } from './call.ts';
import { certificateProblem } from './certificates.ts';

/** A part of a call took longer than it may. */
export class PhaseTimeout extends Error {
  readonly code = 'PHASE_TIMEOUT';
}

export const failure = (kind: Trouble['kind'], message: Sentence, sent: boolean): HttpFailure => ({
  kind: 'failure',
  why: { kind, message },
  sent,
});

export const blocked = (host: string): HttpFailure =>
  failure('blocked', say('trouble.http.blocked', { host }), false);

const plainHttp = (host: string): HttpFailure =>
  failure('plain-http', say('trouble.http.plainHttp', { host }), false);

const secureOnly = (host: string): Sentence => say('trouble.http.secure', { host });

/** Plex gives every server a name of its own, in which its address is written: `192-168-1-5.….plex.direct`. */
const isPlexDirect = (hostname: string): boolean => hostname.endsWith('.plex.direct');

/**
 * Routers answer a name that stands for an address at home with nothing, or with an address that leads nowhere
 * (protection against DNS rebinding).
 */
function isFiltered(error: unknown, code: string, hostname: string): boolean {
  if (['ENOTFOUND', 'EAI_AGAIN', 'ENODATA', 'ESERVFAIL', 'EREFUSED'].includes(code)) return true;
  const meant = /^([\d-]+)\./.exec(hostname)?.[1]?.replaceAll('-', '.');
  const tried = addressOf(error);
  return meant !== undefined && tried !== undefined && tried !== meant && isPrivateAddress(tried);
}

const NOTHING_THERE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EADDRNOTAVAIL']);

/** What the network did, for people. @throws the error itself when it is a bug of ours. */
export function failureOf(
  error: unknown,
  { host, hostname, protocol }: URL,
  answered: 'begun' | 'nothing' = 'nothing',
): HttpFailure {
  if (error instanceof errors.HTTPParserError)
    return failure(
      'not-this-kind',
      protocol === 'http:'
        ? say('trouble.http.notHttp', { host, secure: secureOnly(host) })
        : say('trouble.http.otherPort', { host }),
      true,
    );
  const code = codeOf(error);
  if (code === 'PRIVATE_ADDRESS') return blocked(host);
  if (code === 'PLAIN_HTTP') return plainHttp(host);
  if (code === undefined) throw error; // not a network error but a bug of ours
  if (isPlexDirect(hostname) && isFiltered(error, code, hostname))
    return failure('dns', say('trouble.http.rebinding', { host }), false);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return failure('dns', say('trouble.http.unresolved', { host }), false);
  if (NOTHING_THERE.has(code)) return failure('refused', say('trouble.http.nothing', { host }), false);
  const certificate = certificateProblem(code, host);
  if (certificate) return failure('tls', certificate, false);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return failure('timeout', say('trouble.http.silent', { host }), false);
  if (['PHASE_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'].includes(code))
    return failure('timeout', say('trouble.http.slow', { host }), true);
  // Without a byte of an answer to plain HTTP: so does Plex where "Secure connections" is "Required".
  const silent = protocol === 'http:' && answered === 'nothing';
  return failure(
    'cut',
    silent
      ? say('trouble.http.brokeSecure', { host, secure: secureOnly(host) })
      : say('trouble.http.broke', { host }),
    true,
  );
}

/** The code of an error, or of the error that it wraps. If several addresses were tried, that of the first one. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}

/** The address that was tried, of a failed connection. */
function addressOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('address' in error && typeof error.address === 'string') return error.address;
  return addressOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}

/** What web servers say to plain HTTP on a port for TLS; they do so with 400. */
const PLAIN_HTTP = /plain http request was sent to https|http request to an https server/i;

/** An answer that only says that the server takes secure connections. */
export function wantsTls(
  answer: { readonly status: number; readonly body: Buffer },
  { protocol, host }: URL,
) {
  if (answer.status !== 400 || protocol !== 'http:') return undefined;
  if (!PLAIN_HTTP.test(answer.body.subarray(0, 4_096).toString('utf8'))) return undefined;
  return failure('not-this-kind', say('trouble.http.secureOnly', { host }), true);
}

/** Pages on which proxies ask who somebody is: Authelia, Authentik, Cloudflare Access and others. */
const LOGIN =
  /(?:^|[/._-])(?:log-?in|sign-?in|auth|oauth2?|sso|authelia|outpost\.goauthentik|cdn-cgi\/access|cloudflareaccess)(?:$|[/._-])/i;

/** Where Jellyfin sends whoever is outside of its base path: to its web client, or without one to its documentation. */
const JELLYFIN_PAGE = /^(.*)\/(?:web\/(?:index\.html)?|api-docs\/swagger)$/;

/** A name has at most 253 characters; a path that is longer is no base path. */
const MOST_ORIGIN = 300;
const MOST_PATH = 200;

/**
 * Says where a redirect of this request leads: its origin, and the base path to use if the one typed is incomplete
 * (B1). Never its query.
 */
export function redirected(asked: URL, location: string | string[] | undefined): Trouble {
  const { host } = asked;
  // Jellyfin writes it relative to what was asked for, not to the address of the server (B1).
  const target = URL.parse(Array.isArray(location) ? (location[0] ?? '') : (location ?? ''), asked.href);
  if (!target || target.origin.length > MOST_ORIGIN)
    return { kind: 'redirected', message: say('trouble.http.senseless', { host }) };
  if (LOGIN.test(`${target.hostname}${target.pathname}`))
    return {
      kind: 'redirected',
      message: say('trouble.http.login', { host, to: target.origin }),
    };
  const path = target.pathname.length > MOST_PATH ? '' : (JELLYFIN_PAGE.exec(target.pathname)?.[1] ?? '');
  return {
    kind: 'redirected',
    message: say('trouble.http.redirected', { host, to: `${target.origin}${path}` }),
  };
}
