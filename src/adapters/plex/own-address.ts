/**
 * What a failure at the address of a Plex server means: it may take secure connections only, and then its certificate
 * is for a name at plex.direct that holds its address (media-servers.md A1).
 */
import { isIPv4 } from 'node:net';
import type { HttpAnswer, HttpFailure } from '../http-client/call.ts';

/** `*.<32 hexadecimal digits>.plex.direct`, the name in the certificate that plex.tv gives to a server. */
const AT_PLEX_DIRECT = /^\*\.([0-9a-f]{32}\.plex\.direct)$/i;

/** The same outcome, with what to do where Plex explains the failure. `base` is the address that was asked. */
export function ofMachine(outcome: HttpAnswer | HttpFailure, base: string): HttpAnswer | HttpFailure {
  if (outcome.kind !== 'failure') return outcome;
  const message = explained(outcome, URL.parse(base));
  return message === undefined ? outcome : { ...outcome, why: { ...outcome.why, message } };
}

function explained({ why }: HttpFailure, url: URL | null): string | undefined {
  if (!url) return undefined;
  const { host, hostname, port, protocol } = url;
  if (why.kind === 'cut' && protocol === 'http:')
    return `${why.message} This server may take secure connections only: try https://${host}.`;
  if (why.kind === 'dns' && hostname.endsWith('.plex.direct'))
    return `The name ${hostname} cannot be resolved. Your router or DNS may block it, because it stands for an address in your network (DNS rebinding): allow plex.direct there, or use the address of the server itself.`;
  const name = AT_PLEX_DIRECT.exec(why.certificate?.name ?? '')?.[1];
  if (why.kind !== 'tls' || name === undefined || !isIPv4(hostname)) return undefined;
  const listed = `https://${hostname.replaceAll('.', '-')}.${name}${port === '' ? '' : `:${port}`}`;
  return `The certificate of ${host} is good, but for another name of this server. Use ${listed}, as plex.tv lists it.`;
}
