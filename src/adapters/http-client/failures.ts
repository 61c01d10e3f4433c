/** Why there was no answer, in words for people. */
import { errors } from 'undici';
import type { Trouble } from '../../app/ports/media-server.ts';
import { isPrivateAddress } from './addresses.ts';
import type { HttpFailure } from './call.ts';
import { certificateProblem } from './certificates.ts';

/** A part of a call took longer than it may. */
export class PhaseTimeout extends Error {
  readonly code = 'PHASE_TIMEOUT';
}

export const failure = (kind: Trouble['kind'], message: string, sent: boolean): HttpFailure => ({
  kind: 'failure',
  why: { kind, message },
  sent,
});

export const privateAddress = (host: string): HttpFailure =>
  failure(
    'not-possible',
    `${host} is in a private network, which this Usher does not ask. Use a public address.`,
    false,
  );

const secureOnly = (host: string): string =>
  ` This server may take secure connections only (Plex: Settings → Network → Secure connections): try https://${host}.`;

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

const rebinding = (host: string): string =>
  `The name in ${host} does not lead to the server from here. Your router or DNS may block it, because it stands for an address at home (DNS rebinding): allow plex.direct there, use another DNS server, or the plain address with http://.`;

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
      `${host} does not answer in HTTP.${protocol === 'http:' ? secureOnly(host) : ' Is it another port?'}`,
      true,
    );
  const code = codeOf(error);
  if (code === 'PRIVATE_ADDRESS') return privateAddress(host);
  if (code === undefined) throw error; // not a network error but a bug of ours
  if (isPlexDirect(hostname) && isFiltered(error, code, hostname))
    return failure('dns', rebinding(host), false);
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
  // Without a byte of an answer to plain HTTP: so does Plex where "Secure connections" is "Required".
  const silent = protocol === 'http:' && answered === 'nothing';
  return failure(
    'cut',
    `The connection to ${host} broke before the answer was complete.${silent ? secureOnly(host) : ''}`,
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
  return failure('not-this-kind', `${host} takes secure connections only: try https://${host}.`, true);
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
    return { kind: 'redirected', message: `${host} leads on to an address that makes no sense.` };
  if (LOGIN.test(`${target.hostname}${target.pathname}`))
    return {
      kind: 'redirected',
      message: `${host} leads on to a login page at ${target.origin}. Use an address that leads past it, or let Usher through there.`,
    };
  const path = target.pathname.length > MOST_PATH ? '' : (JELLYFIN_PAGE.exec(target.pathname)?.[1] ?? '');
  return {
    kind: 'redirected',
    message: `${host} leads on to ${target.origin}${path}. Use that address if it is yours.`,
  };
}
