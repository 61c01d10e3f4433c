/** Whoever connects and dawdles is shut out, and holds up nobody. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import { keepServing } from '../../../src/adapters/http/server.ts';

const stopping = new AbortController();
const slowest = { headersTimeout: 150, requestTimeout: 300, connectionsCheckingInterval: 30, silence: 900 };
const MUCH = 'x'.repeat(16 * 1024 * 1024);
let port: number;
/** Resolves when the first answer is over: whether all of it was taken. */
let closed: PromiseWithResolvers<boolean>;
let serving: ReturnType<typeof keepServing>;

beforeEach(async () => {
  closed = Promise.withResolvers();
  const listening = Promise.withResolvers<number>();
  serving = keepServing({
    ...{ host: '127.0.0.1', port: 0, clock: systemClock, stopping: stopping.signal, slowest },
    api: {
      isFor: (path) => path.startsWith('/v1'),
      answer: (request, response) => {
        response.once('close', () => closed.resolve(response.writableFinished));
        if (request.url === '/v1/much') response.end(MUCH);
        else request.on('error', () => {}).on('end', () => response.end('read'));
      },
    },
    check: async () => ({ discord: true, database: true, key: true, loop: true, outbox: true }),
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    log: { info: (fields) => listening.resolve(Number(fields.port)), warn() {}, error() {} },
  });
  port = await listening.promise;
});
afterEach(() => serving.stop());

/** Sends the beginning of a request, and waits for what comes. */
function dawdle(beginning: string) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(beginning);
  return socket;
}

const isReady = async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).status;

it.each([
  ['a head that does not end', 'GET /v1/grants HTTP/1.1\r\nHost: a\r\nX-Slow: '],
  ['no head at all', ''],
  [
    'a body that does not end',
    'POST /v1/grants HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
  ],
])('%s: many of them are shut out, and others are answered meanwhile', async (_name, beginning) => {
  const sockets = Array.from({ length: 100 }, () => dawdle(beginning));
  expect(await isReady()).toBe(200);
  const told = await Promise.all(sockets.map((socket) => text(socket)));
  if (beginning !== '') for (const answer of told) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(await isReady()).toBe(200);
});

it('whoever does not read what they asked for is shut out', async () => {
  const socket = dawdle('GET /v1/much HTTP/1.1\r\nHost: a\r\n\r\n');
  socket.pause();
  expect(await closed.promise).toBe(false);
  socket.destroy();
});

it('whoever reads is told all of it', async () => {
  const much = await fetch(`http://127.0.0.1:${port}/v1/much`);
  expect((await much.text()).length).toBe(MUCH.length);
  expect(await closed.promise).toBe(true);
});
