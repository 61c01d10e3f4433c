import { describe, expect, it, vi } from 'vitest';
import type { AddedWebhook, ListedWebhook } from '../../src/app/guild/webhooks.ts';
import type { WebhookAnswer } from '../../src/app/ports/webhooks.ts';
import type { Webhook } from '../../src/domain/webhook.ts';
import { say } from '../../src/words/say.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { DAY, later, MINUTE, noon } from '../support/moments.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { aWebhook } from '../support/rows.ts';
import { memoryDrafts } from './samples.ts';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const hook = (changes: Partial<Webhook> = {}): Webhook => {
  const {
    urlCipher: _url,
    secretCipher: _secret,
    formerCipher: _former,
    ...rest
  } = aWebhook('shop', changes);
  return rest;
};
const WHY = say('webhook.why.slow');

const person = (webhooks: NonNullable<Stubs['webhooks']>) =>
  typist(stubApp({ webhooks, drafts: memoryDrafts() }));

describe('/webhook add', () => {
  const adding = (added: AddedWebhook) => {
    const add = vi.fn(async () => added);
    const test = vi.fn(async () => ({ webhook: hook(), answer: { kind: 'taken', status: 204 } as const }));
    return { add, test, olga: person({ add, test }) };
  };

  it('shows the secret once, what is sent, and sends a test when asked', async () => {
    const webhook = hook({ events: ['grant.*', 'server.offline'] });
    const { add, test, olga } = adding({ kind: 'added', webhook, secret: SECRET });
    const options = { url: 'https://shop.example/in', events: 'grant.*, server.offline' };
    const answer = await olga.type('webhook add', options);
    expect(answer.text).toContain(SECRET);
    expect(answer.text).toMatch(/shown this once(.|\n)*in order: `grant\.\*`, `server\.offline`/);
    expect(add).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, actorId: STAFF, ...options });
    expect((await answer.press('Send a test')).text).toMatch(/took the test and answered 204/);
    expect(test).toHaveBeenCalledExactlyOnceWith(GUILD, 'shop');
  });

  it.each<[string, AddedWebhook, RegExp]>([
    ['no address', { kind: 'no-url', says: say('webhook.url.none') }, /That is no address/],
    ['a slip', { kind: 'unknown', typed: 'grant.endet', near: 'grant.ended' }, /Did you mean `grant\.ended`/],
    [
      'nonsense',
      { kind: 'unknown', typed: 'weather', near: undefined },
      /no event “weather”(.|\n)*`grant\.\*`/,
    ],
    ['one there', { kind: 'there-already', webhook: hook() }, /shop\.example has a webhook already/],
  ])('says why none was added: %s', async (_why, added, expected) => {
    const { olga } = adding(added);
    const { text } = await olga.type('webhook add', { url: 'x' });
    expect(text).toMatch(/No webhook was added/);
    expect(text).toMatch(expected);
  });

  it('completes the last event of a list', async () => {
    const olga = person({});
    const values = async (typed: string) =>
      (await olga.complete('webhook add', 'events', typed)).map(({ value }) => value);
    expect((await values('')).slice(0, 2)).toEqual(['server.*', 'library.*']);
    expect(await values('grant.*, server.off')).toEqual(['grant.*, server.offline']);
    expect(await values('GRANT.END')).toEqual(['grant.ending', 'grant.ended']);
  });
});

describe('/webhook list', () => {
  const states: readonly ListedWebhook[] = [
    { webhook: hook({ status: 204, answeredAt: later(-MINUTE) }), waiting: 0 },
    { webhook: hook({ id: 'new', name: 'new.example' }), waiting: 0 },
    {
      webhook: hook({
        ...{
          id: 'late',
          name: 'late.example',
          failingSince: later(-DAY),
          trouble: WHY,
          dueAt: later(MINUTE),
        },
        ...{ formerUntil: later(DAY), status: 500, answeredAt: noon },
      }),
      waiting: 1_000,
    },
    {
      webhook: hook({ id: 'off', name: 'off.example', dueAt: null, trouble: WHY, failingSince: noon }),
      waiting: 3,
    },
  ];
  const listing = (more: NonNullable<Stubs['webhooks']> = {}) =>
    person({
      list: async () => states,
      find: async (_guildId, id) => states.find(({ webhook }) => webhook.id === id),
      ...more,
    });

  it('has a row for each: its last answer, how it is, and how many wait', async () => {
    const { text } = await listing().type('webhook list');
    expect(text).toMatch(/🟢 \*\*shop\.example\*\* · 204, /);
    expect(text).toMatch(/🟢 \*\*new\.example\*\* · nothing sent yet\n/);
    expect(text).toMatch(/🟡 \*\*late\.example\*\* · nothing since .* · 1,?000 wait/);
    expect(text).toMatch(/🔴 \*\*off\.example\*\* · given up · 3 wait/);
  });

  it('opens one: why it takes nothing, when the next try is, and which secret signs', async () => {
    const list = await listing().type('webhook list');
    const late = (await list.selectIn('Open a webhook', 'late')).text;
    expect(late).toMatch(/takes nothing since .*: it did not answer within ten seconds\.\nThe next try is/);
    expect(late).toMatch(/1,?000 events wait, or more(.|\n)*The secret before signs as well/);
    const off = await list.selectIn('Open a webhook', 'off');
    expect(off.labels).toContain('Turn on again');
    expect(late).not.toContain('Turn on again');
  });

  it('turns one on that was given up, and says how much it is sent', async () => {
    const turnOn = vi.fn(async () => states[3]);
    const off = await (await listing({ turnOn }).type('webhook list')).selectIn('Open a webhook', 'off');
    expect((await off.press('Turn on again')).text).toMatch(/off\.example is on again(.|\n)*The 3 events/);
    expect(turnOn).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, actorId: STAFF, webhookId: 'off' });
  });

  it('asks before it makes another secret, which is shown once', async () => {
    const rotate = vi.fn(async () => ({ webhook: hook(), secret: SECRET, until: later(DAY) }));
    const opened = await (await listing({ rotate }).type('webhook list')).selectIn('Open a webhook', 'shop');
    const asked = await opened.press('Another secret');
    expect(asked.text).toMatch(/Give shop\.example another secret\?/);
    expect(rotate).not.toHaveBeenCalled();
    const done = await asked.press('Make another secret');
    expect(done.text).toContain(SECRET);
    expect(done.text).toMatch(/the one before signs as well/);
    expect(rotate).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, actorId: STAFF, webhookId: 'shop' });
  });
});

describe('/webhook test', () => {
  it.each<[Partial<Webhook>, WebhookAnswer, RegExp]>([
    [{}, { kind: 'taken', status: 200 }, /took the test and answered 200\.$/],
    [{ failingSince: noon }, { kind: 'taken', status: 200 }, /What waited goes there now/],
    [{ failingSince: noon, dueAt: null }, { kind: 'taken', status: 200 }, /It is still given up/],
    [
      {},
      { kind: 'not-taken', status: null, why: WHY, retryAfterMs: undefined, isFinal: false },
      /did not take the test\n?(.|\n)*Why: it did not answer within ten seconds/,
    ],
  ])('says what came back: %#', async (changes, answer, expected) => {
    const olga = person({
      pick: async () => ({ kind: 'one', item: hook() }),
      test: async () => ({ webhook: hook(changes), answer }),
    });
    expect((await olga.type('webhook test', { webhook: 'shop' })).text.trim()).toMatch(expected);
  });

  it('says that there is none of that name', async () => {
    const olga = person({ pick: async () => ({ kind: 'none' }) });
    expect((await olga.type('webhook test', { webhook: 'shop' })).text).toMatch(/no webhook “shop”/);
  });
});

describe('/webhook remove', () => {
  it('asks first, and says what is gone', async () => {
    const remove = vi.fn(async () => hook());
    const olga = person({
      pick: async () => ({ kind: 'one', item: hook() }),
      find: async () => ({ webhook: hook(), waiting: 7 }),
      remove,
    });
    const asked = await olga.type('webhook remove', { webhook: 'shop' });
    expect(asked.text).toMatch(/Remove the webhook shop\.example\?(.|\n)*stays in the record/);
    expect(remove).not.toHaveBeenCalled();
    expect((await asked.press('Remove')).text).toMatch(/shop\.example is removed/);
    expect(remove).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, actorId: STAFF, webhookId: 'shop' });
  });
});
