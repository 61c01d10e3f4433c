/** What is told about the API: the description, the page, the client and its examples. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { OpenAPIV3_1 } from 'openapi-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../../docs/api/client.ts';
import { endOnRefund } from '../../../docs/api/examples/end-on-refund.ts';
import { giveAfterPayment } from '../../../docs/api/examples/give-after-payment.ts';
import { nightlyReport } from '../../../docs/api/examples/nightly-report.ts';
import { clientText } from '../../api/client-text.ts';
import { describeApi } from '../../api/describe.ts';
import { type Place, World } from '../../app/world.ts';
import { DAY, later } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { type Served, serveApi, tokenFor } from './served.ts';

const FOLDER = resolve(import.meta.dirname, '../../../docs/api');
const committed = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

let world: World;
let tower: Place;
let api: Served;
let document: OpenAPIV3_1.Document;

beforeAll(async () => {
  document = await describeApi();
  world = await World.open();
  tower = await world.addTower();
  api = await serveApi(world.app);
});
afterAll(async () => {
  await api.stop();
  await world.close();
});

describe('the description', () => {
  it('is served, and is the one in docs/api: `npm run client` writes it', async () => {
    const { body } = await api.ask('GET /v1/openapi.json');
    expect(body).toEqual(document);
    expect(JSON.parse(committed('openapi.json'))).toEqual(document);
  });

  it('is what the client was written from', () => {
    expect(committed('client.ts')).toBe(clientText(document));
  });

  it('has every path that the page for readers names', () => {
    const described = Object.keys(document.paths ?? {}).map((path) => path.replaceAll(/\{\w+\}/g, 'ID'));
    const named = committed('README.md').matchAll(/\/v1\/[\w/{} ]+/g);
    const paths = [...named].map(([path]) => path.trim().replaceAll(/\{+ ?\w+ ?\}+/g, 'ID'));
    expect(paths.length).toBeGreaterThan(6);
    expect(paths.filter((path) => path !== '/v1/openapi' && !described.includes(path))).toEqual([]);
  });

  it('follows the recommended rules of Redocly', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const lint = async (source: object) =>
      (await lintFromString({ source: JSON.stringify(source), config })).map(({ ruleId }) => ruleId);
    expect(await lint(document)).toEqual([]);
    expect(await lint({ ...document, security: [], servers: [] })).not.toEqual([]);
  });

  it('names every route, with what it is called, what it is for, and that it needs a token', () => {
    const operations = Object.values(document.paths ?? {}).flatMap((item) =>
      Object.values(item as Record<string, OpenAPIV3_1.OperationObject>),
    );
    expect(operations.length).toBeGreaterThan(25);
    for (const { operationId, summary, tags } of operations)
      expect([operationId, summary, tags?.length]).toEqual([expect.any(String), expect.any(String), 1]);
  });
});

describe('the page', () => {
  it('is made of what Usher serves, and of nothing from elsewhere', async () => {
    const redirect = await api.ask('GET /docs');
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/docs/']);
    const page = await api.ask('GET /docs/');
    expect(page.headers.get('content-security-policy')).toMatch("default-src 'none'");
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
    expect(loaded.length).toBeGreaterThan(3);
    for (const url of loaded) {
      const { pathname, origin } = new URL(url, `${api.url}/docs/`);
      expect([url, origin]).toEqual([url, api.url]);
      expect([url, (await api.ask(`GET ${pathname}`)).status]).toEqual([url, 200]);
    }
    const css = await api.ask('GET /docs/static/swagger-ui.css');
    expect(css.text.match(/url\((?!["']?data:)[^)]*\)|@import/g) ?? []).toEqual([]);
    expect((await api.ask('GET /docs/json')).body).toEqual(document);
  });
});

describe('the examples', () => {
  it('give after a payment, end on a refund, and report as CSV', async () => {
    const person = await world.newAccount(ADA, tower);
    const created = await world.app.plans.create({
      ...{ guildId: GUILD, actorId: STAFF, name: 'Month', libraryIds: [tower.id('Movies')] },
      ...{ duration: null, expiryAction: null, roleId: null },
    });
    if (created.kind !== 'done') throw new Error('no plan');
    const planId = created.details.plan.id;
    const token = await tokenFor(world.app, GUILD, 'grants', { name: 'shop' });
    const usher = createClient({ url: api.url, token });

    const payment = { order: 'A-1', userId: ADA, planId };
    const given = await giveAfterPayment(usher, payment);
    expect(given).toMatchObject({ number: 1, progress: 'applied', expiresAt: later(30 * DAY).toISOString() });
    const more = await giveAfterPayment(usher, { ...payment, order: 'A-2' });
    expect(more).toMatchObject({ number: 1, expiresAt: later(60 * DAY).toISOString() });
    expect(await giveAfterPayment(usher, payment)).toMatchObject({ number: 1, expiresAt: more.expiresAt });
    expect(person.access).toEqual(['movies']);
    world.guilds.left.add(BEN);
    expect(await giveAfterPayment(usher, { order: 'B-1', userId: BEN, planId })).toMatchObject({ number: 2 });

    expect((await nightlyReport(usher)).split('\r\n')).toEqual([
      'grant,member,libraries,until,progress',
      `2,${BEN},Movies,${later(30 * DAY).toISOString()},needs-person`,
      `1,${ADA},Movies,${later(60 * DAY).toISOString()},applied`,
    ]);

    expect(await endOnRefund(usher, { order: 'A-1', userId: ADA })).toEqual([1]);
    expect(person.access).toBeNull();
    expect(await endOnRefund(usher, { order: 'A-1', userId: ADA })).toEqual([]);
  });
});
