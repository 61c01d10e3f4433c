/** The receiver of the docs, told by Usher. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { receiveWebhooks } from '../../../docs/api/examples/receive-webhooks.ts';
import { eventWire } from '../../../src/adapters/api/wire.ts';
import { createHttpClients } from '../../../src/adapters/http-client/http-client.ts';
import { createWebhookSender } from '../../../src/adapters/webhooks/sender.ts';
import type { AuditEvent } from '../../../src/domain/model.ts';
import { noon } from '../../support/moments.ts';
import { ada, here } from '../../support/people.ts';

const clock = { now: () => new Date(), steadyMs: () => performance.now() };
const http = createHttpClients({ clock });
const sender = createWebhookSender({ http, told: eventWire, clock });
const secret = sender.newSecret();
const told: string[] = [];
let isBroken = false;
const server = receiveWebhooks(secret, async ({ type, data: { number } }) => {
  if (isBroken) throw new Error('no room');
  told.push(`${type} ${number ?? ''}`);
});
let url: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await http.close();
  server.close();
});

const event: AuditEvent = {
  ...{ number: 7, action: 'grant.ended', actorId: null, targetId: ada, facts: { server: 'Tower' }, at: noon },
};
const send = async (changes: { event?: AuditEvent | null; secrets?: readonly string[] } = {}) => {
  const message = { webhookId: 'hook', url, secrets: [secret], event, ...changes };
  return (await sender.send(here, message)).status;
};

it('takes each event once, what it cannot take later, and nothing that is not signed', async () => {
  expect(await send({ event: null })).toBe(204);
  expect([await send(), await send()]).toEqual([204, 204]);
  expect(await send({ secrets: [sender.newSecret()] })).toBe(401);
  isBroken = true;
  expect(await send({ event: { ...event, number: 8 } })).toBe(500);
  isBroken = false;
  expect(await send({ event: { ...event, number: 8 } })).toBe(204);
  expect(told).toEqual(['webhook.test ', 'grant.ended 7', 'grant.ended 8']);
});
