/** A message that is kept up to date: posted once, edited after, and posted anew only where it cannot be edited. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import { createRelay, type Relay } from '../../../../src/adapters/discord/outbox/outbox-relay.ts';
import type { Post, PostContent } from '../../../../src/app/ports/posts.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';
import type { Language } from '../../../../src/words/languages.ts';
import { say } from '../../../../src/words/say.ts';
import { aPost } from '../../../contracts/guild.ts';
import { badGateway, type Channel, discordError } from '../../../standins/discord/index.ts';
import type { Fault } from '../../../standins/http.ts';
import { GuildScene, restsOf, SECRET, use } from '../setup.ts';
import { MemoryOutbox } from './memory-outbox.ts';

const NOON = '2026-11-27T12:00:00.000Z';
const MESSAGE = /\/channels\/\d+\/messages\/\d+$/;

const scene = use(new GuildScene());
let channel: Channel;
let outbox: MemoryOutbox;
const relays: Relay[] = [];
let languageOf: () => Promise<Language>;

beforeEach(() => {
  channel = scene.guild.addTextChannel('alerts');
  languageOf = async () => 'en';
  outbox = new MemoryOutbox(() => scene.discord.http.changed());
});
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.stop();
});

function startRelay(): Relay {
  const relay = createRelay({
    outbox,
    rests: restsOf(scene.discord, scene),
    secrets: { open: () => '' },
    ids: createCustomIds(SECRET),
    identity: () => ({ applicationId: scene.discord.applicationId, botId: scene.discord.bot.id }),
    guildName: () => 'a guild',
    guildOwnerId: () => undefined,
    people: { named: async () => new Map(), languageOf: () => languageOf() },
    copyFor: async () => ({ at: scene.clock.now(), communities: [] }),
    refusalOfRole: async () => ({ kind: 'known', value: undefined }),
    clock: scene.clock,
    log: scene.log,
    random: () => 1,
    onTokenRefused: () => {},
  });
  relays.push(relay);
  relay.start();
  return relay;
}

const saying = (text: string): PostContent => ({ kind: 'alert', state: 'open', text, retry: 'tower' });

/** Owes what shows it; what is kept of it is what a use case would keep. */
function owe(changes: Partial<Post>, sink = channel.id) {
  const post = aPost('post', { ...outbox.posts.get('post'), ...changes });
  outbox.posts.set('post', post);
  const content = { kind: 'post', postId: 'post', version: post.version } as const;
  return outbox.owe({ guildId: toGuildId(scene.guild.id), kind: 'alert', sink, content }, scene.clock.now());
}

const sent = (row: { readonly state: string }) =>
  scene.discord.until('it is sent', () => row.state === 'sent');

/** One that is there, posted by the relay. */
async function posted(relay: Relay) {
  const row = owe({ content: saying('down'), version: 1 });
  relay.wake();
  await sent(row);
  outbox.posts.set(
    'post',
    aPost('post', { ...outbox.posts.get('post'), channelId: channel.id, messageId: row.messageId ?? '' }),
  );
  return row;
}

const texts = (of = channel) => of.messages.map(({ text }) => text);

it('is posted once and then edited, in its place, and pings nobody', async () => {
  const relay = startRelay();
  const first = await posted(relay);
  expect([first.version, channel.messages.length]).toEqual([undefined, 1]);
  const row = owe({ content: saying('two ends wait'), version: 2 });
  relay.wake();
  await sent(row);
  expect(texts()).toEqual([expect.stringContaining('two ends wait')]);
  expect([row.messageId, row.version]).toEqual([first.messageId, 2]);
  expect(channel.messages[0]?.edits).toBe(1);
  const over = owe({ content: { kind: 'alert', state: 'over', text: 'well again' }, version: 3 });
  relay.wake();
  await sent(over);
  expect(texts()).toEqual([expect.stringMatching(/✅ well again$/)]);
});

it('is posted anew when somebody has deleted it', async () => {
  const relay = startRelay();
  await posted(relay);
  channel.messages[0]?.remove();
  const row = owe({ content: saying('still down'), version: 2 });
  relay.wake();
  await sent(row);
  expect(texts()).toEqual([expect.stringContaining('still down')]);
});

it('is posted anew, as a reply, when it is too old to be edited', async () => {
  const relay = startRelay();
  await posted(relay);
  const answer = discordError(400, 30_046, 'Maximum number of edits to messages older than 1 hour reached.');
  scene.discord.http.fault({ method: 'PATCH', path: MESSAGE, answer });
  const row = owe({ content: saying('still down'), version: 2 });
  relay.wake();
  await sent(row);
  expect(texts()).toEqual([expect.stringContaining('down'), expect.stringContaining('still down')]);
  expect(row.messageId).toBe(channel.messages[1]?.id);
});

it('that stands for itself takes the place of the one that is too old to be edited', async () => {
  const relay = startRelay();
  const panel = { servers: [], more: 0, active: 1, expiring: 0, overdue: 0, invites: 0, nextSyncAt: NOON };
  const row = owe({ content: { kind: 'panel', ...panel }, version: 1 });
  relay.wake();
  await sent(row);
  const messageId = row.messageId ?? '';
  expect(texts()).toEqual([expect.stringContaining('1 member has access')]);
  const answer = discordError(400, 30_046, 'Maximum number of edits to messages older than 1 hour reached.');
  scene.discord.http.fault({ method: 'PATCH', path: MESSAGE, answer });
  const content = { kind: 'panel', ...panel, active: 2 } as const;
  const next = owe({ content, version: 2, channelId: channel.id, messageId });
  relay.wake();
  await sent(next);
  expect(texts()).toEqual([expect.stringContaining('2 members have access')]);
});

it('moves with the channel for alerts: it is posted there, and the old one goes', async () => {
  const relay = startRelay();
  await posted(relay);
  const other = scene.guild.addTextChannel('other');
  const row = owe({ content: saying('still down'), version: 2 }, other.id);
  relay.wake();
  await sent(row);
  expect([texts(), texts(other)]).toEqual([[], [expect.stringContaining('still down')]]);
});

it('goes when there is nothing to say any more, also when it is gone already', async () => {
  const relay = startRelay();
  await posted(relay);
  for (const version of [2, 3]) {
    const row = owe({ content: null, version });
    relay.wake();
    await sent(row);
    expect([texts(), row.messageId]).toEqual([[], null]);
  }
});

it.each<[string, Omit<Fault, 'path'>]>([
  ['a 502', { answer: badGateway() }],
  ['a connection that broke after the edit was done', { dropAfterCommit: true }],
])('an edit is repeated after %s, and what is behind it waits', async (_what, fault) => {
  const relay = startRelay();
  await posted(relay);
  scene.discord.http.fault({ method: 'PATCH', path: MESSAGE, ...fault });
  const row = owe({ content: saying('two ends wait'), version: 2 });
  const alert = { kind: 'alert', text: 'behind it' } as const;
  const guildId = toGuildId(scene.guild.id);
  const next = outbox.owe({ guildId, kind: 'alert', sink: channel.id, content: alert }, scene.clock.now());
  relay.wake();
  await scene.discord.until('postponed', () => row.attempts === 1);
  expect(next.state).toBe('due');
  scene.clock.advance(60_000);
  relay.wake();
  await sent(next);
  expect(texts()).toEqual([expect.stringContaining('two ends wait'), expect.stringContaining('behind it')]);
});

it('waits for staff where Usher may not go any more, and follows then', async () => {
  const relay = startRelay();
  await posted(relay);
  channel.deny('ViewChannel');
  const row = owe({ content: saying('two ends wait'), version: 2 });
  relay.wake();
  await scene.discord.until('refused', () => row.refused !== undefined);
  channel.deny();
  scene.clock.advance(31_000);
  relay.wake();
  await sent(row);
  expect(texts()).toEqual([expect.stringContaining('two ends wait')]);
});

it('is there once after a kill between posting and writing down, and then shows what is so by now', async () => {
  const row = owe({ content: saying('down'), version: 1 });
  outbox.markFailures = 1;
  const killed = startRelay();
  await scene.discord.until('log', () => scene.log.find('a delivery could not be written down'));
  await killed.stop();
  // It changed while nobody ran.
  outbox.posts.set('post', aPost('post', { content: saying('two ends wait'), version: 2 }));
  scene.clock.advance(10_000);
  const relay = startRelay();
  await sent(row);
  // Discord answers with the message that is there, so that what it shows counts as what was owed.
  expect([channel.messages.length, row.version]).toEqual([1, undefined]);
  const edit = owe({ channelId: channel.id, messageId: row.messageId ?? '', shown: 1 });
  relay.wake();
  await sent(edit);
  expect(texts()).toEqual([expect.stringContaining('two ends wait')]);
});

it('is not sent when it is not needed any more', async () => {
  const row = owe({ content: saying('down') });
  outbox.posts.clear();
  startRelay();
  await scene.discord.until('given up', () => row.state === 'parked');
  expect(texts()).toEqual([]);
});

it('speaks the language of its guild, which may be another one by the time it is edited', async () => {
  const content = (minute: number): PostContent => ({
    ...{ kind: 'alert', state: 'open' },
    text: say('alert.gone', { server: 'Tower', at: `14:0${minute}` }),
  });
  const first = owe({ content: content(1), version: 1 });
  const relay = startRelay();
  await sent(first);
  expect(texts()).toEqual([expect.stringContaining('Tower removed: it is not in Usher any more (14:01)')]);
  languageOf = async () => 'de';
  const where = { channelId: channel.id, messageId: first.messageId ?? '' };
  const second = owe({ ...where, content: content(2), version: 2, shown: 1 });
  relay.wake();
  await sent(second);
  expect(texts()).toEqual([expect.stringContaining('Tower wurde aus Usher entfernt (14:02)')]);
});

it('is not given up when what it says could not be read: that is no answer of Discord', async () => {
  let failures = 1;
  languageOf = async () => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the database is away');
    }
    return 'en';
  };
  const row = owe({ content: saying('down') });
  const relay = startRelay();
  await scene.discord.until('log', () => scene.log.find('a delivery could not be written down'));
  scene.clock.advance(10_000);
  relay.wake();
  await sent(row);
  expect(texts()).toEqual([expect.stringContaining('down')]);
});
