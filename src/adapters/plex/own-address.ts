/**
 * The certificate that plex.tv gives to a server is for a name at plex.direct that holds its address (media-servers.md
 * A1). Whoever typed the address itself is told that name.
 */
import { isIPv4 } from 'node:net';
import { say } from '../../words/say.ts';
import type { HttpAnswer, HttpFailure } from '../http-client/call.ts';

/** `*.<32 hexadecimal digits>.plex.direct`. */
const AT_PLEX_DIRECT = /^\*\.([0-9a-f]{32}\.plex\.direct)$/i;

/** The same outcome, with the name to use where the certificate is for one. `base` is the address that was asked. */
export function withOwnName(outcome: HttpAnswer | HttpFailure, base: string): HttpAnswer | HttpFailure {
  const url = URL.parse(base);
  if (outcome.kind !== 'failure' || outcome.why.kind !== 'tls' || !url) return outcome;
  const { host, hostname, port } = url;
  const name = AT_PLEX_DIRECT.exec(outcome.why.certificate?.name ?? '')?.[1];
  if (name === undefined || !isIPv4(hostname)) return outcome;
  const own = `https://${hostname.replaceAll('.', '-')}.${name}${port === '' ? '' : `:${port}`}`;
  const message = say('trouble.tls.ownName', { host, to: own });
  return { ...outcome, why: { ...outcome.why, message } };
}
