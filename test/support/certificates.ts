/**
 * Certificates for tests. They are made when needed, so that the repository contains no private key and none
 * expires.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';

const OPENSSL = 'openssl';
export const hasOpenssl = spawnSync(OPENSSL, ['version']).status === 0;

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** SHA-256, in the form that Node uses. */
  readonly fingerprint: string;
}

/** A self-signed certificate for a name. With negative days it has expired already. */
export function makeCertificate(name: string, days = '2'): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'usher-tls-'));
  try {
    const [keyFile, csr, certFile] = ['key.pem', 'request.pem', 'cert.pem'].map((file) => join(folder, file));
    const run = (...args: string[]) => execFileSync(OPENSSL, args, { stdio: 'ignore' });
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    run('req', '-new', ...curve, '-keyout', `${keyFile}`, '-out', `${csr}`, '-subj', `/CN=${name}`);
    run('x509', '-req', '-in', `${csr}`, '-signkey', `${keyFile}`, '-days', days, '-out', `${certFile}`);
    const [key, cert] = [readFileSync(`${keyFile}`, 'utf8'), readFileSync(`${certFile}`, 'utf8')];
    return { key, cert, fingerprint: new X509Certificate(cert).fingerprint256 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** TLS in front of a server that speaks plain HTTP, like a reverse proxy. `show` changes the certificate. */
export class TlsFront {
  readonly url: string;
  readonly #server: Server;
  readonly #open: Set<Socket>;

  private constructor(server: Server, url: string, open: Set<Socket>) {
    this.#server = server;
    this.#open = open;
    this.url = url;
  }

  static async open(target: string, certificate: Certificate): Promise<TlsFront> {
    const { hostname, port } = new URL(target);
    const open = new Set<Socket>();
    const server = createServer(certificate, (socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      const behind = connect(Number(port), hostname);
      // Either end may close the connection.
      for (const end of [socket, behind]) end.on('error', () => {});
      socket.pipe(behind).pipe(socket);
    });
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return new TlsFront(server, `https://127.0.0.1:${address.port}`, open);
  }

  /** Shows another certificate from now on, as after a restart: what is open is cut. */
  show({ key, cert }: Certificate): void {
    this.#server.setSecureContext({ key, cert });
    for (const socket of this.#open) socket.destroy();
  }

  close(): void {
    this.#server.close();
  }
}
