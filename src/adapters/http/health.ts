/**
 * `GET /health` for whatever supervises the container: 200 while Usher is connected to Discord, its database takes
 * writes and its key can be read, 503 otherwise.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../app/ports/log.ts';
import type { Clock } from '../../app/ports/time.ts';

export interface Health {
  readonly discord: boolean;
  /** It takes writes. */
  readonly database: boolean;
  /** The next start will find the key of this database. */
  readonly key: boolean;
}

/** How soon a port is tried again that could not be had. */
const AGAIN_MS = 15_000;

const NOT_SERVED = {
  'port-taken': 'health is not served: another program has the port of HTTP_PORT; Usher goes on without',
  'port-forbidden':
    'health is not served: HTTP_PORT is a port that Usher may not take; Usher goes on without',
  'no-such-host': 'health is not served: HTTP_HOST is not an address of this machine; Usher goes on without',
  unknown: 'health is not served at HTTP_HOST and HTTP_PORT; Usher goes on without',
} as const;

/**
 * Serves it as soon as the port can be had, and says once why it cannot: access ends on time all the same, only whoever
 * asks for the health gets no answer. Port 0 asks for any free one.
 */
export function keepServingHealth(options: {
  readonly host: string;
  readonly port: number;
  readonly check: () => Promise<Health>;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopping: AbortSignal;
}): { stop(): Promise<void> } {
  const { host, port, clock, log, stopping } = options;
  const server = createServer((request, response) => void answer(request, response, options.check));
  // Such as too many open files when somebody connects.
  server.on('error', () => {});

  async function run(): Promise<void> {
    for (let tries = 1; !stopping.aborted; tries += 1) {
      server.listen(port, host);
      try {
        await once(server, 'listening', { signal: stopping });
        log.info({ host, port: (server.address() as AddressInfo).port }, 'health is served');
        return;
      } catch (error) {
        if (stopping.aborted) return;
        const errorCode = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        if (tries === 1) log.error({ host, port, errorCode }, NOT_SERVED[whyNot(errorCode)]);
        await clock.sleep(AGAIN_MS, stopping);
      }
    }
  }

  const serving = run();
  return {
    async stop() {
      server.close();
      server.closeAllConnections();
      await serving;
    },
  };
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  check: () => Promise<Health>,
): Promise<void> {
  if (method !== 'GET' || url !== '/health') {
    response.writeHead(404).end();
    return;
  }
  const health = await check().catch((): Health => ({ discord: false, database: false, key: false }));
  const ok = Object.values(health).every(Boolean);
  response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: ok ? 'ok' : 'not ready', ...health }));
}

function whyNot(code: string): keyof typeof NOT_SERVED {
  if (code === 'EADDRINUSE') return 'port-taken';
  if (code === 'EACCES') return 'port-forbidden';
  return ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'].includes(code) ? 'no-such-host' : 'unknown';
}
