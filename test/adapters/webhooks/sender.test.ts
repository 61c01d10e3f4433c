/** What a webhook gets, over real sockets: verified as its receiver does it, and whatever that does to Usher. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { eventWire } from '../../../src/adapters/api/wire.ts';
import { createHttpClients, type HttpClientOptions } from '../../../src/adapters/http-client/http-client.ts';
import { createWebhookSender } from '../../../src/adapters/webhooks/sender.ts';
import type { WebhookMessage } from '../../../src/app/ports/webhooks.ts';
import type { AuditEvent } from '../../../src/domain/model.ts';
import { programActor } from '../../../src/domain/programs.ts';
import { ada, here, there } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver at loopback. */
async function receiver(answer: (response: ServerResponse, got: Got) => void, host = '127.0.0.1') {
  const got: Got[] = [];
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const one = { headers: request.headers, body };
      got.push(one);
      answer(response, one);
    });
  };
  const server = createServer(listener).listen(0, host);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { got, port, url: `http://127.0.0.1:${port}/take?key=S3cr3t` };
}
const status = (code: number, headers: Record<string, string> = {}) =>
  receiver((response) => response.writeHead(code, headers).end());

const clock = { now: () => new Date(), steadyMs: () => performance.now() };
function sender(options: Partial<HttpClientOptions> = {}, timeoutMs = 10_000) {
  const http = createHttpClients({ clock, ...options });
  closers.push(() => http.close());
  return createWebhookSender({ http, told: eventWire, clock, timeoutMs });
}

const EVENT: AuditEvent = {
  ...{
    number: 7,
    action: 'grant.ended',
    actorId: programActor({ name: 'shop', requestId: 'r1' }),
    targetId: ada,
  },
  ...{ facts: { server: 'Tower', libraries: ['Größe – 🎬'] }, at: new Date('2026-03-01T12:00:00.123Z') },
};
const { newSecret } = sender();
const SECRET = newSecret();
const message = (url: string, changes: Partial<WebhookMessage> = {}): WebhookMessage => ({
  ...{ webhookId: 'hook', url, secrets: [SECRET], event: EVENT },
  ...changes,
});

describe('what is sent', () => {
  it('is what GET /v1/audit says of the event, and verifies with the library of Standard Webhooks', async () => {
    const { got, url } = await status(204);
    expect(await sender().send(here, message(url))).toEqual({ kind: 'taken', status: 204 });
    const [{ headers, body } = { headers: {}, body: '' }] = got;
    const said = new Verifier(SECRET).verify(body, headers as Record<string, string>);
    expect(said).toEqual({
      ...{ version: 1, type: 'grant.ended', timestamp: '2026-03-01T12:00:00.123Z', guildId: here },
      data: JSON.parse(JSON.stringify(eventWire(EVENT))),
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Usher' });
    expect(() => new Verifier(newSecret()).verify(body, headers as Record<string, string>)).toThrow(
      'No matching signature',
    );
  });

  it('is signed with both secrets while one takes the place of the other', async () => {
    const { got, url } = await status(200);
    const former = newSecret();
    await sender().send(here, message(url, { secrets: [SECRET, former] }));
    const [{ headers, body } = { headers: {}, body: '' }] = got;
    for (const secret of [SECRET, former])
      expect(new Verifier(secret).verify(body, headers as Record<string, string>)).toBeDefined();
    expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2);
  });

  it('is known by one id whenever an event is sent to a webhook, and by no other', async () => {
    const { got, url } = await status(200);
    const { send } = sender();
    await send(here, message(url));
    await send(here, message(url, { secrets: [newSecret()] }));
    await send(there, message(url));
    await send(here, message(url, { webhookId: 'other' }));
    await send(here, message(url, { event: { ...EVENT, number: 8 } }));
    // After a backup was put back, another event has the number.
    await send(here, message(url, { event: { ...EVENT, at: new Date() } }));
    const [first, again, ...others] = got.map(({ headers }) => headers['webhook-id']);
    expect(again).toBe(first);
    expect(new Set([first, ...others]).size).toBe(5);
  });

  it('of a test stands for nothing', async () => {
    const { got, url } = await status(200);
    await sender().send(here, message(url, { event: null }));
    const [{ headers, body } = { headers: {}, body: '' }] = got;
    expect(new Verifier(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      ...{ version: 1, type: 'webhook.test', guildId: here, data: {} },
    });
    expect(headers['webhook-id']).toMatch(/^test_/);
  });
});

describe('a receiver', () => {
  it.each([
    [500, {}, /it answered 500/, undefined, false],
    [404, {}, /it answered 404/, undefined, false],
    [429, { 'retry-after': '120' }, /asks for a pause/, 120_000, false],
    [503, { 'retry-after': '30' }, /it answered 503/, 30_000, false],
    [410, {}, /it is gone \(410\)/, undefined, true],
  ] as const)('that answers %i has not taken it', async (code, headers, why, retryAfterMs, isFinal) => {
    const { url } = await status(code, headers);
    const answer = await sender().send(here, message(url));
    expect(answer).toMatchObject({ kind: 'not-taken', status: code, retryAfterMs, isFinal });
    expect(answer.kind === 'not-taken' && saidPlain(answer.why)).toMatch(why);
  });

  it('that leads on is not followed', async () => {
    const target = await status(200);
    const { url } = await status(307, { location: target.url });
    const answer = await sender().send(here, message(url));
    expect(answer.kind === 'not-taken' && saidPlain(answer.why)).toMatch(/Usher follows none/);
    expect(target.got).toEqual([]);
  });

  it('that answers without end costs no more than a look at its status', async () => {
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const { url } = await receiver((response) => {
      response.writeHead(200, { 'content-length': String(1024 ** 3) });
      const more = () => {
        let goesOn = true;
        while (goesOn && !response.destroyed) {
          written += chunk.length;
          goesOn = response.write(chunk);
        }
      };
      response.on('drain', more);
      more();
    });
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    expect(await sender().send(here, message(url))).toEqual({ kind: 'taken', status: 200 });
    const after = process.memoryUsage();
    expect(after.heapUsed + after.arrayBuffers - heapUsed - arrayBuffers).toBeLessThan(32 * 1024 ** 2);
    // What fits into the buffers of the sockets, and the little that is read.
    expect(written).toBeLessThan(32 * 1024 ** 2);
  });

  it('that hangs is left after ten seconds, and holds up no other of its host', async () => {
    const { url, got } = await receiver((response, { headers }) => {
      if (headers['x-hang'] === undefined && got.length > 3) response.writeHead(204).end();
    });
    const { send } = sender({}, 400);
    const hangs = [1, 2, 3].map((index) => send(here, message(url, { webhookId: `hangs ${index}` })));
    while (got.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(await send(there, message(url, { webhookId: 'well' }))).toEqual({ kind: 'taken', status: 204 });
    for (const answer of await Promise.all(hangs))
      expect(answer.kind === 'not-taken' && saidPlain(answer.why)).toMatch(
        /did not answer within ten seconds/,
      );
  });

  it('that says its status and then nothing more has taken it', async () => {
    const { url } = await receiver((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x');
    });
    expect(await sender({}, 300).send(here, message(url))).toEqual({ kind: 'taken', status: 200 });
  });

  it('that is not there is said so, without path or key', async () => {
    const { url, port } = await status(200);
    await closers.pop()?.();
    const answer = await sender().send(here, message(url));
    const why = answer.kind === 'not-taken' ? saidPlain(answer.why) : '';
    expect(why).toContain(`127.0.0.1:${port}`);
    expect(JSON.stringify(answer)).not.toMatch(/S3cr3t|\/take|whsec/);
  });
});

describe('addresses', () => {
  it('of the own network are not asked where whoever runs Usher has closed it', async () => {
    const { url, got } = await status(200);
    const answer = await sender({ blockPrivate: true }).send(here, message(url));
    expect(answer.kind === 'not-taken' && saidPlain(answer.why)).toMatch(/in a private network/);
    expect(got).toEqual([]);
  });

  it('are those that were checked: a name that moves there is not followed', async () => {
    const { port, got } = await status(200);
    const isPrivate = (address: string) => address === '127.0.0.2';
    // The first look leads to what may be asked, the next ones into the own network.
    const leads = ['127.0.0.1', '127.0.0.2'];
    const resolve = ((_name: string, _options: unknown, done: (error: null, found: object[]) => void) => {
      const address = leads.length > 1 ? leads.shift() : leads[0];
      done(null, [{ address, family: 4 }]);
    }) as unknown as NonNullable<HttpClientOptions['resolve']>;
    const first = sender({ blockPrivate: true, isPrivate, resolve });
    const url = `http://hooks.test:${port}/take`;
    expect(await first.send(here, message(url))).toMatchObject({ kind: 'taken' });
    const second = sender({ blockPrivate: true, isPrivate, resolve });
    const answer = await second.send(here, message(url));
    expect(answer.kind === 'not-taken' && saidPlain(answer.why)).toMatch(/in a private network/);
    expect(got).toHaveLength(1);
  });

  it('outside of a private network are asked with encryption only', async () => {
    const { url, got } = await status(200);
    const answer = await sender({ isOwnNetwork: () => false }).send(here, message(url));
    expect(answer.kind === 'not-taken' && saidPlain(answer.why)).toMatch(/use https/);
    expect(got).toEqual([]);
  });
});
