/**
 * Certificates of media servers: what is wrong with one, and connections that accept one certificate by its
 * fingerprint.
 */
import { X509Certificate } from 'node:crypto';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import type { ServerCertificate } from '../../app/ports/media-server.ts';
import { type Sentence, say } from '../../words/say.ts';
import type { Lookup } from './addresses.ts';

const SELF_SIGNED = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN']);
const UNTRUSTED = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

const PEM = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

/**
 * The certificates in a file, which has to be in PEM form.
 * @throws {Error} with what is wrong: TLS would take such a file and trust nobody.
 */
export function authoritiesIn(bytes: Buffer): Buffer {
  const found = bytes.toString('latin1').match(PEM) ?? [];
  if (found.length === 0) throw new Error('it holds no certificate in PEM form');
  for (const pem of found) {
    try {
      new X509Certificate(pem);
    } catch {
      throw new Error('it holds a damaged certificate');
    }
  }
  return bytes;
}

/** The server shows neither the accepted certificate nor one that an authority vouches for. */
class OtherCertificate extends Error {
  readonly code = 'OTHER_CERTIFICATE';
}

/** What is wrong with a certificate, in one sentence; undefined when the error code is not about certificates. */
export function certificateProblem(code: string, host: string): Sentence | undefined {
  if (SELF_SIGNED.has(code)) return say('trouble.tls.selfSigned', { host });
  if (UNTRUSTED.has(code)) return say('trouble.tls.unknown', { host });
  if (code === 'CERT_HAS_EXPIRED') return say('trouble.tls.expired', { host });
  if (code === 'CERT_NOT_YET_VALID') return say('trouble.tls.early', { host });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return say('trouble.tls.otherName', { host });
  if (code === 'OTHER_CERTIFICATE') return say('trouble.tls.other', { host });
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return say('trouble.tls.notHttps', { host });
  if (code.startsWith('CERT_')) return say('trouble.tls.notAccepted', { host, code });
  return undefined;
}

/**
 * Connections to a server whose certificate an admin accepted by its fingerprint. A certificate that an authority
 * vouches for is accepted too, so that the server can change to a proper one. The certificate is checked before
 * anything is sent. `build` makes undici's own connector.
 */
export function pinned(
  fingerprint: string,
  build: (options: buildConnector.BuildOptions) => buildConnector.connector,
): buildConnector.connector {
  // A resumed TLS session would not show the certificate again.
  const connect = build({ rejectUnauthorized: false, maxCachedSessions: 0 });
  return (options, callback) => {
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      if (isTls(socket) && !socket.authorized && socket.getPeerCertificate().fingerprint256 !== fingerprint) {
        socket.destroy();
        return callback(new OtherCertificate(), null);
      }
      callback(null, socket);
    });
  };
}

/**
 * The certificate that a server shows now; undefined when none arrives in time. Takes the options of the connection
 * that failed.
 */
export async function readCertificate(
  url: URL,
  options: { readonly timeout: number; readonly lookup?: Lookup },
): Promise<ServerCertificate | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { promise, resolve } = Promise.withResolvers<ServerCertificate | undefined>();
  const socket = connectTls({
    host,
    port: Number(url.port || 443),
    // The server name of TLS must be a name, not an address (RFC 6066).
    ...(/[a-z]/i.test(host) && !host.includes(':') && { servername: host }),
    rejectUnauthorized: false,
    ...(options.lookup && { lookup: options.lookup }),
  });
  socket.setTimeout(options.timeout);
  socket.once('secureConnect', () => {
    const { fingerprint256, subject, valid_to: validTo } = socket.getPeerCertificate();
    resolve(
      fingerprint256
        ? { fingerprint: fingerprint256, name: [subject.CN].flat()[0] ?? '', validTo: new Date(validTo) }
        : undefined,
    );
  });
  for (const event of ['error', 'timeout', 'close']) socket.once(event, () => resolve(undefined));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

const isTls = (socket: object): socket is TLSSocket => 'getPeerCertificate' in socket;
