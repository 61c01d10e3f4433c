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

/**
 * Resolves to the port it listens on; port 0 asks for any free one.
 * @throws {Error} when the port is taken.
 */
export async function serveHealth(options: {
  readonly host: string;
  readonly port: number;
  readonly check: () => Promise<Health>;
}): Promise<{ readonly port: number; stop(): Promise<void> }> {
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
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
