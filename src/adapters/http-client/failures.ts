/** Why there was no answer, in words for people. */
import { errors } from 'undici';
import type { Trouble } from '../../app/ports/media-server.ts';
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

const NOTHING_THERE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EADDRNOTAVAIL']);

/** What the network did, for people. @throws the error itself when it is a bug of ours. */
export function failureOf(error: unknown, host: string): HttpFailure {
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

/** Pages on which proxies ask who somebody is: Authelia, Authentik, Cloudflare Access and others. */
const LOGIN =
  /(?:^|[/._-])(?:log-?in|sign-?in|auth|oauth2?|sso|authelia|outpost\.goauthentik|cdn-cgi\/access|cloudflareaccess)(?:$|[/._-])/i;

/**
 * Says where a redirect leads: its origin, and the base path to use if the one typed is incomplete (B1). Never its
 * query.
 */
export function redirected(host: string, base: string, location: string | string[] | undefined): Trouble {
  const target = URL.parse(Array.isArray(location) ? (location[0] ?? '') : (location ?? ''), base);
  if (!target) return { kind: 'redirected', message: `${host} leads on to an address that makes no sense.` };
  if (LOGIN.test(`${target.hostname}${target.pathname}`))
    return {
      kind: 'redirected',
      message: `${host} leads on to a login page at ${target.origin}. Use an address that leads past it, or let Usher through there.`,
    };
  const path = /^(.*)\/web\/(index\.html)?$/.exec(target.pathname)?.[1] ?? '';
  return {
    kind: 'redirected',
    message: `${host} leads on to ${target.origin}${path}. Use that address if it is yours.`,
  };
}
