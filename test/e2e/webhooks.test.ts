/** The real process tells a receiver what happens: signed, in order, and again after it was killed. */
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
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

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(20);
}

it('sends events in order while the audit channel waits for nothing, and the same again after a kill', async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in/t0ken-of-the-path`;
  const added = await stage.asOlga('/webhook add', { url, events: 'settings.*' });
  const secret = /whsec_[\w+/=]+/.exec(added.text)?.[0] ?? '';
  const verifier = new Verifier(secret);
  expect((await added.click('Send a test')).text).toMatch(/took the test and answered 204/);
  expect(verifier.verify(got[0]?.body ?? '', got[0]?.headers ?? {})).toMatchObject({ type: 'webhook.test' });

  const told = () =>
    got.slice(1).map(({ body, headers }) => {
      const event = verifier.verify(body, headers) as { readonly data: { readonly number: number } };
      return { id: headers['webhook-id'], number: event.data.number };
    });

  // It hangs, and nobody else waits for it.
  answer = () => {};
  for (const zone of ['Europe/Berlin', 'Europe/Paris']) await stage.asOlga('/settings timezone', { zone });
  await until(() => got.length > 1);
  await stage.audited(/settings\.changed/, 3);

  await stage.usher.kill();
  const output = stage.usher.output.join('\n');
  answer = (response) => void response.writeHead(204).end();
  await stage.start();
  await until(() => told().at(-1)?.number === 4);
  const [first, ...others] = told();
  const next = others.pop();
  // As often as it was asked before the kill, and once more: known by its id.
  expect(others.length).toBeGreaterThan(0);
  for (const again of others) expect(again).toEqual(first);
  expect([first?.number, next?.number]).toEqual([3, 4]);
  expect(next?.id).not.toBe(first?.id);

  const files = globSync('data/usher.db*', { cwd: stage.folder }).map((file) =>
    readFileSync(`${stage.folder}/${file}`, 'latin1'),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const kept of [output, stage.usher.output.join('\n'), ...files])
    for (const hidden of [secret.slice(6), 't0ken-of-the-path']) expect(kept).not.toContain(hidden);
});
