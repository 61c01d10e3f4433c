import { describe, expect, it } from 'vitest';
import { card, md } from '../../../../src/adapters/discord/views/view.ts';
import { badGateway, discordError, proxyPage, rateLimitedInBody } from '../../../standins/discord/index.ts';
import type { Fault } from '../../../standins/http.ts';
import { command, GuildScene, type Line, use } from '../setup.ts';

const scene = use(new GuildScene());
const CALLBACK = /\/callback$/;
const ORIGINAL = /original$/;

const hello = {
  hello: command({ description: 'x', capability: 'member', run: async () => card('good', md`Hello`) }),
};

/** What was logged of all interactions: none may be called by the kind of a failure. */
const kinds = (lines: readonly Line[]) =>
  new Set(
    lines.flatMap(({ fields }) => ('interactionId' in fields && 'kind' in fields ? [fields.kind] : [])),
  );

describe('a callback', () => {
  it.each<[string, Omit<Fault, 'path'>]>([
    ['an outage, three times', { answer: badGateway(), times: 3 }],
    ['a cut, three times', { dropBefore: true, times: 3 }],
    ['a cut after it arrived', { dropAfterCommit: true, times: 1 }],
    ['pages of a proxy', { answer: proxyPage(404), times: 3 }],
    ['a limit that fits', { answer: rateLimitedInBody(1) }],
  ])('gets through %s', async (_what, fault) => {
    await scene.start(hello);
    scene.discord.http.fault({ path: CALLBACK, ...fault });
    const asking = scene.asAda.command('hello');
    await scene.passing(asking);
    expect((await asking).text).toContain('Hello');
  });

  it('is not waited for when the limit is longer than the three seconds', async () => {
    const bot = await scene.start(hello);
    scene.discord.http.fault({ path: CALLBACK, answer: rateLimitedInBody(600) });
    scene.discord.ackWindowMs = 100;
    await expect(scene.asAda.command('hello')).rejects.toThrow();
    const lost = bot.log.find('an interaction could not be acknowledged');
    expect(lost?.fields).toMatchObject({ kind: 'command', failure: 'limited', status: 429 });
    expect(kinds(bot.log.lines)).toEqual(new Set(['command']));
  });
});

describe('an answer', () => {
  it.each<[string, Omit<Fault, 'path'>]>([
    ['an outage of half a minute', { answer: badGateway(), times: 12 }],
    ['cuts for half a minute', { dropBefore: true, times: 12 }],
    ['pages of a proxy', { answer: proxyPage(401), times: 5 }],
    ['half of an answer', { cutAfterBytes: 20, times: 3 }],
    ['a limit of two minutes', { answer: rateLimitedInBody(120) }],
  ])('comes after %s', async (_what, fault) => {
    const bot = await scene.start(hello);
    scene.discord.http.fault({ method: 'PATCH', path: ORIGINAL, ...fault });
    const asking = scene.asAda.command('hello');
    await scene.passing(asking);
    expect((await asking).text).toContain('Hello');
    expect(bot.log.find('an answer could not be delivered')).toBeUndefined();
  });

  it('is given up when its fifteen minutes are over, under its own kind', async () => {
    const bot = await scene.start(hello);
    scene.discord.http.fault({ method: 'PATCH', path: ORIGINAL, answer: rateLimitedInBody(1_000) });
    await scene.asAda.command('hello', {}, { until: 'ack' });
    await scene.discord.until('log', () => bot.log.find('an answer could not be delivered'));
    expect(kinds(bot.log.lines)).toEqual(new Set(['command']));
  });
});

describe('an interaction that cannot be read', () => {
  it.each([
    ['without a user', { type: 2, data: { type: 1, name: 'hello' } }, 4],
    ['of a kind to come', { type: 99 }, 4],
    ['while somebody types', { type: 4, data: {} }, 8],
  ])('%s is answered', async (_what, rest, type) => {
    const bot = await scene.start(hello);
    scene.discord.http.fault({ path: CALLBACK, answer: { status: 204 } });
    bot.dispatcher.receive({ id: '1234567890123456789', token: 'unread', application_id: '1', ...rest });
    const [sent] = await scene.discord.until('answered', () => {
      const requests = scene.discord.http.requestsTo('POST', /1234567890123456789\/unread\/callback$/);
      return requests.length > 0 && requests;
    });
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({ type });
  });

  it('is left alone where there is nothing to answer with', async () => {
    const bot = await scene.start(hello);
    const before = scene.discord.http.requests.length;
    for (const raw of [undefined, 'x', {}, { id: '1' }, { token: 'x' }]) bot.dispatcher.receive(raw);
    expect(await bot.dispatcher.drain(0)).toBe(0);
    expect(scene.discord.http.requests.length).toBe(before);
  });

  it('that Discord refuses to have answered ends nothing', async () => {
    const bot = await scene.start(hello);
    scene.discord.http.fault({ path: CALLBACK, answer: discordError(404, 10062, 'Unknown interaction') });
    bot.dispatcher.receive({ id: '1234567890123456789', token: 'unread', type: 99 });
    await scene.discord.until('log', () => bot.log.find('an interaction could not be acknowledged'));
  });
});
