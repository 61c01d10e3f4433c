import type { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isOwnNetwork, isPrivateAddress } from '../../../src/adapters/http-client/addresses.ts';
import {
  nameFrom,
  refusedUnasked,
  retryAfterMs,
  troubleOfStatus,
} from '../../../src/adapters/http-client/answers.ts';
import { normaliseBaseUrl } from '../../../src/adapters/http-client/base-url.ts';
import { createHttpClients, type HttpClientOptions } from '../../../src/adapters/http-client/http-client.ts';
import { toGuildId } from '../../../src/domain/ids.ts';
import { type Certificate, hasOpenssl, makeCertificate } from '../../support/certificates.ts';
import { here, there } from '../../support/people.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';

const NOW = new Date('2026-11-01T12:00:00Z');
const SECRET = 'tok-SECRET-42';
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Time that passes, and a clock that is set. */
class HandClock {
  #now = NOW;
  #steadyMs = 0;
  now = () => this.#now;
  steadyMs = () => this.#steadyMs;
  set(now: Date): void {
    this.#now = now;
  }
  pass(ms: number): void {
    this.#now = new Date(this.#now.getTime() + ms);
    this.#steadyMs += ms;
  }
}

const clients = (options: Partial<HttpClientOptions> = {}) => {
  const made = createHttpClients({ clock: new HandClock(), ...options });
  closers.push(() => made.close());
  return made;
};
const client = (options: Partial<HttpClientOptions> = {}) => clients(options).of(here);

/** Listens on loopback; resolves to the port. */
const listen = async (server: Server, host = '127.0.0.1'): Promise<number> => {
  const sockets = new Set<Socket>();
  for (const event of ['connection', 'secureConnection'])
    server.on(event, (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
    });
  server.listen(0, host);
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
};
const serve = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(listener))}`;

/** A resolver that returns these lists of addresses, one after the other; the last one from then on. */
function resolving(...answers: readonly (readonly string[])[]) {
  let asked = 0;
  const resolve = (_name: string, _options: unknown, done: (error: null, found: object[]) => void) => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return resolve as unknown as NonNullable<HttpClientOptions['resolve']>;
}

const get = { method: 'GET', path: '/x', query: { secret: SECRET }, headers: { 'x-token': SECRET } } as const;
const post = { ...get, method: 'POST', json: { password: SECRET } } as const;

describe('addresses (edge case 38)', () => {
  it.each([
    [' http://tower.local:8096/ ', 'http://tower.local:8096'],
    ['HTTP://Tower.Local', 'http://tower.local'],
    ['http://tower.local:80/jellyfin/', 'http://tower.local/jellyfin'],
    ['https://tower.local:443', 'https://tower.local'],
    ['https://tower.local:8920//media//jellyfin//', 'https://tower.local:8920/media/jellyfin'],
    ['http://[2001:DB8::1]:8096', 'http://[2001:db8::1]:8096'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example'],
  ])('%s is %s', (typed, url) => {
    expect(normaliseBaseUrl(typed)).toEqual({ kind: 'url', url });
  });

  it.each([
    'tower.local:8096',
    'ftp://tower.local',
    'javascript:alert(1)',
    'http://',
    'http://boss:hunter2@tower.local',
    'http://tower.local/?token=hunter2',
    'http://tower.local/web/#!/home',
    'http://[fe80::1%25eth0]:8096',
    'http://tower local',
    '',
  ])('%s is not usable, in a sentence without secrets', (typed) => {
    const result = normaliseBaseUrl(typed);
    expect(inEnglish(result)).toEqual({ kind: 'unusable', message: expect.stringMatching(/\.$/) });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

describe('Retry-After (edge case 17)', () => {
  it.each([
    ['5', 5_000],
    ['005', 5_000],
    ['86400', 300_000],
    ['Sun, 01 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Nov 2020 12:00:30 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});

describe('what an unsuccessful status means', () => {
  const answer = (status: number, body = '') => ({
    kind: 'answer' as const,
    status,
    host: 'tower:80',
    headers: {},
    body: Buffer.from(body),
    retryAfterMs: undefined,
    reason: undefined,
  });

  it.each(['The plain HTTP request was sent to HTTPS port', 'Client sent an HTTP request to a TLS server.'])(
    '400 of an https port: %s',
    (page) => {
      expect(inEnglish(troubleOfStatus(answer(400, page)))).toEqual({
        kind: 'tls',
        message: 'tower:80 speaks https on this port. Write https:// in front.',
      });
    },
  );

  it('401 and 403 are about a token only when one was sent', () => {
    for (const status of [401, 403])
      expect(inEnglish(refusedUnasked(answer(status), 'Jellyfin'))).toMatchObject({
        kind: 'not-this-kind',
        message: expect.stringMatching(/before it says what it is.*No token was sent\./),
      });
    expect(refusedUnasked(answer(404), 'Jellyfin')).toBeUndefined();
  });
});

describe('names (edge case 23)', () => {
  it.each([
    ['a\u0000b\u0002c\n', 'abc'],
    ['Fête 🎬', 'Fête 🎬'],
    ['\ud83c broken', 'broken'],
    ['🎬'.repeat(300), '🎬'.repeat(100)],
    ['__proto__', '__proto__'],
  ])('%j', (text, expected) => {
    expect(nameFrom(text)).toBe(expected);
  });
});

describe('answers', () => {
  it('joins base path and path as text, and sends JSON', async () => {
    const seen: string[] = [];
    const base = await serve((req, res) => {
      seen.push(`${req.method} ${req.url} ${req.headers['content-type'] ?? '-'}`);
      req.resume().on('end', () => res.writeHead(201, { 'retry-after': '005' }).end('{"a":1}'));
    });
    const answer = await client().call({ ...post, base: `${base}/jellyfin`, path: '/System/Info' });
    expect(answer).toMatchObject({ kind: 'answer', status: 201, retryAfterMs: 5_000 });
    expect(answer.kind === 'answer' && answer.body.toString()).toBe('{"a":1}');
    expect(seen).toEqual([`POST /jellyfin/System/Info?secret=${SECRET} application/json`]);
  });

  it.each([
    [401, 'unauthorised'],
    [403, 'forbidden'],
    [429, 'rate-limited'],
    [503, 'not-understood'],
    [500, 'not-understood'],
    [418, 'not-understood'],
  ])('status %i is of the family %s', async (status, kind) => {
    const base = await serve((_req, res) => res.writeHead(status, { 'retry-after': '7' }).end(SECRET));
    const answer = await client().call({ ...get, base });
    if (answer.kind === 'failure') throw new Error(saidPlain(answer.why.message));
    const trouble = troubleOfStatus(answer);
    expect(trouble.kind).toBe(kind);
    expect(trouble.retryAfterMs).toBe(status === 429 || status === 503 ? 7_000 : undefined);
    expect(trouble.message).not.toContain(SECRET);
  });

  it('does one thing per key at a time, and goes on after a failure', async () => {
    const http = client();
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = http.inTurn('k', async () => {
      await gate.promise;
      order.push('first');
      throw new Error('first fails');
    });
    const second = http.inTurn('k', async () => order.push('second'));
    await http.inTurn('other', async () => order.push('other'));
    gate.resolve();
    await expect(first).rejects.toThrow('first fails');
    await second;
    expect(order).toEqual(['other', 'first', 'second']);
  });
});

describe('failures', () => {
  it.each(['tower.local:8096', '', 'http://boss:tok-SECRET-42@127.0.0.1'])(
    'an address that is none: %j',
    async (base) => {
      const result = await client().call({ ...get, base });
      expect(result).toMatchObject({ kind: 'failure', why: { kind: 'not-possible' }, sent: false });
      expect(JSON.stringify(result)).not.toContain(SECRET);
    },
  );

  const expectFailure = async (
    base: string,
    expected: { readonly kind: string; readonly message?: RegExp; readonly sent?: boolean },
    options: Partial<HttpClientOptions> = {},
    call: typeof get | typeof post = get,
  ) => {
    const result = await client(options).call({ ...call, base });
    if (result.kind === 'answer') throw new Error(`answered ${result.status}`);
    expect(result.why.kind).toBe(expected.kind);
    expect(inEnglish(result.why.message)).toMatch(expected.message ?? /[.?]$/);
    expect(result.sent).toBe(expected.sent ?? true);
    expect(JSON.stringify(result)).not.toContain(SECRET);
  };

  it('dns', () => expectFailure('http://nowhere.invalid', { kind: 'dns', sent: false }));

  it('refused', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    await once(server, 'close');
    closers.pop();
    await expectFailure(`http://127.0.0.1:${port}`, { kind: 'refused', sent: false });
  });

  it('40: timeout: headers never come', async () => {
    const base = await serve(() => {});
    await expectFailure(base, { kind: 'timeout' }, { timeouts: { headersMs: 50 } });
  });

  it('40: timeout: a byte now and then is not enough for the body', async () => {
    const base = await serve((_req, res) => {
      const timer = setInterval(() => res.write('x'), 20);
      res.on('close', () => clearInterval(timer));
    });
    await expectFailure(base, { kind: 'timeout' }, { timeouts: { bodyMs: 150 } });
  });

  it('40: timeout: all in all', async () => {
    const base = await serve(() => {});
    await expectFailure(base, { kind: 'timeout' }, { timeouts: { totalMs: 50 } });
  });

  it.each([
    ['before the answer', ''],
    ['inside the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
    ['inside a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf'],
  ])('cut %s: a read is tried once more, a write never', async (_where, text) => {
    for (const [call, expected] of [
      [get, 2],
      [post, 1],
    ] as const) {
      let connections = 0;
      const server = createTcpServer((socket) => {
        connections += 1;
        socket.on('error', () => {});
        socket.once('data', () => socket.end(text));
      });
      await expectFailure(`http://127.0.0.1:${await listen(server)}`, { kind: 'cut' }, {}, call);
      expect(inEnglish(connections)).toBe(expected);
    }
  });

  it('a read that was cut once succeeds the second time', async () => {
    let requests = 0;
    const base = await serve((req, res) => {
      requests += 1;
      if (requests === 1) req.socket.destroy();
      else res.end('whole');
    });
    const answer = await client().call({ ...get, base });
    expect(answer.kind === 'answer' && answer.body.toString()).toBe('whole');
  });

  it.each([
    ['https://elsewhere.example/tv?next=tok-SECRET-42', /leads on to https:\/\/elsewhere\.example\. /],
    ['/login?next=tok-SECRET-42', /leads on to a login page at http:\/\/127\.0\.0\.1:\d+\. /],
    ['https://auth.example.org/?rd=tok-SECRET-42', /a login page at https:\/\/auth\.example\.org\. /],
    ['https://team.cloudflareaccess.com/cdn-cgi/access/login/x?kid=tok-SECRET-42', /a login page at https/],
    ['https://tv.example.org/outpost.goauthentik.io/start', /a login page at https/],
    ['/jellyfin/web/', /leads on to http:\/\/127\.0\.0\.1:\d+\/jellyfin\. /],
    ['../jellyfin/api-docs/swagger', /leads on to http:\/\/127\.0\.0\.1:\d+\/jellyfin\. /],
    ['/somewhere/tok-SECRET-42', /leads on to http:\/\/127\.0\.0\.1:\d+\. /],
    ['http://', /makes no sense/],
  ])('redirected to %s: never followed, the target is named without its query', async (location, message) => {
    let requests = 0;
    const base = await serve((_req, res) => {
      requests += 1;
      res.writeHead(302, { location }).end();
    });
    await expectFailure(base, { kind: 'redirected', message });
    expect(requests).toBe(1);
  });

  it('no HTTP at all', async () => {
    const server = createTcpServer((socket) =>
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n')),
    );
    await expectFailure(`http://127.0.0.1:${await listen(server)}`, { kind: 'not-this-kind' });
  });

  it('more than can be read', async () => {
    const base = await serve((_req, res) => res.end('x'.repeat(2_000)));
    await expectFailure(base, { kind: 'too-large', message: /more than/ }, { maxBytes: 1_000 });
  });

  it('tls: http on a port that is asked for https', async () => {
    const base = await serve((_req, res) => res.end());
    await expectFailure(base.replace('http:', 'https:'), {
      kind: 'tls',
      message: /does not speak https/,
      sent: false,
    });
  });
});

describe.skipIf(!hasOpenssl)('certificates (edge case 37)', () => {
  const serveTls = async (pair: Certificate): Promise<string> => {
    const server = createTlsServer(pair, (_req, res) => res.end('hello'));
    server.on('tlsClientError', () => {});
    return `https://localhost:${await listen(server)}`;
  };

  it('37: self-signed is refused and named, and accepted when it is given', async () => {
    const pair = makeCertificate('localhost');
    const base = await serveTls(pair);
    expect(inEnglish(await client().call({ ...get, base }))).toMatchObject({
      why: { kind: 'tls', message: expect.stringContaining('self-signed') },
      sent: false,
    });
    expect(await client({ ca: Buffer.from(pair.cert) }).call({ ...get, base })).toMatchObject({
      status: 200,
    });
  });

  it('37: expired', async () => {
    const pair = makeCertificate('localhost', '-1');
    expect(
      inEnglish(await client({ ca: pair.cert }).call({ ...get, base: await serveTls(pair) })),
    ).toMatchObject({
      why: { kind: 'tls', message: expect.stringContaining('expired') },
      sent: false,
    });
  });

  it('37: for another name', async () => {
    const pair = makeCertificate('tower.example');
    expect(
      inEnglish(await client({ ca: pair.cert }).call({ ...get, base: await serveTls(pair) })),
    ).toMatchObject({
      why: { kind: 'tls', message: expect.stringContaining('another name') },
      sent: false,
    });
  });

  it('37: one that is accepted by its fingerprint is taken, and no other', async () => {
    const [ours, theirs] = [makeCertificate('tower.example', '-1'), makeCertificate('tower.example')];
    const [base, elsewhere] = [await serveTls(ours), await serveTls(theirs)];
    const refused = await client().call({ ...get, base });
    if (refused.kind !== 'failure') throw new Error('it was taken unseen');
    const { certificate } = refused.why;
    expect(certificate).toMatchObject({ fingerprint: ours.fingerprint, name: 'tower.example' });
    expect(certificate?.validTo.getTime()).toBeLessThan(Date.now());
    const pinned = client();
    for (let call = 0; call < 3; call += 1)
      expect(await pinned.call({ ...get, base, certificate: ours.fingerprint })).toMatchObject({
        status: 200,
      });
    expect(
      inEnglish(await pinned.call({ ...get, base: elsewhere, certificate: ours.fingerprint })),
    ).toMatchObject({
      why: {
        kind: 'tls',
        message: expect.stringContaining('another certificate than the one that was accepted'),
        certificate: { fingerprint: theirs.fingerprint },
      },
      sent: false,
    });
  });

  it('37: beside one that was accepted, one that an authority vouches for is taken', async () => {
    const [ours, known] = [makeCertificate('localhost'), makeCertificate('localhost')];
    const base = await serveTls(known);
    const call = { ...get, base, certificate: ours.fingerprint };
    expect(await client({ ca: known.cert }).call(call)).toMatchObject({ status: 200 });
    expect(await client().call(call)).toMatchObject({ why: { kind: 'tls' } });
  });

  it('37: nothing is sent to a server with another certificate', async () => {
    const seen: string[] = [];
    const theirs = makeCertificate('localhost');
    const server = createTlsServer(theirs, (request, response) => {
      seen.push(`${request.method}`);
      response.end();
    });
    const base = `https://localhost:${await listen(server)}`;
    const { fingerprint } = makeCertificate('localhost');
    await client().call({ ...get, base, headers: { 'x-plex-token': 'secret' }, certificate: fingerprint });
    expect(seen).toEqual([]);
  });

  it('37: a private address is not asked for its certificate either, where those are blocked', async () => {
    const base = await serveTls(makeCertificate('localhost'));
    const answer = await client({ blockPrivate: true }).call({ ...get, base });
    expect(answer).toMatchObject({ why: { kind: 'blocked' } });
    expect(answer).not.toMatchObject({ why: { certificate: expect.anything() } });
  });
});

describe('a server that is asked much', () => {
  /** A server that holds back every answer until the test releases it, and counts how many it held at once. */
  async function holding() {
    const held: (() => void)[] = [];
    let most = 0;
    const base = await serve((_request, response) => {
      held.push(() => response.end('{}'));
      most = Math.max(most, held.length);
    });
    const letGo = () => {
      for (const answer of held.splice(0)) answer();
    };
    return { base, letGo, most: () => most, held };
  }

  it.each([
    ['reads', get, 4],
    ['writes', post, 2],
  ] as const)('gets few %s at a time; the others wait, and all are answered', async (_name, call, atOnce) => {
    const server = await holding();
    const http = client();
    const calls = Array.from({ length: 10 }, () => http.call({ ...call, base: server.base }));
    let open = calls.length;
    for (const one of calls) void one.then(() => (open -= 1));
    while (open > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      if (server.held.length === Math.min(atOnce, open)) server.letGo();
    }
    for (const answer of await Promise.all(calls))
      expect(answer).toMatchObject({ kind: 'answer', status: 200 });
    expect(server.most()).toBe(atOnce);
  });

  it('holds up no other server, and no other owner at the same one', async () => {
    const slow = await holding();
    const quick = await serve((_request, response) => response.end('{}'));
    const http = client();
    const stuck = Array.from({ length: 9 }, () => http.call({ ...get, base: slow.base, lane: 'one' }));
    expect(await http.call({ ...get, base: quick })).toMatchObject({ kind: 'answer' });
    const other = http.call({ ...get, base: slow.base, lane: 'two' });
    while (slow.held.length < 5) await new Promise((resolve) => setImmediate(resolve));
    const ends = Promise.all([...stuck, other]);
    let done = false;
    void ends.then(() => {
      done = true;
    });
    while (!done) {
      slow.letGo();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await other).toMatchObject({ kind: 'answer' });
  });
});

describe('guilds that ask the same server', () => {
  /** A server that holds back every answer until the test gives it. */
  async function slowly() {
    const held: { readonly path: string; readonly answer: () => void }[] = [];
    const base = await serve((request, response) => {
      held.push({ path: request.url ?? '', answer: () => response.end('{}') });
    });
    const holds = async (count: number) => {
      while (held.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const answerAll = async (calls: readonly Promise<unknown>[]) => {
      let isOver = false;
      const all = Promise.all(calls).finally(() => (isOver = true));
      while (!isOver) {
        held.shift()?.answer();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return await all;
    };
    return { base, held, holds, answerAll };
  }

  it('take turns: one request waits for the next place, however many of another guild wait', async () => {
    const server = await slowly();
    const both = clients();
    const ask = (guildId: typeof here, path: string) =>
      both.of(guildId).call({ method: 'GET', base: server.base, path });
    const many = Array.from({ length: 50 }, () => ask(here, '/many'));
    const one = ask(there, '/one');
    await server.holds(4);
    server.held.shift()?.answer();
    await server.holds(4);
    const paths = server.held.map(({ path }) => path);
    // What the server bears is the same for both together.
    expect([paths.length, paths.includes('/one')]).toEqual([4, true]);
    await server.answerAll([...many, one]);
    expect(await one).toMatchObject({ status: 200 });
  });

  it('a single guild never has all places at the vendor, however long its requests hang', async () => {
    const server = await slowly();
    const both = clients();
    const ask = (guildId: typeof here, path: string, lane: string) =>
      both.of(guildId).call({ method: 'GET', base: server.base, path, lane, operators: true });
    const many = Array.from({ length: 40 }, (_each, n) => ask(here, '/many', `owner ${n}`));
    await server.holds(8);
    const one = ask(there, '/one', 'another');
    await server.holds(9);
    expect(server.held.map(({ path }) => path).toSorted()).toEqual([...Array(8).fill('/many'), '/one']);
    await server.answerAll([...many, one]);
  });

  it('share none of its failures: no breaker and no pause of one is met by the other', async () => {
    const asked: string[] = [];
    const base = await serve((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/cut') request.socket.destroy();
      else response.writeHead(request.url === '/much' ? 429 : 200, { 'retry-after': '60' }).end('{}');
    });
    const both = clients();
    const [bad, good] = [both.of(here), both.of(there)];
    const to = (path: string) => ({ method: 'POST', base, path }) as const;
    for (let n = 0; n < 6; n += 1) expect(await bad.call(to('/cut'))).toMatchObject({ kind: 'failure' });
    expect(asked).toHaveLength(5);
    expect(await good.call(to('/fine'))).toMatchObject({ status: 200 });
    await good.call(to('/much'));
    expect(await good.call(to('/fine'))).toMatchObject({ status: 429 });
    const third = both.of(toGuildId('300000000000000003'));
    expect(await third.call(to('/fine'))).toMatchObject({ status: 200 });
  });

  it('an address of the operator is another place than the same one typed by a community', async () => {
    const server = await slowly();
    const http = client();
    const typed = Array.from({ length: 9 }, () =>
      http.call({ method: 'GET', base: server.base, path: '/t' }),
    );
    await server.holds(4);
    const vendors = http.call({ method: 'GET', base: server.base, path: '/v', operators: true });
    await server.holds(5);
    expect(server.held.at(-1)?.path).toBe('/v');
    await server.answerAll([...typed, vendors]);

    const dead = await serve((request) => request.socket.destroy());
    for (let n = 0; n < 5; n += 1) await http.call({ method: 'POST', base: dead, path: '/t' });
    expect(await http.call({ method: 'POST', base: dead, path: '/t' })).toMatchObject({ sent: false });
    expect(await http.call({ method: 'POST', base: dead, path: '/v', operators: true })).toMatchObject({
      sent: true,
    });
  });
});

describe('a server that gives no answer at all', () => {
  it('is left alone for a while after five times, and asked again then', async () => {
    let asked = 0;
    let alive = false;
    const base = await serve((request, response) => {
      asked += 1;
      if (alive) response.end('{}');
      else request.socket.destroy();
    });
    const clock = new HandClock();
    const http = client({ clock });
    const write = () => http.call({ ...post, base });
    for (let n = 0; n < 5; n += 1) expect(await write()).toMatchObject({ why: { kind: 'cut' } });
    expect(asked).toBe(5);
    // It was certainly not sent, so it certainly did not happen.
    expect(await write()).toMatchObject({ kind: 'failure', why: { kind: 'cut' }, sent: false });
    expect(asked).toBe(5);
    clock.pass(5_000);
    // Still dead: once is enough to leave it alone again.
    await write();
    await write();
    expect(asked).toBe(6);
    alive = true;
    clock.pass(4_999);
    // A clock that is set back makes it no longer.
    clock.set(new Date(NOW.getTime() - 3_600_000));
    expect(await write()).toMatchObject({ kind: 'failure' });
    clock.pass(1);
    expect(await write()).toMatchObject({ kind: 'answer', status: 200 });
    expect(asked).toBe(7);
  });

  it('is asked all the same when a person asks, and is left alone no more once it answers', async () => {
    let alive = false;
    const base = await serve((request, response) => {
      if (alive) response.end('{}');
      else request.socket.destroy();
    });
    const http = client({ clock: new HandClock() });
    const write = () => http.call({ ...post, base });
    for (let n = 0; n < 5; n += 1) await write();
    alive = true;
    expect(await write()).toMatchObject({ kind: 'failure', sent: false });
    expect(await http.call({ ...post, base, isAsked: true })).toMatchObject({ kind: 'answer', status: 200 });
    expect(await write()).toMatchObject({ kind: 'answer', status: 200 });
  });

  it('is not meant by answers of any status', async () => {
    let asked = 0;
    const base = await serve((_request, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    const http = client();
    for (let n = 0; n < 8; n += 1) await http.call({ ...post, base });
    expect(asked).toBe(8);
  });
});

describe('a server that asks for a pause', () => {
  it('17: is not asked again before it is over, and others are', async () => {
    let asked = 0;
    const base = await serve((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(429, { 'retry-after': '005' }).end();
      else response.end('{}');
    });
    const clock = new HandClock();
    const http = client({ clock });
    const status = async (lane = '') => {
      const answer = await http.call({ ...post, base, lane });
      return answer.kind === 'answer' ? [answer.status, answer.retryAfterMs] : answer.why.kind;
    };
    expect(await status()).toEqual([429, 5_000]);
    clock.pass(2_000);
    // It is over five seconds later, whatever the clock is set to meanwhile.
    clock.set(new Date(NOW.getTime() - 3_600_000));
    expect([await status(), asked]).toEqual([[429, 3_000], 1]);
    expect(await status('another owner')).toEqual([200, undefined]);
    clock.pass(3_000);
    expect([await status(), asked]).toEqual([[200, undefined], 3]);
  });

  it('17: without saying how long gets ten seconds', async () => {
    let asked = 0;
    const base = await serve((_request, response) => {
      asked += 1;
      response.writeHead(429, { 'retry-after': 'soon' }).end();
    });
    const clock = new HandClock();
    const http = client({ clock });
    for (const [passed, sent] of [
      [0, 1],
      [9_999, 1],
      [1, 2],
    ] as const) {
      clock.pass(passed);
      await http.call({ ...post, base });
      expect(asked).toBe(sent);
    }
  });
});

describe('private addresses', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '192.0.0.1',
    '192.0.2.1',
    '192.31.196.1',
    '192.52.193.1',
    '192.88.99.1',
    '192.175.48.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::10.0.0.1',
    '::8.8.8.8',
    'fd00::1',
    'fc00::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::8.8.8.8',
    '64:ff9b:1:a00::1',
    '100::1',
    '100:0:0:1::1',
    '2001::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:a00:1::1',
    '2002:808:808::1',
    '2620:4f:8000::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
  ])('%s is one', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    ...['1.1.1.1', '172.32.0.1', '100.128.0.1', '192.0.1.1', '198.20.0.1', '223.255.255.255'],
    ...['2606:4700::1111', '2001:200::1', '2003::1', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1', 'tower.example'],
  ])('%s is none', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });

  it.each([
    ...['127.0.0.1', '10.1.2.3', '192.168.1.5', '172.16.0.1', '169.254.1.1', '100.100.1.1'],
    ...['::1', 'fd00::1', 'fe80::1', '::ffff:192.168.1.5'],
  ])('%s is in the own network', (address) => {
    expect(isOwnNetwork(address)).toBe(true);
  });

  it.each([
    ...['8.8.8.8', '203.0.113.7', '0.0.0.0', '172.32.0.1', '::ffff:8.8.8.8', '2606:4700::1111'],
    // What only carries a private address may be sent through anybody's network.
    ...['64:ff9b::10.0.0.1', '2002:a00:1::1', '::10.0.0.1', 'fec0::1', 'tower.local', ''],
  ])('%s is not', (address) => {
    expect(isOwnNetwork(address)).toBe(false);
  });

  it('are refused where they are blocked, typed or hidden behind a name, and nothing is sent', async () => {
    let asked = 0;
    const base = await serve((_request, response) => {
      asked += 1;
      response.end('{}');
    });
    const { port } = new URL(base);
    const expectRefused = async (http: ReturnType<typeof client>, address: string) => {
      const answer = await http.call({ ...post, base: address });
      expect(answer).toMatchObject({ kind: 'failure', sent: false, why: { kind: 'blocked' } });
      expect(inEnglish(answer.kind === 'failure' && answer.why.message)).toMatch(/private network/);
    };
    await expectRefused(client({ blockPrivate: true }), base);
    await expectRefused(client({ blockPrivate: true }), `http://[::1]:${port}`);
    const flips = client({ blockPrivate: true, resolve: resolving(['1.1.1.1', '127.0.0.1']) });
    await expectRefused(flips, `http://tower.example:${port}`);
    expect(inEnglish(asked)).toBe(0);
  });

  it('behind a name that means another one each time: the address that was checked is the one that is asked', async () => {
    const asked: string[] = [];
    const port = await listen(
      createServer((request, response) => {
        asked.push(request.socket.localAddress ?? '');
        // A connection of its own for each request, and so a look-up of its own.
        response.writeHead(200, { connection: 'close' }).end('{}');
      }),
      '0.0.0.0',
    );
    const http = client({
      blockPrivate: true,
      // For this test 127.0.0.2 is a public address.
      isPrivate: (address) => address !== '127.0.0.2' && isPrivateAddress(address),
      resolve: resolving(['127.0.0.2'], ['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2', '127.0.0.1']),
    });
    const kinds: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const answer = await http.call({ ...post, base: `http://rebinds.example:${port}` });
      kinds.push(answer.kind === 'failure' ? answer.why.kind : answer.kind);
    }
    expect(kinds).toEqual(['answer', 'blocked', 'answer', 'blocked']);
    expect(asked).toEqual(['127.0.0.2', '127.0.0.2']);
  });

  it('at the end of a redirect are not asked either', async () => {
    let asked = 0;
    const inside = await serve((_request, response) => {
      asked += 1;
      response.end('{}');
    });
    const port = await listen(
      createServer((_request, response) => response.writeHead(302, { location: `${inside}/x` }).end()),
      '0.0.0.0',
    );
    const http = client({ blockPrivate: true, isPrivate: (address) => address !== '127.0.0.2' });
    const answer = await http.call({ ...get, base: `http://127.0.0.2:${port}`, plainHttp: true });
    expect(answer).toMatchObject({ kind: 'failure', why: { kind: 'redirected' } });
    expect(asked).toBe(0);
  });

  it('of the operator are asked all the same, and all where nothing is blocked', async () => {
    const base = await serve((_request, response) => response.end('{}'));
    const blocked = client({ blockPrivate: true });
    expect(await blocked.call({ ...get, base, operators: true })).toMatchObject({ kind: 'answer' });
    expect(await client().call({ ...get, base })).toMatchObject({ kind: 'answer' });
  });
});

describe('plain HTTP', () => {
  /** For these tests 127.0.0.2 is an address outside of the own network. */
  const isOwn = (address: string) => address !== '127.0.0.2' && isOwnNetwork(address);
  /** Answers with the address at which it was asked; `closes` makes each request a connection of its own. */
  const echo = async (closes: boolean) => {
    const asked: string[] = [];
    const port = await listen(
      createServer((request, response) => {
        asked.push(
          `${request.socket.localAddress} ${request.headers['x-token'] === SECRET ? 'key' : 'open'}`,
        );
        if (closes) response.setHeader('connection', 'close');
        response.end('{}');
      }),
      '0.0.0.0',
    );
    return { asked, port };
  };

  it('is refused outside of the own network, before anything is sent, unless an admin has taken it', async () => {
    const { asked, port } = await echo(false);
    const http = client({ isOwnNetwork: isOwn, resolve: resolving(['127.0.0.2']) });
    for (const base of [`http://127.0.0.2:${port}`, `http://tower.example:${port}`]) {
      const refused = await http.call({ ...get, base });
      expect(refused).toMatchObject({ kind: 'failure', sent: false, why: { kind: 'plain-http' } });
      expect(JSON.stringify(inEnglish(refused))).toContain('nothing would be encrypted');
    }
    expect(inEnglish(asked)).toEqual([]);
    expect(inEnglish(await http.call({ ...get, base: `http://127.0.0.1:${port}` }))).toMatchObject({
      kind: 'answer',
    });
    for (const base of [`http://127.0.0.2:${port}`, `http://tower.example:${port}`])
      expect(inEnglish(await http.call({ ...get, base, plainHttp: true }))).toMatchObject({ kind: 'answer' });
    // What was taken for one server says nothing of another at the same address.
    expect(inEnglish(await http.call({ ...get, base: `http://127.0.0.2:${port}` }))).toMatchObject({
      why: { kind: 'plain-http' },
    });
    expect(asked).toEqual(['127.0.0.1 key', '127.0.0.2 key', '127.0.0.2 key']);
  });

  it('to the operator’s own addresses is the operator’s choice', async () => {
    const { port } = await echo(false);
    const http = client({ isOwnNetwork: isOwn });
    const base = `http://127.0.0.2:${port}`;
    expect(await http.call({ ...get, base, operators: true })).toMatchObject({ kind: 'answer' });
  });

  it('says what is wrong where nothing answers: there is nothing to take', async () => {
    const { port } = await echo(false);
    const http = client({ isOwnNetwork: () => false });
    expect(await http.call({ ...get, base: `http://127.0.0.1:${port}` })).toMatchObject({
      why: { kind: 'plain-http' },
    });
    const gone = await listen(createServer());
    await closers.pop()?.();
    expect(await http.call({ ...get, base: `http://127.0.0.1:${gone}` })).toMatchObject({
      why: { kind: 'refused' },
    });
  });

  it('does not follow a name that moves out of the own network, not even with a key that went there before', async () => {
    const { asked, port } = await echo(true);
    let leadsTo = '127.0.0.1';
    const resolve: NonNullable<HttpClientOptions['resolve']> = ((...args: Parameters<typeof lookup>) =>
      resolving([leadsTo])(...args)) as typeof lookup;
    const http = client({ isOwnNetwork: isOwn, resolve });
    const call = {
      ...get,
      base: `http://tower.example:${port}`,
      vouch: { path: '/who', headers: {}, wrong: () => undefined },
    };
    // Asked who it is, and then with the key; each over a connection of its own.
    expect(await http.call(call)).toMatchObject({ kind: 'answer' });
    expect(asked.splice(0)).toContain('127.0.0.1 key');
    leadsTo = '127.0.0.2';
    expect(await http.call(call)).toMatchObject({
      kind: 'failure',
      sent: false,
      why: { kind: 'plain-http' },
    });
    expect(asked).toEqual([]);
  });
});
