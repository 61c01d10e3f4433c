/** The real process tells a receiver what happens: signed, in order, and again after it was killed. */
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';

let stage: Stage;
const got: { readonly headers: Record<string, string>; readonly body: string }[] = [];
let answer = (response: ServerResponse) => void response.writeHead(204).end();
const receiver = createServer(async (request, response) => {
  got.push({ headers: request.headers as Record<string, string>, body: await text(request) });
  answer(response);
});

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  stage = await Stage.set();
  await stage.start();
  await stage.asOlga('/settings channel', { purpose: 'audit', channel: stage.audit });
});
afterAll(async () => {
  await stage.strike();
  receiver.closeAllConnections();
  receiver.close();
});

it('sends events in order while the audit channel waits for nothing, and the same again after a kill', async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in/t0ken-of-the-path`;
  const added = await stage.asOlga('/webhook add', { url, events: 'settings.*' });
  const secret = /whsec_[\w+/=]+/.exec(added.text)?.[0] ?? '';
  const verifier = new Verifier(secret);
  expect((await added.press('Send a test')).text).toMatch(/took the test and answered 204/);
  expect(verifier.verify(got[0]?.body ?? '', got[0]?.headers ?? {})).toMatchObject({ type: 'webhook.test' });

  // It hangs, and nobody else waits for it.
  answer = () => {};
  for (const zone of ['Europe/Berlin', 'Europe/Paris']) await stage.asOlga('/settings timezone', { zone });
  await stage.discord.until('the first event', () => (got.length > 1 ? true : undefined));
  await stage.audited(/settings\.changed/, 3);
  expect(got).toHaveLength(2);

  await stage.usher.kill();
  const output = stage.usher.output.join('\n');
  answer = (response) => void response.writeHead(204).end();
  await stage.start();
  await stage.discord.until('both events', () => (got.length > 3 ? true : undefined));
  const told = got.slice(1).map(({ body, headers }) => ({
    id: headers['webhook-id'],
    ...(verifier.verify(body, headers) as { readonly data: { readonly number: number } }),
  }));
  const [first, again, next] = told;
  expect(again?.id).toBe(first?.id);
  expect(next?.id).not.toBe(first?.id);
  expect(told.map(({ data }) => data.number)).toEqual([3, 3, 4]);

  const files = globSync('data/usher.db*', { cwd: stage.folder }).map((file) =>
    readFileSync(`${stage.folder}/${file}`, 'latin1'),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const kept of [output, stage.usher.output.join('\n'), ...files])
    for (const hidden of [secret.slice(6), 't0ken-of-the-path']) expect(kept).not.toContain(hidden);
});
