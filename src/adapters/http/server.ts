/**
 * What Usher serves by HTTP to whoever operates it: `GET /health/live` while the process lives, `GET /health/ready`
 * while it can do its work, with what is in the way, and `GET /metrics`. Beside it, where it is switched on, the API
 * for other programs.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../app/ports/log.ts';
import type { Clock } from '../../app/ports/time.ts';
import { withinPatience } from '../../concurrency/patience.ts';

interface Health {
  /** Connected. */
  readonly discord: boolean;
  /** It takes writes. */
  readonly database: boolean;
  /** The next start will find the key of this database. */
  readonly key: boolean;
  /** What is due is looked up, as often as it should be. */
  readonly loop: boolean;
  /** What is owed to Discord leaves. */
  readonly outbox: boolean;
}

/** What is said of each where it is not so: what to look at first. */
const REASONS: Readonly<Record<keyof Health, string>> = {
  discord: 'Usher is not connected to Discord.',
  database: 'The database takes no writes: see the log for why.',
  key: 'The key of the database cannot be read, or is another one: a restart would fail.',
  loop: 'What is due has not been looked up for minutes: access does not end on time.',
  outbox: 'Messages to Discord that could be sent have been waiting for minutes.',
};

const NOTHING: Health = { discord: false, database: false, key: false, loop: false, outbox: false };

/** How soon a port is tried again that could not be had. */
const AGAIN_MS = 15_000;

const NOT_SERVED = {
  'port-taken': 'health is not served: another program has the port of HTTP_PORT; Usher goes on without',
  'port-forbidden':
    'health is not served: HTTP_PORT is a port that Usher may not take; Usher goes on without',
  'no-such-host': 'health is not served: HTTP_HOST is not an address of this machine; Usher goes on without',
  unknown: 'health is not served at HTTP_HOST and HTTP_PORT; Usher goes on without',
} as const;

/** Whoever is slower than that to say what they want, or to read what they are told, holds up a connection. */
const SLOWEST = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  silence: 120_000,
};
/** More would take from media servers and from the database what a process may have open. */
const MOST_CONNECTIONS = 1_000;
/** How long a stop waits for requests that are being answered. */
const DRAIN_MS = 5_000;

/** What is served to other programs. */
export interface ServedApi {
  isFor(path: string): boolean;
  answer(request: IncomingMessage, response: ServerResponse): void;
}

export interface ServedOptions {
  readonly api?: ServedApi | undefined;
  readonly check: () => Promise<Health>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly log: Log;
}

/**
 * Serves it as soon as the port can be had, and says once why it cannot: access ends on time all the same, only whoever
 * asks for the health gets no answer. Port 0 asks for any free one.
 */
export function keepServing(
  options: ServedOptions & {
    readonly host: string;
    readonly port: number;
    readonly clock: Clock;
    readonly stopping: AbortSignal;
    readonly slowest?: typeof SLOWEST;
  },
): { stop(): Promise<void> } {
  const { host, port, clock, log, stopping, slowest = SLOWEST } = options;
  const server = createServer(slowest, (request, response) => {
    if (options.api?.isFor(request.url ?? '')) options.api.answer(request, response);
    else void answer(request, response, options);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(slowest.silence);
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
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if (options.api) await withinPatience(clock, DRAIN_MS, closed);
      server.closeAllConnections();
      await serving;
    },
  };
}

/** Never throws. */
async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { check, metrics, log }: ServedOptions,
): Promise<void> {
  const asked = method === 'GET' ? url : undefined;
  if (asked === '/health/live') return sendJson(response, 200, { status: 'ok' });
  if (asked === '/health/ready') {
    const health = await check().catch(() => NOTHING);
    const reasons = (Object.keys(REASONS) as (keyof Health)[])
      .filter((name) => !health[name])
      .map((name) => REASONS[name]);
    const ok = reasons.length === 0;
    return sendJson(response, ok ? 200 : 503, { status: ok ? 'ok' : 'not ready', ...health, reasons });
  }
  if (asked === '/metrics') {
    try {
      const { contentType, text } = await metrics();
      response.writeHead(200, { 'content-type': contentType }).end(text);
    } catch (err) {
      log.error({ err }, 'what is counted could not be read');
      sendJson(response, 503, { status: 'not ready' });
    }
    return;
  }
  response.writeHead(404).end();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function whyNot(code: string): keyof typeof NOT_SERVED {
  if (code === 'EADDRINUSE') return 'port-taken';
  if (code === 'EACCES') return 'port-forbidden';
  return ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'].includes(code) ? 'no-such-host' : 'unknown';
}
