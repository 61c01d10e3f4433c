/** Programs that have Usher look at a server: answered when it has looked, or with where to ask. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Place, takeDown, World } from '../../app/world.ts';
import { FakeMediaServer } from '../../support/fake-media-server.ts';
import { GUILD, OTHER_GUILD } from '../../support/people.ts';
import { type Ask, type Served, serveApi, tokenFor } from './served.ts';

let world: World;
let tower: Place;
let api: Served;
let token: string;
let line: string;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  api = await serveApi(world.app);
  token = await tokenFor(world.app, GUILD, 'admin', { name: 'shop' });
  line = `POST /v1/servers/${tower.server.id}/sync`;
});
afterEach(async () => {
  await api.stop();
  await world.close();
});

const ask = (what: string, how: Ask = {}) => api.ask(what, { token, ...how });

/** From now on a look takes until `answers` is called; `asked` resolves when one has begun. */
function hang() {
  const [begun, hanging] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { fake } = tower;
  let looks = 0;
  fake.readAccess = async (options) => {
    looks += 1;
    begun.resolve();
    await hanging.promise;
    return await FakeMediaServer.prototype.readAccess.call(fake, options);
  };
  return { asked: begun.promise, answers: () => hanging.resolve(), looks: () => looks };
}

async function slowSync(how: Ask = {}) {
  const server = hang();
  const answering = ask(line, how);
  await server.asked;
  await turn();
  world.clock.advance(8_000);
  return { server, answer: await answering };
}

/** Asks until it is over. */
async function ended(operation: string) {
  for (;;) {
    const { body } = await ask(`GET ${operation}`);
    if (body.progress !== 'waiting') return body;
    await turn();
  }
}

it('answers with what was read when that was soon', async () => {
  const { status, body } = await ask(line);
  expect([status, body]).toMatchObject([200, { isSynced: true, libraries: 3, why: null }]);
});

it('answers with where to ask when it takes longer than people wait, and says there what was read', async () => {
  tower.fake.addLibrary('Cartoons');
  const { server, answer } = await slowSync();
  expect([answer.status, answer.body]).toMatchObject([
    202,
    { progress: 'waiting', grants: [], sync: { serverId: tower.server.id, isSynced: null, why: null } },
  ]);
  const operation = answer.headers.get('location') ?? '';
  expect(operation).toBe(`/v1/operations/${answer.headers.get('x-request-id')}`);
  expect((await ask(`GET ${operation}`)).body.progress).toBe('waiting');
  server.answers();
  expect(await ended(operation)).toMatchObject({
    progress: 'applied',
    sync: { isSynced: true, libraries: 4, added: ['Cartoons'], why: null },
  });
  const theirs = await tokenFor(world.app, OTHER_GUILD, 'admin');
  expect((await ask(`GET ${operation}`, { token: theirs })).status).toBe(404);
});

it('says in the end why nothing was read', async () => {
  const { server, answer } = await slowSync();
  takeDown(tower.fake);
  server.answers();
  const operation = answer.headers.get('location') ?? '';
  expect(await ended(operation)).toMatchObject({
    progress: 'failed',
    sync: { isSynced: false, why: 'Nothing answers at that address.' },
  });
});

it('ends truly when Usher was killed in between: what is asked about is looked at anew', async () => {
  const { answer } = await slowSync();
  const operation = answer.headers.get('location') ?? '';
  await api.stop();
  world.restart();
  api = await serveApi(world.app);
  const server = hang();
  expect((await ask(`GET ${operation}`)).body.progress).toBe('waiting');
  await server.asked;
  // Asked again, it is not begun again.
  expect((await ask(`GET ${operation}`)).body.progress).toBe('waiting');
  expect(server.looks()).toBe(1);
  server.answers();
  expect((await ended(operation)).sync).toMatchObject({ isSynced: true, libraries: 3 });
  expect(server.looks()).toBe(1);
});

it('is one sync for one key', async () => {
  const headers = { 'idempotency-key': 'nightly' };
  const { server, answer } = await slowSync({ headers });
  const again = await ask(line, { headers });
  expect([again.status, again.headers.get('location')]).toEqual([202, answer.headers.get('location')]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  server.answers();
});
