import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import { createRelay, nonceOf, type Relay } from '../../../../src/adapters/discord/outbox/outbox-relay.ts';
import type { Readers } from '../../../../src/adapters/discord/outbox/record.ts';
import { card, md } from '../../../../src/adapters/discord/views/view.ts';
import type { Known } from '../../../../src/app/ports/media-server.ts';
import type { DeliveryContent, DeliveryKind } from '../../../../src/app/ports/outbox.ts';
import { type MemberId, toActorId, toGuildId, toMemberId } from '../../../../src/domain/ids.ts';
import type { NoticePart } from '../../../../src/domain/notice.ts';
import { type PersonalCopy, type PersonalData, TOLD } from '../../../../src/domain/personal-data.ts';
import type { Language } from '../../../../src/words/languages.ts';
import {
  badGateway,
  type Channel,
  discordError,
  type Guild,
  proxyPage,
  rateLimited,
  rateLimitedInBody,
  startDiscord,
} from '../../../standins/discord/index.ts';
import { readEntries } from '../../../support/audit-entries.ts';
import { anEvent } from '../../../support/rows.ts';
import { inEnglish } from '../../../support/said.ts';
import { command, GuildScene, restsOf, SECRET, use } from '../setup.ts';
import { MemoryOutbox } from './memory-outbox.ts';

const MESSAGES = /\/channels\/\d+\/messages$/;

const scene = use(new GuildScene());
let audit: Channel;
let outbox: MemoryOutbox;
let relays: Relay[];
let told: string[];
/** What is said of a role just before it is given. */
let refusalOf: (gift: { readonly roleId: string }) => Known<string | undefined>;

/** What Ada is called, and in which language the guild reads. */
const people: Readers = {
  named: async (_guildId, ids) => new Map(ids.includes(scene.ada.id) ? [[scene.ada.id, 'Ada']] : []),
  languageOf: async () => language,
};
let language: Language;
/** Whose data was read. */
let copied: string[];
const copyFor = async (memberId: MemberId): Promise<PersonalCopy> => {
  copied.push(memberId);
  const nothing = Object.fromEntries(Object.values(TOLD).map((key) => [key, []]));
  const data = nothing as unknown as PersonalData;
  const community = { guildId: toGuildId(scene.guild.id), community: 'Movie Night' };
  return { at: scene.clock.now(), communities: [{ ...community, data }] };
};

beforeEach(() => {
  copied = [];
  language = 'en';
  audit = scene.guild.addTextChannel('audit');
  outbox = new MemoryOutbox(() => scene.discord.http.changed());
  relays = [];
  told = [];
  refusalOf = () => ({ kind: 'known', value: undefined });
});

afterEach(async () => {
  for (const relay of relays) await relay.stop();
});

function startRelay(): Relay {
  const relay = createRelay({
    outbox,
    rests: restsOf(scene.discord, scene),
    secrets: {
      open: (sealed, { guildId, column }) =>
        column === 'Delivery.code' && guildId === scene.guild.id ? sealed : '',
    },
    ids: createCustomIds(SECRET),
    identity: () => ({ applicationId: scene.discord.applicationId, botId: scene.discord.bot.id }),
    guildName: (id) => scene.discord.world.guilds.get(id)?.name,
    guildOwnerId: (id) => scene.discord.world.guilds.get(id)?.owner.id,
    refusalOfRole: async (_guildId, gift) => refusalOf(gift),
    people,
    copyFor,
    clock: scene.clock,
    log: scene.log,
    random: () => 1,
    onTokenRefused: () => {
      told.push('token refused');
      scene.discord.http.changed();
    },
  });
  relays.push(relay);
  relay.start();
  return relay;
}

const event = (number: number) =>
  anEvent({
    number,
    actorId: toActorId(scene.ada.id),
    targetId: toMemberId(scene.ada.id),
    at: scene.clock.now(),
    facts: { server: 'Tower', libraries: ['Movies'], until: null },
  });

const oweLine = (number: number, sink = audit.id) =>
  owe('audit', sink, { kind: 'audit', event: event(number) });
const notice = (text: string) => ({ kind: 'notice', text }) as const;

function owe(kind: DeliveryKind, sink: string, content: DeliveryContent, guildId = scene.guild.id) {
  return outbox.owe({ guildId: toGuildId(guildId), kind, sink, content }, scene.clock.now());
}

/** Ada is owed a role of a guild. */
function oweRole(guild: Guild, roleId: string, more: { readonly remove?: true } = {}) {
  const what = { kind: 'dm', sink: scene.ada.id, content: { kind: 'role', roleId, ...more } } as const;
  return outbox.owe({ guildId: toGuildId(guild.id), ...what }, scene.clock.now());
}

const settled = () =>
  scene.discord.until('nothing is due', () => outbox.rows.every(({ state }) => state !== 'due'));

const numbers = (channel = audit) => readEntries(channel.messages).map(({ number }) => number);
const messages = () => audit.messages.filter(({ author }) => author === scene.discord.bot);

describe('the audit channel', () => {
  it('gets each line once, in order, pinging nobody', async () => {
    for (let number = 1; number <= 5; number += 1) oweLine(number);
    startRelay();
    await settled();
    expect(numbers()).toEqual([1, 2, 3, 4, 5]);
    const who = `<@${scene.ada.id}> ${scene.ada.id}`;
    expect(audit.messages[0]?.content).toContain(
      `🟢 Ada gave Ada Movies on Tower for good\n-# #1 grant.created · ${who} · by ${who}`,
    );
    expect(audit.messages.flatMap(({ pings }) => pings.users)).toEqual([]);
    expect(new Set(outbox.rows.map(({ messageId }) => messageId))).toEqual(
      new Set(audit.messages.map(({ id }) => id)),
    );
  });

  it('gets what is owed while the relay sleeps when it is woken', async () => {
    const relay = startRelay();
    oweLine(1);
    relay.wake();
    await settled();
    expect(numbers()).toEqual([1]);
  });

  it.each([
    ['a 502', { answer: badGateway() }],
    ['a long rate limit', { answer: rateLimited({ retryAfterMs: 30_000 }) }],
    ['a broken connection', { dropBefore: true }],
    ['a connection that broke after the message was there', { dropAfterCommit: true }],
  ])('keeps the order over %s, with one copy of each', async (_what, fault) => {
    oweLine(1);
    oweLine(2);
    scene.discord.http.fault({ method: 'POST', path: MESSAGES, ...fault });
    const relay = startRelay();
    await scene.discord.until('postponed', () => outbox.rows[0]?.attempts === 1);
    expect(outbox.rows[1]?.state).toBe('due');
    scene.clock.advance(60_000);
    relay.wake();
    await settled();
    expect(numbers()).toEqual([1, 2]);
  });

  it.each([
    ['soon, by the nonce', 10_000],
    ['long after, by the number of the line', 3 * 3_600_000],
  ])(
    'has one copy of a line after a kill between sending and writing down, restarted %s',
    async (_when, downMs) => {
      oweLine(1);
      oweLine(2);
      outbox.markFailures = 1;
      const killed = startRelay();
      await scene.discord.until('log', () => scene.log.find('a delivery could not be written down'));
      await killed.stop();
      expect(outbox.rows.map(({ state }) => state)).toEqual(['due', 'due']);
      scene.clock.advance(downMs);
      startRelay();
      await settled();
      expect(numbers()).toEqual([1, 2]);
    },
  );

  it('does not take a copy by somebody else for its own', async () => {
    scene.asAda.in(audit).say('🟢 nothing to see here\n-# #1 grant.created');
    oweLine(1);
    startRelay();
    await settled();
    expect(messages()).toHaveLength(1);
  });

  it('that is gone or closed keeps what is owed to it, in order, and others go on', async () => {
    const closed = scene.guild.addTextChannel('closed', { denied: ['SendMessages'] });
    const gone = scene.guild.addTextChannel('gone');
    gone.delete();
    oweLine(1, gone.id);
    oweLine(1, closed.id);
    oweLine(2, closed.id);
    const line = oweLine(1);
    const relay = startRelay();
    await scene.discord.until('refused', () => outbox.rows.filter(({ refused }) => refused).length === 2);
    await scene.discord.until('sent', () => line.state === 'sent');
    const owner = scene.guild.owner.id;
    expect(
      inEnglish(outbox.rows.slice(0, 3).map(({ state, trouble, refused }) => [state, trouble, refused])),
    ).toEqual([
      ['due', 'the channel is gone (10003)', owner],
      ['due', expect.stringMatching(/permission is missing.*\(50013\)/), owner],
      ['due', undefined, undefined],
    ]);
    closed.deny();
    scene.clock.advance(31_000);
    relay.wake();
    await scene.discord.until('followed', () => outbox.rows[2]?.state === 'sent');
    expect(inEnglish(numbers(closed))).toEqual([1, 2]);
  });

  it.each([
    ['a page of a proxy with 403', { answer: proxyPage(403) }],
    ['a page with 404', { answer: proxyPage(404) }],
    ['a page with 401', { answer: proxyPage(401) }],
    ['200 without an id', { answer: { status: 200, body: {} } }],
    ['half of an answer', { cutAfterBytes: 30 }],
    ['half of an answer, quietly', { cutAfterBytes: 30, cutQuietly: true }],
    ['a 401 that is not so', { answer: discordError(401, 0, '401: Unauthorized') }],
    ['a refusal without a reason', { answer: discordError(403, 0, '403: Forbidden') }],
    ['a limit that only the body tells', { answer: rateLimitedInBody(30) }],
  ])('waits over %s, and gets one copy of each', async (_what, fault) => {
    const [line, next] = [oweLine(1), oweLine(2)];
    scene.discord.http.fault({ method: 'POST', path: MESSAGES, ...fault });
    const relay = startRelay();
    await scene.discord.until('postponed', () => line.attempts === 1);
    expect([line.state, line.refused, next.state]).toEqual(['due', undefined, 'due']);
    expect(told).toEqual([]);
    scene.clock.advance(60_000);
    relay.wake();
    await settled();
    expect(numbers()).toEqual([1, 2]);
  });

  it('gets at least the number of a line whose text Discord does not take', async () => {
    oweLine(1);
    oweLine(2);
    const answer = discordError(400, 200000, 'Message was blocked by automatic moderation');
    scene.discord.http.fault({ method: 'POST', path: MESSAGES, answer, times: 2 });
    startRelay();
    await settled();
    expect(numbers()).toEqual([1, 2]);
    expect(audit.messages[0]?.content).toContain('The sentence of this event could not be posted');
  });

  it('is told in the language of the guild', async () => {
    language = 'de';
    oweLine(1);
    startRelay();
    await settled();
    expect(audit.messages[0]?.content).toContain(
      '🟢 Ada hat Ada Movies auf Tower gegeben, auf Dauer\n-# #1 grant.created',
    );
  });

  it('gets what waits in few messages, without a gap and in order', async () => {
    for (let number = 1; number <= 200; number += 1) oweLine(number);
    startRelay();
    await settled();
    expect(numbers()).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(messages().length).toBeLessThan(20);
  });

  it('loses and doubles nothing when more is owed after a message whose arrival nobody knows of', async () => {
    for (let number = 1; number <= 3; number += 1) oweLine(number);
    scene.discord.http.fault({ method: 'POST', path: MESSAGES, dropAfterCommit: true });
    const relay = startRelay();
    await scene.discord.until('postponed', () => outbox.rows[0]?.attempts === 1);
    for (let number = 4; number <= 6; number += 1) oweLine(number);
    scene.clock.advance(60_000);
    relay.wake();
    await settled();
    expect(messages().map(({ content }) => readEntries([{ content }]).map(({ number }) => number))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it.each([
    ['soon, by the nonce', 10_000],
    ['long after, by the numbers', 3 * 3_600_000],
  ])(
    'recognises what was joined after a kill, with more that is owed since: restarted %s',
    async (_when, downMs) => {
      for (let number = 1; number <= 3; number += 1) oweLine(number);
      outbox.markFailures = 1;
      const killed = startRelay();
      await scene.discord.until('log', () => scene.log.find('a delivery could not be written down'));
      await killed.stop();
      for (let number = 4; number <= 60; number += 1) oweLine(number);
      scene.clock.advance(downMs);
      startRelay();
      await settled();
      expect(numbers()).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
      const [first] = messages();
      expect(outbox.rows.filter(({ messageId }) => messageId === first?.id)).toHaveLength(3);
    },
  );

  it('believes the message that Discord has for a nonce, and not what was posted, where no history may be read', async () => {
    const channel = scene.guild.addTextChannel('no-history', { denied: ['ReadMessageHistory'] });
    for (let number = 1; number <= 2; number += 1) oweLine(number, channel.id);
    outbox.markFailures = 1;
    const killed = startRelay();
    await scene.discord.until('log', () => scene.log.find('a delivery could not be written down'));
    await killed.stop();
    for (let number = 3; number <= 4; number += 1) oweLine(number, channel.id);
    startRelay();
    await settled();
    expect(numbers(channel)).toEqual([1, 2, 3, 4]);
    expect(channel.messages).toHaveLength(2);
  });

  it('cuts only the line that Discord does not take, and tells all others whole', async () => {
    for (let number = 1; number <= 12; number += 1) oweLine(number);
    const answer = discordError(400, 200000, 'Message was blocked by automatic moderation');
    const refused = { method: 'POST', path: MESSAGES, answer };
    // All of them are refused, 1 to 6 are taken, and then whatever has 7 in it is refused.
    scene.discord.http.fault(refused);
    scene.discord.http.fault({ ...refused, after: 1, times: 4 });
    startRelay();
    await settled();
    expect(numbers()).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    const cut = readEntries(audit.messages).filter(({ sentence }) => sentence.startsWith('The sentence'));
    expect(cut.map(({ number }) => number)).toEqual([7]);
  });

  it('knows its own lines by the id of the bot, not of the application', async () => {
    const discord = await startDiscord({ clock: scene.clock, madeBefore2016: true });
    const guild = discord.addGuild({ name: 'Old' });
    const channel = guild.addTextChannel('audit');
    outbox = new MemoryOutbox(() => discord.http.changed());
    const about = { kind: 'channel', sink: channel.id, content: { kind: 'audit', event: event(1) } } as const;
    outbox.owe({ guildId: toGuildId(guild.id), ...about }, scene.clock.now());
    outbox.markFailures = 1;
    const ofOld = () => {
      const relay = createRelay({
        ...{ outbox, rests: restsOf(discord, scene), secrets: { open: () => '' } },
        copyFor,
        ...{ ids: createCustomIds(SECRET), guildName: () => 'Old', guildOwnerId: () => undefined },
        refusalOfRole: async () => ({ kind: 'known', value: undefined }),
        people,
        identity: () => ({ applicationId: discord.applicationId, botId: discord.bot.id }),
        ...{ clock: scene.clock, log: scene.log, onTokenRefused: () => {} },
      });
      relays.push(relay);
      relay.start();
      return relay;
    };
    const killed = ofOld();
    await scene.discord.until('log', () => scene.log.find('a delivery could not be written down'));
    await killed.stop();
    scene.clock.advance(3 * 3_600_000);
    ofOld();
    await discord.until('sent', () => outbox.rows[0]?.state === 'sent');
    expect(channel.messages).toHaveLength(1);
    await discord.stop();
  });

  it('stops for good when the token is refused', async () => {
    oweLine(1);
    scene.discord.http.fault({
      path: /./,
      answer: discordError(401, 0, 'Unauthorized'),
      times: Number.POSITIVE_INFINITY,
    });
    startRelay();
    await scene.discord.until('told', () => told.includes('token refused'));
    expect(outbox.rows[0]?.state).toBe('due');
  });
});

describe('direct messages', () => {
  const invite = (inviteId: string) =>
    ({
      kind: 'invite',
      codeCipher: 'ABCDEFGHJKLMNPQR',
      gives: ['Tower · Movies', 'Tower · TV [4K](https://evil.example)'],
      duration: '30d',
      validUntil: new Date(scene.clock.now().getTime() + 7 * 86_400_000).toISOString(),
      inviteId,
      createdById: toActorId(scene.ada.id),
    }) as const;

  it('carry an invite with its code and a button that works, also next week', async () => {
    const pressed: unknown[] = [];
    const bot = await scene.start({
      redeem: {
        ...command({ description: 'x', capability: 'member', run: async () => card('good', md`x`) }),
        components: {
          open: {
            answers: 'message',
            run: async ({ guildId, inDm, args, actor }) => {
              pressed.push({ guildId, inDm, args, userId: actor.id });
              return card('good', md`Welcome`);
            },
          },
        },
      },
    });
    owe('dm', scene.ada.id, invite('invite-1'));
    startRelay();
    await settled();
    const [dm] = scene.discord.dmsOf(scene.ada);
    if (!dm) throw new Error('no DM');
    expect(dm.text).toContain('Movie Night');
    expect(inEnglish(dm.text)).toContain('`ABCD-EFGH-JKLM-NPQR`');
    expect(inEnglish(dm.text)).toContain('30 days');
    scene.clock.advance(6 * 86_400_000);
    const answer = await scene.asAda.inDm().click(dm, 'Redeem');
    expect(inEnglish(answer.text)).toContain('Welcome');
    expect(inEnglish(pressed)).toEqual([
      { guildId: scene.guild.id, inDm: true, args: ['invite-1'], userId: scene.ada.id },
    ]);
    await bot.stop();
  });

  it('carry what is stored about their person as a file, read when it is sent', async () => {
    owe('dm', scene.ada.id, { kind: 'copy' });
    startRelay();
    await settled();
    const [dm] = scene.discord.dmsOf(scene.ada);
    expect(inEnglish(dm?.text ?? '')).toContain('Only you see this file');
    expect(dm?.attachments.map(({ filename }) => filename)).toEqual(['usher-my-data.json']);
    expect(copied).toEqual([scene.ada.id]);
  });

  it('that a proxy refuses are not called closed', async () => {
    const row = owe('dm', scene.ada.id, notice('hello'));
    scene.discord.http.fault({ method: 'POST', path: MESSAGES, answer: proxyPage(403) });
    scene.discord.http.fault({ method: 'POST', path: /users\/@me\/channels$/, answer: proxyPage(403) });
    const relay = startRelay();
    for (const attempts of [1, 2]) {
      await scene.discord.until('postponed', () => row.attempts === attempts);
      expect(inEnglish(row)).toMatchObject({ state: 'due', trouble: 'something else than Discord answered' });
      scene.clock.advance(60_000);
      relay.wake();
    }
    await settled();
    expect(row.state).toBe('sent');
  });

  it('that are closed are given up and said so', async () => {
    scene.ada.dms = 'closed';
    const row = owe('dm', scene.ada.id, notice('hello'));
    startRelay();
    await settled();
    expect(inEnglish(row.state)).toBe('parked');
    expect(inEnglish(row)).toMatchObject({
      closed: true,
      trouble: expect.stringContaining('take no direct messages'),
    });
  });

  it('say what is true when they are sent, in the language of who reads them; with nothing to say, none is sent', async () => {
    const row = owe('notice', scene.ada.id, { kind: 'changes', grants: [], parts: [] });
    const late = owe('notice', scene.ada.id, { kind: 'changes', grants: [], parts: [] });
    const said: NoticePart[] = [{ event: 'kept', server: 'Den', account: 'ada', at: null }];
    let asked = 0;
    outbox.prepare = async (delivery) => {
      asked += 1;
      // The database failed once: nothing of it is Discord's refusal.
      if (asked === 1) throw new Error('locked');
      if (delivery.id === late.id) {
        late.state = 'parked';
        return undefined;
      }
      const content = { kind: 'changes', grants: [], parts: [], said } as const;
      return { delivery: { ...delivery, content }, locale: 'de' };
    };
    const relay = startRelay();
    await scene.discord.until('asked', () => asked === 1);
    expect(row.state).toBe('due');
    scene.clock.advance(60_000);
    relay.wake();
    await settled();
    const dms = scene.discord.dmsOf(scene.ada);
    expect(dms.map(({ text }) => text).join()).toContain('Dein Konto ada auf Den wird doch nicht gelöscht.');
    expect([dms.length, row.state, late.state]).toEqual([1, 'sent', 'parked']);
  });

  it('to new people are paced, those to known ones are not', async () => {
    const people = Array.from({ length: 8 }, (_, at) => scene.discord.addUser({ name: `member${at}` }));
    for (const person of people) {
      scene.guild.addMember(person);
      owe('dm', person.id, notice('one'));
      owe('dm', person.id, notice('two'));
    }
    startRelay();
    await scene.discord.until(
      'the first five',
      () => outbox.rows.filter(({ state }) => state === 'sent').length === 10,
    );
    expect(scene.discord.dmOpens).toBe(5);
    scene.clock.advance(6_000);
    await settled();
    expect(scene.discord.dmOpens).toBe(8);
  });

  it('to new people are paced guild by guild: one is not behind all of another', async () => {
    const strangers = Array.from({ length: 12 }, (_, at) => scene.discord.addUser({ name: `member${at}` }));
    const [last] = strangers;
    for (const person of strangers) scene.guild.addMember(person);
    for (const person of strangers.slice(1)) owe('dm', person.id, notice('one'));
    const relay = startRelay();
    const opened = (count: number) =>
      scene.discord.until(`${count} are opened`, () => scene.discord.dmOpens === count);
    await opened(5);
    const row = owe('dm', last?.id ?? '', notice('theirs'), '199999999999999999');
    // When it is asked the second time, what it found the first time is on its way.
    for (const before of [outbox.asked, outbox.asked + 1]) {
      relay.wake();
      await scene.discord.until('asked', () => outbox.asked > before);
    }
    scene.clock.advance(2_000);
    await opened(6);
    scene.clock.advance(2_000);
    await opened(7);
    await scene.discord.until('sent', () => row.state === 'sent');
    expect(outbox.rows.filter(({ state }) => state === 'due')).toHaveLength(5);
  });

  it('that have to wait hold up no role of the same person, and no line and no alert', async () => {
    scene.discord.dmOpenLimit = 0;
    const role = scene.guild.addRole('viewers');
    scene.guild.addMember(scene.discord.bot);
    const dm = owe('dm', scene.ada.id, notice('hello'));
    const others = [
      owe('role', scene.ada.id, { kind: 'role', roleId: role.id }),
      oweLine(1),
      owe('alert', audit.id, { kind: 'alert', text: 'look' }),
    ];
    startRelay();
    await scene.discord.until('all but one', () => others.every(({ state }) => state !== 'due'));
    await scene.discord.until('paused', () => dm.attempts === 1);
    expect(dm.state).toBe('due');
  });

  it('stop for all new people after 40003, and go on later', async () => {
    scene.discord.dmOpenLimit = 1;
    const [one, two, three] = ['one', 'two', 'three'].map((name) => {
      const person = scene.discord.addUser({ name });
      scene.guild.addMember(person);
      return owe('dm', person.id, notice('hello'));
    });
    const relay = startRelay();
    await scene.discord.until('paused', () => two?.attempts === 1 && three?.attempts === 1);
    expect(one?.state).toBe('sent');
    scene.discord.dmOpenLimit = Number.POSITIVE_INFINITY;
    scene.clock.advance(11 * 60_000);
    relay.wake();
    await settled();
    expect([one, two, three].map((row) => row?.state)).toEqual(['sent', 'sent', 'sent']);
  });

  it('are left alone when the relay stops while they wait for their turn', async () => {
    const people = Array.from({ length: 7 }, (_, at) => scene.discord.addUser({ name: `member${at}` }));
    for (const person of people) {
      scene.guild.addMember(person);
      owe('dm', person.id, notice('one'));
    }
    const relay = startRelay();
    await scene.discord.until(
      'the first five',
      () => outbox.rows.filter(({ state }) => state === 'sent').length === 5,
    );
    await relay.stop();
    expect(outbox.rows.filter(({ state, attempts }) => state === 'due' && attempts === 0)).toHaveLength(2);
  });
});

describe('other deliveries', () => {
  it('give a role, and give up when that is not possible', async () => {
    const guild = scene.discord.addGuild({ name: 'Roles', botPermissions: ['ManageRoles'] });
    const ada = guild.addMember(scene.ada);
    const role = guild.addRole('viewers');
    const high = guild.addRole('bosses', { aboveBot: true });
    for (const roleId of [role.id, high.id]) oweRole(guild, roleId);
    startRelay();
    await settled();
    expect(inEnglish(outbox.rows.map(({ state }) => state))).toEqual(['sent', 'parked']);
    expect(inEnglish(outbox.rows[1]?.trouble)).toContain('50013');
    expect([...ada.roles]).toEqual([role]);
    expect(scene.discord.dmOpens).toBe(0);
  });

  it('give no role of which it is said then that it may not be, and take any', async () => {
    const guild = scene.discord.addGuild({ name: 'Roles', botPermissions: ['ManageRoles'] });
    const ada = guild.addMember(scene.ada);
    const [fine, staffs, had] = ['fine', 'staff', 'had'].map((name) => guild.addRole(name));
    if (!fine || !staffs || !had) throw new Error('no roles');
    ada.roles.add(had);
    refusalOf = ({ roleId }) => ({
      kind: 'known',
      value: roleId === fine.id ? undefined : 'It is of staff.',
    });
    for (const { id } of [staffs, fine]) oweRole(guild, id);
    oweRole(guild, had.id, { remove: true });
    startRelay();
    await settled();
    expect(outbox.rows.map(({ state }) => state)).toEqual(['parked', 'sent', 'sent']);
    expect(outbox.rows[0]?.trouble).toBe('It is of staff.');
    expect([...ada.roles]).toEqual([fine]);
  });

  it.each([
    ['waits while nobody says whether a role may be given', undefined, 'due'],
    ['gives up when Discord refuses to say it', 'final', 'parked'],
  ] as const)('%s', async (_name, refusal, state) => {
    const guild = scene.discord.addGuild({ name: 'Roles', botPermissions: ['ManageRoles'] });
    const ada = guild.addMember(scene.ada);
    const why = { kind: 'discord', message: 'Nobody knows.', ...(refusal && { refusal }) } as const;
    refusalOf = () => ({ kind: 'unknown', why });
    oweRole(guild, guild.addRole('viewers').id);
    startRelay();
    await scene.discord.until('tried', () => outbox.rows[0]?.trouble !== undefined);
    expect(outbox.rows[0]).toMatchObject({ state, trouble: 'Nobody knows.' });
    expect([...ada.roles]).toEqual([]);
  });

  it('post a claim button that only its member can use', async () => {
    const bob = scene.discord.addUser({ name: 'bob' });
    scene.guild.addMember(bob);
    const bot = await scene.start({
      'invite create': {
        ...command({ description: 'x', capability: 'moderator', run: async () => card('good', md`x`) }),
        components: {
          claim: {
            capability: 'member',
            answers: 'message',
            run: async ({ args }) => card('good', md`Claimed ${args[0] ?? ''}`),
          },
        },
      },
    });
    owe('channel', scene.guild.general.id, {
      kind: 'claim',
      inviteId: 'i1',
      memberId: toMemberId(scene.ada.id),
    });
    startRelay();
    await settled();
    const message = scene.guild.general.messages.at(-1);
    if (!message) throw new Error('no message');
    expect(message.pings.users).toEqual([scene.ada.id]);
    expect((await scene.discord.as(bob).in(scene.guild).click(message, 'Claim')).text).toContain(
      'not for you',
    );
    const claimed = await scene.asAda.in(scene.guild).click(message, 'Claim');
    expect(claimed.text).toContain('Claimed i1');
    expect(claimed.ephemeral).toBe(true);
    await bot.stop();
  });

  it('cannot ping anybody or look like something else', async () => {
    owe('channel', audit.id, { kind: 'alert', text: `@everyone <@${scene.ada.id}>\n# Tower` });
    startRelay();
    await settled();
    expect(audit.messages[0]?.pings).toEqual({ users: [], roles: [], everyone: false });
    expect(audit.messages[0]?.text).toContain('\\# Tower');
  });
});

describe('nonceOf', () => {
  it('is short, and the same for the same row', () => {
    expect(nonceOf('a')).toBe(nonceOf('a'));
    expect(nonceOf('a')).not.toBe(nonceOf('b'));
    expect(
      Math.max(...Array.from({ length: 200 }, (_, at) => nonceOf(String(at)).length)),
    ).toBeLessThanOrEqual(25);
  });
});
