/** A secret goes only over a connection on which the server has said who it is. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HttpCall } from '../../../src/adapters/http-client/call.ts';
import { type ClosableClient, createHttpClient } from '../../support/http-client.ts';

const SECRET = 'key-of-the-right-one';

let http: ClosableClient;
let place: Place;
beforeEach(async () => {
  http = createHttpClient({ clock: { now: () => new Date(), steadyMs: () => 0 } });
  place = await Place.open();
});
afterEach(async () => {
  await http.close();
  await place.close();
});

/** What answers at one address; it may become another. */
class Place {
  who = 'right';
  /** The requests, as `<connection> <path> <with the secret or without>`. */
  readonly asked: string[] = [];
  /** What it does before it answers. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean | undefined = () => undefined;
  readonly #sockets: Socket[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));
  url = '';

  static async open(): Promise<Place> {
    const place = new Place();
    place.#server.keepAliveTimeout = 20_000;
    place.#server.on('connection', (socket) => place.#sockets.push(socket));
    place.#server.listen(0, '127.0.0.1');
    await once(place.#server, 'listening');
    place.url = `http://127.0.0.1:${(place.#server.address() as AddressInfo).port}`;
    return place;
  }

  /** All connections are cut, as when another machine takes the address. */
  async cut(): Promise<void> {
    const open = this.#sockets.filter(({ destroyed }) => !destroyed);
    const closed = open.map((socket) => once(socket, 'close'));
    for (const socket of open) socket.destroy();
    await Promise.all(closed);
    // The other end notices in turns of its own.
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const secret = JSON.stringify(request.headers).includes(SECRET) ? 'key' : 'open';
    this.asked.push(`${this.#sockets.indexOf(request.socket)} ${request.url} ${secret}`);
    if (this.before(request, response)) return;
    response.end(this.who);
  }
}

const call = (method: HttpCall['method'] = 'GET') =>
  http.call({
    base: place.url,
    method,
    path: '/users',
    headers: { 'x-token': SECRET },
    ...(method === 'POST' && { json: { a: 1 } }),
    vouch: {
      path: '/who',
      headers: {},
      wrong: ({ body }) =>
        body.toString() === 'right' ? undefined : { kind: 'other-server', message: 'Another one.' },
    },
  });
const OTHER = { kind: 'failure', sent: false, why: { kind: 'other-server' } };

it('asks once for each connection, and then sends over that very one', async () => {
  for (let round = 0; round < 3; round += 1) expect(await call()).toMatchObject({ status: 200 });
  expect(place.asked).toEqual(['0 /who open', '0 /users key', '0 /users key', '0 /users key']);
});

it('asks on each of those that are open at once', async () => {
  expect(await Promise.all([call(), call(), call()])).toMatchObject([
    { status: 200 },
    { status: 200 },
    { status: 200 },
  ]);
  for (const connection of [0, 1, 2]) {
    const on = place.asked.filter((each) => each.startsWith(`${connection} `));
    expect(on).toEqual([`${connection} /who open`, `${connection} /users key`]);
  }
});

it('when the connection was remade, asks again, and sends nothing to whoever else is there', async () => {
  await call();
  await place.cut();
  place.who = 'stranger';
  expect(await call()).toMatchObject(OTHER);
  expect(await call('POST')).toMatchObject(OTHER);
  expect(place.asked.filter((each) => each.endsWith('key'))).toEqual(['0 /users key']);
  // The stranger is asked each time, so that the right one is known when it is back.
  place.who = 'right';
  expect(await call()).toMatchObject({ status: 200 });
});

it('a server that closes each connection after its answer is asked directly before', async () => {
  place.before = (_request, response) => {
    response.setHeader('connection', 'close');
    return undefined;
  };
  for (let round = 0; round < 2; round += 1) expect(await call()).toMatchObject({ status: 200 });
  expect(place.asked.map((each) => each.slice(2))).toEqual([
    '/who open',
    '/who open',
    '/users key',
    '/who open',
    '/users key',
  ]);
  place.who = 'stranger';
  expect(await call()).toMatchObject(OTHER);
});

it('a write whose question has no answer was surely not sent', async () => {
  place.before = (request) => {
    request.socket.destroy();
    return true;
  };
  expect(await call('POST')).toMatchObject({ kind: 'failure', sent: false, why: { kind: 'cut' } });
  expect(place.asked.every((each) => each.endsWith('/who open'))).toBe(true);
});

it('a write that is cut after it was sent may have happened, and is not sent twice', async () => {
  await call();
  place.before = (request) => {
    request.socket.destroy();
    return true;
  };
  expect(await call('POST')).toMatchObject({ kind: 'failure', sent: true });
  expect(place.asked).toEqual(['0 /who open', '0 /users key', '0 /users key']);
});
