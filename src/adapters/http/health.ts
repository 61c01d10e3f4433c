/**
 * `GET /health` for whatever supervises the container: 200 while Usher is connected to Discord and to its database,
 * 503 otherwise.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Health {
  readonly discord: boolean;
  readonly database: boolean;
}

export type ServedHealth =
  | { readonly kind: 'served'; readonly port: number; stop(): Promise<void> }
  | {
      readonly kind: 'not-served';
      readonly why: 'port-taken' | 'port-forbidden' | 'no-such-host' | 'unknown';
      readonly errorCode: string;
    };

/** Resolves to the port it listens on, or why it does not; port 0 asks for any free one. */
export async function serveHealth(options: {
  readonly host: string;
  readonly port: number;
  readonly check: () => Promise<Health>;
}): Promise<ServedHealth> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/health') {
      response.writeHead(404).end();
      return;
    }
    void options
      .check()
      .catch((): Health => ({ discord: false, database: false }))
      .then((health) => {
        const ok = health.discord && health.database;
        response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ status: ok ? 'ok' : 'not ready', ...health }));
      });
  });
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const errorCode = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { kind: 'not-served', why: whyNot(errorCode), errorCode };
  }
  return {
    kind: 'served',
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function whyNot(code: string): Extract<ServedHealth, { kind: 'not-served' }>['why'] {
  if (code === 'EADDRINUSE') return 'port-taken';
  if (code === 'EACCES') return 'port-forbidden';
  return ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'].includes(code) ? 'no-such-host' : 'unknown';
}
