/** Webhooks: what they are told, in which order, and what becomes of them while they take nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecrets } from '../../../src/adapters/secrets.ts';
import type { WebhookAnswer, WebhookMessage } from '../../../src/app/ports/webhooks.ts';
import { asActor, type GuildId, toGuildId } from '../../../src/domain/ids.ts';
import { say } from '../../../src/words/say.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';
import { ALERTS, World } from '../world.ts';

const URL_TYPED = 'https://hooks.example.org/take/S3cr3tP4th-7f2a';
const OK: WebhookAnswer = { kind: 'taken', status: 204 };
const failed = (status: number | null = 500, retryAfterMs?: number): WebhookAnswer => ({
  ...{ kind: 'not-taken', status, why: say('webhook.why.status', { status: status ?? 0 }), retryAfterMs },
  isFinal: status === 410,
});

let world: World;
/** What was sent, with the guild. */
let sent: (WebhookMessage & { readonly guildId: GuildId })[];
let answer: (message: WebhookMessage) => WebhookAnswer | Promise<WebhookAnswer>;

beforeEach(async () => {
  world = await World.open();
  sent = [];
  answer = () => OK;
  world.webhooks.send = async (guildId, message) => {
    sent.push({ ...message, guildId });
    return await answer(message);
  };
});
afterEach(() => world.close());

const who = { guildId: GUILD, actorId: STAFF };
async function add(changes: Partial<Parameters<typeof world.app.webhooks.add>[0]> = {}) {
  const added = await world.app.webhooks.add({ ...who, url: URL_TYPED, events: '', ...changes });
  if (added.kind !== 'added') throw new Error(`not added: ${added.kind}`);
  return { ...added, id: added.webhook.id };
}
const found = async (id: string) => (await world.app.webhooks.find(GUILD, id))?.webhook;

/** What is due is sent, as the relay does it, until nothing is due now. */
async function send(): Promise<void> {
  const { listDue, sendNext } = world.app.webhookSending;
  for (let due = await listDue(50, []); due.length > 0; due = await listDue(50, []))
    for (const each of due) await sendNext(each);
}
/** Time passes as it does for the relay: whatever becomes due is sent. */
async function pass(ms: number): Promise<void> {
  const until = world.clock.now().getTime() + ms;
  for (;;) {
    await send();
    const next = (await world.app.webhookSending.nextMoment())?.getTime() ?? until;
    const now = world.clock.now().getTime();
    world.clock.advance(Math.max(0, Math.min(next, until) - now));
    if (next > until || now === until) return;
  }
}
const numbers = (id?: string) =>
  sent.filter(({ webhookId }) => id === undefined || webhookId === id).map(({ event }) => event?.number);
/** Something that stands in the record. */
let zones = 0;
const happens = async (guildId = GUILD) => {
  zones += 1;
  const zone = zones % 2 === 0 ? 'Europe/Berlin' : 'Europe/Paris';
  await world.stores.transaction(guildId, (tx) =>
    tx.audit.append({
      action: 'settings.changed',
      actorId: STAFF,
      facts: { detail: zone },
      at: world.clock.now(),
    }),
  );
};

describe('a webhook', () => {
  it('is added on the record; address and secret are sealed, and the secret is shown once', async () => {
    const { secret, webhook } = await add({ events: 'grant.*, server.offline' });
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(webhook).toMatchObject({ name: 'hooks.example.org/…7f2a', events: ['grant.*', 'server.offline'] });
    const rows = await world.rowsOf(GUILD);
    for (const hidden of [secret, secret.slice(6), 'S3cr3tP4th', URL_TYPED])
      expect(rows).not.toContain(hidden);
    expect(await world.events()).toMatchObject([
      {
        action: 'webhook.added',
        actorId: STAFF,
        facts: { webhook: webhook.name, events: ['grant.*', 'server.offline'] },
      },
    ]);
    expect(JSON.stringify(await world.app.webhooks.list(GUILD))).not.toContain('S3cr3tP4th');
    expect(world.logged.join()).not.toContain(secret);
  });

  it.each([
    ['ftp://files.example', /no address/],
    ['somewhere', /no address/],
    ['https://me:word@hooks.example', /name or a password/],
    ['https://discord.com/api/webhooks/1/x', /take messages and no events/],
    [`https://hooks.example/${'x'.repeat(2_000)}`, /at most 2000/],
  ])('is not added for an address that is none: %#', async (url, expected) => {
    const added = await world.app.webhooks.add({ ...who, url, events: '' });
    expect(added.kind === 'no-url' && saidPlain(added.says)).toMatch(expected);
    expect(await world.countEvents()).toBe(0);
  });

  it('is for events that there are, and not added twice, nor beyond the limit', async () => {
    const asked = { ...who, url: URL_TYPED };
    expect(await world.app.webhooks.add({ ...asked, events: 'grant.endet' })).toEqual({
      ...{ kind: 'unknown', typed: 'grant.endet', near: 'grant.ended' },
    });
    expect(await world.app.webhooks.add({ ...asked, events: 'weather' })).toMatchObject({ near: undefined });
    await add();
    expect((await world.app.webhooks.add({ ...asked, events: '' })).kind).toBe('there-already');
    world.limits.webhooks = 2;
    await add({ url: 'https://hooks.example.org/other' });
    await expect(add({ url: 'https://hooks.example.org/third' })).rejects.toThrow('no more than 2 webhooks');
    await add({ guildId: OTHER_GUILD });
  });

  it('is told each event after it was added, once and in order, and signs what it is sent', async () => {
    await happens();
    const { id, secret } = await add();
    for (let count = 0; count < 5; count += 1) await happens();
    await send();
    expect(numbers()).toEqual([3, 4, 5, 6, 7]);
    expect(sent[0]).toMatchObject({ guildId: GUILD, url: URL_TYPED, secrets: [secret] });
    expect(sent[0]?.event).toEqual(await world.stores.of(GUILD).record.find(3));
    expect(await world.app.webhooks.list(GUILD)).toMatchObject([
      { waiting: 0, webhook: { id, status: 204 } },
    ]);
    await send();
    expect(sent).toHaveLength(5);
  });

  it('is told only what it is for, and what is not is passed over without being sent', async () => {
    const { id } = await add({ events: 'webhook.*' });
    for (let count = 0; count < 3; count += 1) await happens();
    await send();
    expect(sent).toEqual([]);
    expect((await found(id))?.sentNumber).toBe(4);
    expect(await world.app.webhookSending.nextMoment()).toBeUndefined();
    const other = await add({ url: 'https://hooks.example.org/other' });
    await send();
    expect(numbers(id)).toEqual([5]);
    expect(numbers(other.id)).toEqual([]);
  });

  it('is tried again ever more rarely, and is told all of it in order when it is back after an hour', async () => {
    const { id } = await add();
    answer = () => failed();
    await happens();
    await send();
    await happens();
    await pass(HOUR);
    const tries = sent.length;
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(12);
    expect(new Set(numbers())).toEqual(new Set([2]));
    expect(await world.app.webhooks.find(GUILD, id)).toMatchObject({ waiting: 2, webhook: { status: 500 } });
    answer = () => OK;
    await happens();
    sent.length = 0;
    await pass(31 * MINUTE);
    expect(numbers()).toEqual([2, 3, 4]);
    expect(await found(id)).toMatchObject({ attempts: 0, failingSince: null, trouble: null });
  });

  it('is left alone for as long as it asks', async () => {
    await add();
    answer = () => failed(429, 4 * MINUTE);
    await happens();
    await send();
    await pass(3 * MINUTE);
    expect(sent).toHaveLength(1);
    await pass(2 * MINUTE);
    expect(sent).toHaveLength(2);
  });

  it('is given up after three days, told to staff, and sent what it has missed when it is turned on', async () => {
    await world.setChannel('alerts');
    const { id, webhook } = await add();
    answer = () => failed(503);
    await happens();
    await pass(3 * DAY - HOUR);
    expect(await world.events('webhook.failing')).toEqual([]);
    await pass(2 * HOUR);
    expect(await world.events('webhook.failing')).toMatchObject([
      { actorId: null, facts: { webhook: webhook.name, detail: 'it answered 503' } },
    ]);
    const alerts = async () => JSON.stringify(await world.owed(ALERTS));
    expect(await alerts()).toContain(
      'has taken no events for three days, so Usher has given it up: it answered 503.',
    );
    expect((await found(id))?.dueAt).toBeNull();
    const missed = (await world.countEvents()) - 2;
    await happens();
    sent.length = 0;
    await pass(30 * DAY);
    expect(sent).toEqual([]);
    answer = () => OK;
    // It is taken by what is sent now, and the one that is on again is on the record.
    expect(await world.app.webhooks.test(GUILD, id)).toMatchObject({ answer: OK });
    expect((await found(id))?.dueAt).toBeNull();
    sent.length = 0;
    const on = await world.app.webhooks.turnOn({ ...who, webhookId: id });
    expect(on?.waiting).toBe(missed + 2);
    expect(await world.app.webhooks.turnOn({ ...who, webhookId: id })).toBeUndefined();
    await send();
    expect(numbers()).toEqual(Array.from({ length: missed + 2 }, (_, index) => 3 + index));
    expect(await alerts()).toContain('is on again');
  });

  it('is given up at once when it says that it is gone', async () => {
    const { id } = await add();
    answer = () => failed(410);
    await happens();
    await send();
    expect(sent).toHaveLength(1);
    expect((await found(id))?.dueAt).toBeNull();
    expect(await world.events('webhook.failing')).toMatchObject([{ facts: { how: 'final' } }]);
  });

  it('is sent the same again when what came of it could not be noted', async () => {
    const { id } = await add();
    await happens();
    const { transaction } = world.stores;
    Object.assign(world.stores, { transaction: () => Promise.reject(new Error('killed')) });
    await expect(world.app.webhookSending.sendNext({ guildId: GUILD, webhookId: id })).rejects.toThrow(
      'killed',
    );
    Object.assign(world.stores, { transaction });
    world.restart();
    await send();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });

  it('is gone when it is removed, while much waits and while it is being asked', async () => {
    const { id } = await add();
    for (let count = 0; count < 3; count += 1) await happens();
    answer = async () => {
      await world.app.webhooks.remove({ ...who, webhookId: id });
      return OK;
    };
    await send();
    expect(numbers()).toEqual([2]);
    expect(await world.app.webhooks.list(GUILD)).toEqual([]);
    expect(await world.app.webhookSending.nextMoment()).toBeUndefined();
    expect((await world.events()).at(-1)).toMatchObject({ action: 'webhook.removed', actorId: STAFF });
    expect(await world.app.webhooks.remove({ ...who, webhookId: id })).toBeUndefined();
  });

  it('has two secrets for a day after it was given another', async () => {
    const { id, secret } = await add();
    Object.assign(world.deps.webhooks, {
      newSecret: () => `whsec_${Buffer.alloc(32, 8).toString('base64')}`,
    });
    const rotated = await world.app.webhooks.rotate({ ...who, webhookId: id });
    expect(rotated?.secret).not.toBe(secret);
    const rows = await world.rowsOf(GUILD);
    for (const each of [secret, rotated?.secret ?? '']) expect(rows).not.toContain(each.slice(6));
    await happens();
    await pass(23 * HOUR);
    expect(sent.at(-1)?.secrets).toEqual([rotated?.secret, secret]);
    await pass(2 * HOUR);
    await happens();
    await send();
    expect(sent.at(-1)?.secrets).toEqual([rotated?.secret]);
    expect(await world.stores.of(GUILD).webhooks.findCiphers(id)).toMatchObject({ formerCipher: null });
    expect((await world.events('settings.changed')).map(({ facts }) => facts.detail).join()).toContain(
      'has another secret',
    );
  });

  it('is told when its secret no longer opens, and asks for nothing that cannot be signed', async () => {
    const { id } = await add();
    Object.assign(world.deps, { secrets: createSecrets(Buffer.alloc(32, 1)) });
    world.restart();
    await happens();
    await send();
    expect(sent).toEqual([]);
    expect(await found(id)).toMatchObject({ dueAt: null, trouble: { key: 'webhook.why.sealed' } });
  });

  it('goes on at once when a test is taken', async () => {
    const { id } = await add();
    answer = () => failed();
    await happens();
    await pass(HOUR);
    answer = () => OK;
    sent.length = 0;
    await world.app.webhooks.test(GUILD, id);
    await send();
    expect(sent.map(({ event }) => event?.number)).toEqual([undefined, 2]);
  });

  it('is not late when the clock was set back', async () => {
    const { id } = await add();
    answer = () => failed();
    await happens();
    await pass(HOUR);
    world.clock.set(new Date(world.clock.now().getTime() - 9 * DAY));
    await world.app.clock.setBack(GUILD);
    answer = () => OK;
    sent.length = 0;
    await send();
    expect(numbers(id)).toEqual([2]);
  });
});

describe('between guilds', () => {
  it('nobody reaches the webhook of another', async () => {
    const { id } = await add();
    const { find, test, rotate, turnOn, remove, pick } = world.app.webhooks;
    const theirs = { guildId: OTHER_GUILD, actorId: STAFF, webhookId: id };
    expect(await find(OTHER_GUILD, id)).toBeUndefined();
    expect(await test(OTHER_GUILD, id)).toBeUndefined();
    expect([await rotate(theirs), await turnOn(theirs), await remove(theirs)]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect((await pick(OTHER_GUILD, id)).kind).toBe('none');
    await happens(OTHER_GUILD);
    await send();
    expect(sent).toEqual([]);
    expect(await found(id)).toBeDefined();
  });

  it('those that hang leave room for the others, and take turns with them', async () => {
    const HUNGRY = toGuildId('900000000000000009');
    for (let index = 0; index < 6; index += 1) {
      await add({ guildId: HUNGRY, url: `https://hangs.example/${index}` });
    }
    await happens(HUNGRY);
    world.clock.advance(SECOND);
    const { id } = await add();
    await happens();
    const { listDue, sendNext } = world.app.webhookSending;
    const first = await listDue(8, []);
    expect(first.map(({ guildId }) => guildId)).toEqual([HUNGRY, HUNGRY, GUILD]);
    // Two of them are on their way for as long as they like.
    const hanging = first.slice(0, 2);
    expect(await listDue(8, hanging)).toEqual([{ guildId: GUILD, webhookId: id }]);
    await sendNext({ guildId: GUILD, webhookId: id });
    expect(numbers(id)).toHaveLength(1);
    world.clock.advance(SECOND);
    answer = () => failed(null);
    for (const each of hanging) await sendNext(each);
    const next = await listDue(8, []);
    expect(next).toHaveLength(2);
    expect(next).not.toEqual(hanging);
  });
});

describe('people and guilds that go', () => {
  it('whoever was forgotten is not told of any more', async () => {
    const tower = await world.addTower();
    const person = await world.newAccount(ADA, tower);
    const { id } = await add({ events: 'member.*, grant.*, access.*' });
    answer = () => failed();
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await send();
    await world.app.forgetting.begin(GUILD, ADA, asActor(ADA));
    answer = () => OK;
    sent.length = 0;
    await pass(HOUR);
    expect(sent.length).toBeGreaterThan(2);
    const told = JSON.stringify(sent.map(({ event }) => event));
    for (const trace of [ADA, person.name]) expect(told).not.toContain(trace);
    expect(sent.at(-1)?.event?.action).toBe('member.forgotten');
    expect((await world.app.webhooks.find(GUILD, id))?.waiting).toBe(0);
  });

  it('nothing is sent for a guild without Usher, and what it missed is sent when it is back', async () => {
    await add();
    await world.app.retention.noteRemoved(GUILD);
    await happens();
    await pass(DAY);
    expect(sent).toEqual([]);
    await world.app.retention.noteThere(GUILD);
    await send();
    expect(numbers()).toEqual([2]);
  });
});
