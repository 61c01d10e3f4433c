import { Routes } from 'discord.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRests, describeDiscordError, type Rests } from '../../../../src/adapters/discord/wire/rest.ts';
import { isTokenRefused } from '../../../../src/adapters/discord/wire/token.ts';
import {
  badGateway,
  discordError,
  proxyPage,
  rateLimited,
  rateLimitedInBody,
} from '../../../standins/discord/index.ts';
import type { Fault } from '../../../standins/http.ts';
import { GuildScene, use } from '../setup.ts';

const scene = use(new GuildScene());
const ME = /users\/@me$/;
let rests: Rests;
let stopping: AbortController;

beforeEach(() => {
  stopping = new AbortController();
  const { discord, clock, log } = scene;
  rests = createRests({
    ...{ apiUrl: `${discord.url}/api`, token: discord.token, clock, log, stopping: stopping.signal },
  });
});

const fault = (how: Omit<Fault, 'path'>) => scene.discord.http.fault({ path: ME, ...how });
const ask = () => rests.bot.get(Routes.user());
const asked = () => scene.discord.http.requestsTo('GET', ME).length;
const failure = async () => describeDiscordError(await ask().catch((error: unknown) => error));
const LIMITED = 'Discord limits our requests';
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString();

describe('a rate limit', () => {
  it.each([
    ['only in the body', () => rateLimitedInBody(30), 30_000],
    ['in the header, without a reset', () => proxyPage(429, { 'retry-after': '600' }), 600_000],
    [
      'in all of them, the longest',
      () => ({ ...rateLimited({ retryAfterMs: 7_000 }), body: { retry_after: 9 } }),
      9_000,
    ],
    ['as a date', () => proxyPage(429, { 'retry-after': inSeconds(90) }), 90_000],
    ['far too long', () => rateLimitedInBody(1e9), 86_400_000],
  ])('%s is believed, logged and told, and nothing is asked meanwhile', async (_how, answer, waitMs) => {
    fault({ answer: answer() });
    const told = await failure();
    expect(told).toMatchObject({ kind: 'limited', status: 429, route: '/api/v10/users/@me' });
    expect(Math.abs((told.retryAfterMs ?? 0) - waitMs)).toBeLessThan(2_000);
    expect(scene.log.find(LIMITED)?.fields).toMatchObject({ method: 'GET', route: '/api/v10/users/@me' });
    expect(await failure()).toMatchObject({ kind: 'limited' });
    expect(asked()).toBe(1);
    scene.clock.advance(waitMs + 2_000);
    await ask();
    expect(asked()).toBe(2);
  });

  it.each([
    ['nothing', rateLimitedInBody(0)],
    ['less than nothing', rateLimitedInBody(-1)],
    ['a page', proxyPage(429)],
  ])('that says %s is waited out for half a second, again and again up to a few', async (_what, answer) => {
    const limit = fault({ answer, times: Number.POSITIVE_INFINITY });
    const telling = failure();
    await scene.passing(telling);
    expect(await telling).toMatchObject({ kind: 'limited' });
    expect(limit.hits).toBeLessThanOrEqual(11);
  });

  it('that is short is waited out', async () => {
    fault({ answer: rateLimitedInBody(2) });
    const asking = ask();
    await scene.discord.until('logged', () => scene.log.find(LIMITED));
    scene.clock.advance(2_000);
    await asking;
    expect(asked()).toBe(2);
  });

  it('ends with a stop', async () => {
    fault({ answer: rateLimitedInBody(4) });
    const telling = failure();
    await scene.discord.until('logged', () => scene.log.find(LIMITED));
    stopping.abort();
    expect(await telling).toMatchObject({ kind: 'limited' });
    expect(asked()).toBe(1);
  });

  it('of the bot holds for all its routes, one of a route for this route', async () => {
    fault({ answer: rateLimitedInBody(30) });
    await failure();
    await rests.bot.get(Routes.currentApplication());
    fault({ answer: rateLimitedInBody(60, true) });
    scene.clock.advance(31_000);
    await failure();
    await expect(rests.bot.get(Routes.currentApplication())).rejects.toThrow('left alone');
  });

  it('that a used up bucket announces is kept without asking', async () => {
    fault({
      answer: {
        status: 200,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '600' },
        body: { id: '1' },
      },
    });
    await ask();
    expect(await failure()).toMatchObject({ kind: 'limited' });
    expect(asked()).toBe(1);
  });
});

describe('an answer that is not from Discord', () => {
  it.each([
    ...[200, 302, 401, 403, 404, 409].map((status) => [
      `a page with ${status}`,
      { answer: proxyPage(status) },
    ]),
    ['JSON of a proxy', { answer: { status: 403, body: { error: 'blocked' } } }],
    ['nothing', { answer: { status: 200 } }],
    ['half of it, quietly', { cutAfterBytes: 20, cutQuietly: true }],
  ] as [string, Omit<Fault, 'path'>][])('is not believed: %s', async (_what, how) => {
    fault(how);
    expect(await failure()).toMatchObject({ kind: 'foreign' });
    // The token is still there.
    await ask();
  });

  it('or that breaks off is a broken connection', async () => {
    fault({ cutAfterBytes: 20 });
    expect(await failure()).toMatchObject({ kind: 'unreached' });
  });

  it('with 5xx is an outage', async () => {
    fault({ answer: badGateway() });
    expect(await failure()).toMatchObject({ kind: 'answered', status: 502 });
  });
});

describe('a refused token', () => {
  it('is believed when Discord says so twice', async () => {
    const answer = discordError(401, 0, '401: Unauthorized');
    const refusing = fault({ answer, times: Number.POSITIVE_INFINITY });
    expect(await failure()).toMatchObject({ kind: 'answered', status: 401 });
    expect(await isTokenRefused(rests.bot)).toBe(true);
    refusing.lift();
    expect(await isTokenRefused(rests.bot)).toBe(false);
    fault({ answer: proxyPage(401) });
    expect(await isTokenRefused(rests.bot)).toBe(false);
  });
});

describe('refused requests', () => {
  it('are counted, and slowed down long before Discord locks the address out', async () => {
    fault({ answer: discordError(403, 50013, 'Missing Permissions'), times: Number.POSITIVE_INFINITY });
    // discord.js lets fifty a second pass for the bot, and as many as there are of answers to people.
    const answer = () => rests.answers.get(Routes.user(), { auth: false }).catch(() => undefined);
    await Promise.all(Array.from({ length: 500 }, answer));
    expect(scene.log.find('Discord refuses many requests; fewer are sent')?.fields).toMatchObject({
      refused: 500,
    });
    const [before, start] = [asked(), scene.clock.now().getTime()];
    const more = Promise.all(Array.from({ length: 10 }, failure));
    await scene.passing(more);
    expect(scene.clock.now().getTime() - start).toBeGreaterThan(8_000);
    // Ten minutes later they are forgotten.
    scene.clock.advance(11 * 60_000);
    await Promise.all(Array.from({ length: 20 }, failure));
    expect(asked() - before).toBeGreaterThanOrEqual(20);
  });
});
