import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import { createRelay, nonceOf, type Relay } from '../../../../src/adapters/discord/outbox/outbox-relay.ts';
import { card, md } from '../../../../src/adapters/discord/views/view.ts';
import { createRests } from '../../../../src/adapters/discord/wire/rest.ts';
import type { DeliveryContent } from '../../../../src/app/ports/outbox.ts';
import type { AuditEvent } from '../../../../src/domain/model.ts';
import {
  badGateway,
  type Channel,
  type Discord,
  discordError,
  type Guild,
  rateLimited,
  startDiscord,
  type User,
} from '../../../standins/discord/index.ts';
import { FakeClock } from '../../../support/clock.ts';
import { command, SECRET, startBot, TestLog } from '../setup.ts';
import { MemoryOutbox } from './memory-outbox.ts';

const MESSAGES = /\/channels\/\d+\/messages$/;

let clock: FakeClock;
let discord: Discord;
let guild: Guild;
let audit: Channel;
let ada: User;
let outbox: MemoryOutbox;
let log: TestLog;
let relays: Relay[];
let told: string[];

beforeEach(async () => {
  clock = FakeClock.running();
  discord = await startDiscord({ clock: clock });
  guild = discord.addGuild({ name: 'Movie Night' });
  audit = guild.addTextChannel('audit');
  ada = discord.addUser({ name: 'ada' });
  guild.addMember(ada);
  outbox = new MemoryOutbox(() => discord.http.changed());
  log = new TestLog(() => discord.http.changed());
  relays = [];
  told = [];
});

afterEach(async () => {
  for (const relay of relays) await relay.stop();
  await discord.stop();
  expect(discord.violations).toEqual([]);
});

function startRelay(): Relay {
  const relay = createRelay({
    outbox,
    rests: createRests({ apiUrl: `${discord.url}/api`, token: discord.token }),
    secrets: {
      open: (sealed, { guildId, column }) =>
        column === 'Delivery.code' && guildId === guild.id ? sealed : '',
    },
    ids: createCustomIds(SECRET),
    applicationId: discord.applicationId,
    guildName: (id) => discord.world.guilds.get(id)?.name,
    clock,
    log,
    random: () => 1,
    onTokenRefused: () => {
      told.push('token refused');
      discord.http.changed();
    },
  });
  relays.push(relay);
  relay.start();
  return relay;
}

function event(number: number): AuditEvent {
  return { number, action: 'grant.created', actorId: ada.id, targetId: ada.id, facts: {}, at: clock.now() };
}

const oweLine = (number: number, sink = audit.id) =>
  owe('channel', sink, { kind: 'audit', event: event(number) });
const notice = (text: string) => ({ kind: 'notice', text }) as const;

function owe(kind: 'channel' | 'dm', sink: string, content: DeliveryContent) {
  return outbox.owe({ guildId: guild.id, kind, sink, content }, clock.now());
}

const settled = () =>
  discord.until('nothing is due', () => outbox.rows.every(({ state }) => state !== 'due'));

const numbers = (channel = audit) => channel.messages.map(({ content }) => /#(\d+) /.exec(content)?.[1]);

describe('the audit channel', () => {
  it('gets each line once, in order, pinging nobody', async () => {
    for (let number = 1; number <= 5; number += 1) oweLine(number);
    startRelay();
    await settled();
    expect(numbers()).toEqual(['1', '2', '3', '4', '5']);
    expect(audit.messages[0]?.content).toContain(
      `🟢 #1 grant.created · <@${ada.id}> (${ada.id}) by <@${ada.id}> (${ada.id}) · for good`,
    );
    expect(audit.messages.flatMap(({ pings }) => pings.users)).toEqual([]);
    expect(outbox.rows.map(({ messageId }) => messageId)).toEqual(audit.messages.map(({ id }) => id));
  });

  it('gets what is owed while the relay sleeps when it is woken', async () => {
    const relay = startRelay();
    oweLine(1);
    relay.wake();
    await settled();
    expect(numbers()).toEqual(['1']);
  });

  it.each([
    ['a 502', { answer: badGateway() }],
    ['a long rate limit', { answer: rateLimited({ retryAfterMs: 30_000 }) }],
    ['a broken connection', { dropBefore: true }],
    ['a connection that broke after the message was there', { dropAfterCommit: true }],
  ])('keeps the order over %s, with one copy of each', async (_what, fault) => {
    oweLine(1);
    oweLine(2);
    discord.http.fault({ method: 'POST', path: MESSAGES, ...fault });
    const relay = startRelay();
    await discord.until('postponed', () => outbox.rows[0]?.attempts === 1);
    expect(outbox.rows[1]?.state).toBe('due');
    clock.advance(60_000);
    relay.wake();
    await settled();
    expect(numbers()).toEqual(['1', '2']);
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
      await discord.until('log', () => log.find('a delivery could not be written down'));
      await killed.stop();
      expect(outbox.rows.map(({ state }) => state)).toEqual(['due', 'due']);
      clock.advance(downMs);
      startRelay();
      await settled();
      expect(numbers()).toEqual(['1', '2']);
    },
  );

  it('does not take a copy by somebody else for its own', async () => {
    discord.as(ada).in(audit).say('🟢 #1 grant.created · nothing to see here');
    oweLine(1);
    startRelay();
    await settled();
    expect(audit.messages.filter(({ author }) => author === discord.bot)).toHaveLength(1);
  });

  it('is given up with the reason when it is gone or closed, and others go on', async () => {
    const closed = guild.addTextChannel('closed', { denied: ['SendMessages'] });
    const gone = guild.addTextChannel('gone');
    gone.delete();
    oweLine(1, gone.id);
    oweLine(1, closed.id);
    oweLine(1);
    startRelay();
    await settled();
    expect(outbox.rows.map(({ state, trouble }) => [state, trouble])).toEqual([
      ['parked', 'the channel is gone (10003)'],
      ['parked', expect.stringMatching(/permission is missing.*\(50013\)/)],
      ['sent', undefined],
    ]);
  });

  it('stops for good when the token is refused', async () => {
    oweLine(1);
    discord.http.fault({
      path: /./,
      answer: discordError(401, 0, 'Unauthorized'),
      times: Number.POSITIVE_INFINITY,
    });
    startRelay();
    await discord.until('told', () => told.includes('token refused'));
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
      validUntil: new Date(clock.now().getTime() + 7 * 86_400_000).toISOString(),
      inviteId,
      createdById: ada.id,
    }) as const;

  it('carry an invite with its code and a button that works, also next week', async () => {
    const pressed: unknown[] = [];
    const bot = await startBot(discord, clock, {
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
    owe('dm', ada.id, invite('invite-1'));
    startRelay();
    await settled();
    const [dm] = discord.dmsOf(ada);
    if (!dm) throw new Error('no DM');
    expect(dm.text).toContain('Movie Night');
    expect(dm.text).toContain('`ABCD-EFGH-JKLM-NPQR`');
    expect(dm.text).toContain('30 days');
    clock.advance(6 * 86_400_000);
    const answer = await discord.as(ada).inDm().click(dm, 'Redeem');
    expect(answer.text).toContain('Welcome');
    expect(pressed).toEqual([{ guildId: guild.id, inDm: true, args: ['invite-1'], userId: ada.id }]);
    await bot.stop();
  });

  it('that are closed are given up and said so', async () => {
    ada.dms = 'closed';
    const row = owe('dm', ada.id, notice('hello'));
    startRelay();
    await settled();
    expect(row.state).toBe('parked');
    expect(row).toMatchObject({ closed: true, trouble: expect.stringContaining('take no direct messages') });
  });

  it('to new people are paced, those to known ones are not', async () => {
    const people = Array.from({ length: 8 }, (_, at) => discord.addUser({ name: `member${at}` }));
    for (const person of people) {
      guild.addMember(person);
      owe('dm', person.id, notice('one'));
      owe('dm', person.id, notice('two'));
    }
    startRelay();
    await discord.until(
      'the first five',
      () => outbox.rows.filter(({ state }) => state === 'sent').length === 10,
    );
    expect(discord.dmOpens).toBe(5);
    clock.advance(6_000);
    await settled();
    expect(discord.dmOpens).toBe(8);
  });

  it('stop for all new people after 40003, and go on later', async () => {
    discord.dmOpenLimit = 1;
    const [one, two, three] = ['one', 'two', 'three'].map((name) => {
      const person = discord.addUser({ name });
      guild.addMember(person);
      return owe('dm', person.id, notice('hello'));
    });
    const relay = startRelay();
    await discord.until('paused', () => two?.attempts === 1 && three?.attempts === 1);
    expect(one?.state).toBe('sent');
    discord.dmOpenLimit = Number.POSITIVE_INFINITY;
    clock.advance(11 * 60_000);
    relay.wake();
    await settled();
    expect([one, two, three].map((row) => row?.state)).toEqual(['sent', 'sent', 'sent']);
  });

  it('are left alone when the relay stops while they wait for their turn', async () => {
    const people = Array.from({ length: 7 }, (_, at) => discord.addUser({ name: `member${at}` }));
    for (const person of people) {
      guild.addMember(person);
      owe('dm', person.id, notice('one'));
    }
    const relay = startRelay();
    await discord.until(
      'the first five',
      () => outbox.rows.filter(({ state }) => state === 'sent').length === 5,
    );
    await relay.stop();
    expect(outbox.rows.filter(({ state, attempts }) => state === 'due' && attempts === 0)).toHaveLength(2);
  });
});

describe('other deliveries', () => {
  it('give a role, and give up when that is not possible', async () => {
    const role = guild.addRole('viewers');
    const high = guild.addRole('bosses', { aboveBot: true });
    guild.addMember(discord.bot);
    owe('dm', ada.id, { kind: 'role', roleId: role.id });
    owe('dm', ada.id, { kind: 'role', roleId: high.id });
    startRelay();
    await settled();
    expect(outbox.rows[1]?.state).toBe('parked');
    expect(discord.dmOpens).toBe(0);
  });

  it('post a claim button that only its member can use', async () => {
    const bob = discord.addUser({ name: 'bob' });
    guild.addMember(bob);
    const bot = await startBot(discord, clock, {
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
    owe('channel', guild.general.id, { kind: 'claim', inviteId: 'i1', memberId: ada.id });
    startRelay();
    await settled();
    const message = guild.general.messages.at(-1);
    if (!message) throw new Error('no message');
    expect(message.pings.users).toEqual([ada.id]);
    expect((await discord.as(bob).in(guild).click(message, 'Claim')).text).toContain('not for you');
    const claimed = await discord.as(ada).in(guild).click(message, 'Claim');
    expect(claimed.text).toContain('Claimed i1');
    expect(claimed.ephemeral).toBe(true);
    await bot.stop();
  });

  it('cannot ping anybody or look like something else', async () => {
    owe('channel', audit.id, { kind: 'alert', text: `@everyone <@${ada.id}>\n# Tower` });
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
