import { constants, createInflate } from 'node:zlib';
import { Events, GatewayIntentBits, MessageFlags, Routes } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  badGateway,
  type Discord,
  type DiscordOptions,
  discordError,
  type Guild,
  NoResponse,
  rateLimited,
  startDiscord,
  type User,
} from './discord/index.ts';
import { type Behaviour, connectBot, type SampleBot } from './discord/sample-bot.ts';

const behaviour: Behaviour = {
  ping: async (interaction) => {
    if (interaction.isChatInputCommand())
      await interaction.reply({ content: 'pong', flags: MessageFlags.Ephemeral });
  },
};

let discord: Discord;
let guild: Guild;
let ada: User;
const bots: SampleBot[] = [];

const connect = async (how: Behaviour = behaviour, options: Parameters<typeof connectBot>[2] = {}) => {
  const bot = await connectBot(discord, how, options);
  bots.push(bot);
  return bot;
};

/** Starts a Discord in which Ada owns a guild. Replaces the one made before. */
async function begin(options?: DiscordOptions): Promise<void> {
  discord = await startDiscord(options);
  ada = discord.addUser({ name: 'ada' });
  guild = discord.addGuild({ name: 'Tower', owner: ada });
  discord.commands.overwrite('global', [{ name: 'ping', description: 'Pong' }]);
}

beforeEach(async () => {
  await begin();
});

afterEach(async () => {
  await Promise.all(bots.splice(0).map((bot) => bot.stop()));
  await discord.stop();
  expect(discord.ownMistakes).toEqual([]);
});

describe('sessions', () => {
  it('resumes after close 4000 and gets what it missed, interactions too', async () => {
    const bot = await connect();
    const names: string[] = [];
    bot.client.on(Events.GuildRoleCreate, (role) => names.push(role.name));
    discord.gateway.close(4000);
    guild.addRole('while away');
    const reply = await discord.as(ada).command('ping');
    expect(reply.text).toBe('pong');
    expect(names).toEqual(['while away']);
    expect(discord.gateway.resumes).toHaveLength(1);
    expect(discord.gateway.identifies).toHaveLength(1);
  });

  it('resumes after op 7', async () => {
    await connect();
    discord.gateway.askReconnect();
    await discord.until('the resume', () => discord.gateway.resumes.length === 1);
    expect((await discord.as(ada).command('ping')).text).toBe('pong');
  });

  it('resumes after op 9 true, and after a cut line', async () => {
    await connect();
    discord.gateway.invalidateSession(true);
    await discord.until('the first resume', () => discord.gateway.resumes.length === 1);
    discord.gateway.cut();
    await discord.until('the second resume', () => discord.gateway.resumes.length === 2);
    expect(discord.gateway.identifies).toHaveLength(1);
  });

  it('identifies anew after op 9 false', async () => {
    await connect();
    discord.gateway.invalidateSession(false);
    // discord.js waits five seconds between two identifies, so this takes that long.
    await discord.until('the second identify', () => discord.gateway.identifies.length === 2);
    expect((await discord.as(ada).command('ping')).text).toBe('pong');
    expect(discord.gateway.resumes).toHaveLength(0);
  });

  it('notices a line that went dead by its heartbeat', async () => {
    await discord.stop();
    await begin({ heartbeatIntervalMs: 100 });
    await connect();
    discord.gateway.dropSilently();
    expect(discord.gateway.connections).toBe(0);
    await discord.until('the resume', () => discord.gateway.resumes.length === 1);
  });

  it('comes back at the same address after Discord was away', async () => {
    const bot = await connect();
    discord.ackWindowMs = 200;
    await discord.goDown();
    await expect(discord.as(ada).command('ping', {}, { until: 'ack' })).rejects.toBeInstanceOf(NoResponse);
    await discord.start();
    discord.ackWindowMs = 3000;
    await discord.untilConnected();
    expect((await discord.as(ada).command('ping')).text).toBe('pong');
    expect(bot.client.isReady()).toBe(true);
  });
});

describe('who may connect, and what they hear', () => {
  it('a wrong token gets 401, and 4004 at the gateway', async () => {
    const wrong = { url: discord.url, http: discord.http, token: 'wrong' };
    await expect(connectBot(wrong)).rejects.toThrow('invalid token');
    expect(await closeCode({ op: 2, d: { token: 'wrong', intents: 1, properties: {} } })).toBe(4004);
  });

  it.each<[string, object, number]>([
    ['privileged intents not switched on', { intents: GatewayIntentBits.GuildMembers }, 4014],
    ['intents that do not exist', { intents: 1 << 30 }, 4013],
    ['a shard beyond the count', { intents: 1, shard: [2, 2] }, 4010],
  ])('%s', async (_what, more, code) => {
    expect(await closeCode({ op: 2, d: { token: discord.token, properties: {}, ...more } })).toBe(code);
  });

  it('speaking before IDENTIFY, nonsense and unknown sessions', async () => {
    expect(await closeCode({ op: 3, d: {} })).toBe(4003);
    expect(await closeCode('not json')).toBe(4002);
    const answers = await packets({ op: 6, d: { token: discord.token, session_id: 'x', seq: 1 } }, 2);
    expect(answers[1]).toMatchObject({ op: 9, d: false });
  });

  it('only what the intents ask for, but every interaction', async () => {
    const without = await connect(behaviour, { intents: [] });
    expect(discord.gateway.identifies[0]?.intents).toBe(0);
    const heard: string[] = [];
    without.client.on(Events.Raw, (packet: { t: string }) => heard.push(packet.t));
    guild.addRole('quiet');
    guild.addMember(discord.addUser({ name: 'bob' }));
    const other = discord.addGuild({ name: 'Attic', owner: ada });
    discord.as(ada).say('hello');
    expect((await discord.as(ada).in(other).command('ping')).text).toBe('pong');
    expect(heard).toEqual(['INTERACTION_CREATE']);
  });

  it('messages and members for those who may hear them', async () => {
    await discord.stop();
    await begin({ privilegedIntents: ['GuildMembers'] });
    const { Guilds, GuildMembers, GuildMessages, DirectMessages } = GatewayIntentBits;
    const bot = await connect(behaviour, { intents: [Guilds, GuildMembers, GuildMessages, DirectMessages] });
    const heard: string[] = [];
    const hear = (what: string) => {
      heard.push(what);
      discord.http.changed();
    };
    bot.client.on(Events.MessageCreate, (message) => hear(message.author.username));
    bot.client.on(Events.GuildMemberAdd, (member) => hear(`+${member.user.username}`));
    bot.client.on(Events.GuildMemberRemove, (member) => hear(`-${member.user.username}`));
    const bob = discord.addUser({ name: 'bob' });
    guild.addMember(bob);
    discord.as(ada).say('hello');
    guild.removeMember(bob);
    await discord.until('three events', () => heard.length === 3);
    expect(heard).toEqual(['+bob', 'ada', '-bob']);
  });

  it('an outage is no removal', async () => {
    const bot = await connect();
    const heard: string[] = [];
    bot.client.on(Events.GuildUnavailable, () => heard.push('away'));
    bot.client.on(Events.GuildAvailable, () => heard.push('back'));
    bot.client.on(Events.GuildDelete, () => heard.push('gone'));
    guild.goUnavailable();
    guild.comeBack();
    guild.removeBot();
    discord.addGuild({ name: 'Attic', owner: ada });
    expect((await discord.as(ada).command('ping')).text).toBe('pong');
    expect(heard).toEqual(['away', 'back', 'gone']);
  });

  it('two connections at once both get the interaction; the slower one gets 40060', async () => {
    const first = await connect();
    const second = await connect();
    expect(discord.gateway.connections).toBe(2);
    expect((await discord.as(ada).command('ping')).text).toBe('pong');
    const failures = await discord.until('the loser', () => [...first.failures, ...second.failures][0]);
    expect(failures).toMatchObject({ code: 40060 });
  });

  it('delivers twice when told to', async () => {
    const bot = await connect();
    discord.gateway.duplicateInteractions(1);
    await discord.as(ada).command('ping');
    const failure = await discord.until('the second copy', () => bot.failures[0]);
    expect(failure).toMatchObject({ code: 40060 });
  });

  it('compresses when the client asks for it', async () => {
    const socket = new WebSocket(
      `${discord.url.replace('http', 'ws')}/?v=10&encoding=json&compress=zlib-stream`,
    );
    const inflate = createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
    const hello = Promise.withResolvers<string>();
    inflate.on('data', (chunk: Buffer) => hello.resolve(chunk.toString()));
    socket.on('message', (data: Buffer) => inflate.write(data));
    expect(JSON.parse(await hello.promise)).toMatchObject({ op: 10 });
    socket.close();
  });
});

describe('answers that do not come', () => {
  it('nobody is connected: said at once', async () => {
    await expect(discord.as(ada).command('ping')).rejects.toThrow(
      'The application did not respond (/ping: no bot is connected)',
    );
  });

  it('too late is 10062, and the person has been told', async () => {
    discord.ackWindowMs = 50;
    const bot = await connect();
    discord.http.fault({ path: /callback$/, delayMs: 100 });
    await expect(discord.as(ada).command('ping')).rejects.toThrow('no answer within 50 ms');
    const failure = await discord.until('the refusal', () => bot.failures[0]);
    expect(failure).toMatchObject({ code: 10062, status: 404 });
  });

  it('deferred, and then nothing', async () => {
    await discord.stop();
    await begin({ patienceMs: 100 });
    await connect({ ping: async (one) => (one.isChatInputCommand() ? await one.deferReply() : undefined) });
    await expect(discord.as(ada).command('ping')).rejects.toThrow(
      /deferred after \d+ ms, and then nothing for 100 ms/,
    );
    const waiting = await discord.as(ada).command('ping', {}, { until: 'ack' });
    expect(waiting.text).toBe('usher is thinking …');
  });

  it('an acknowledgement that landed but was not heard of: retried, 40060, and the edit still works', async () => {
    discord.http.fault({ path: /callback$/, dropAfterCommit: true });
    await connect({
      ping: async (one) => {
        if (!one.isChatInputCommand()) return;
        await one.deferReply().catch(() => {});
        await one.client.rest.patch(Routes.webhookMessage(one.applicationId, one.token), {
          body: { content: 'pong' },
        });
      },
    });
    expect((await discord.as(ada).command('ping')).text).toBe('pong');
  });
});

describe('faults', () => {
  const sendable = async (bot: SampleBot) => {
    const channel = await bot.client.channels.fetch(guild.general.id);
    if (!channel?.isSendable()) throw new Error('not a text channel');
    return channel;
  };

  it.each(['user', 'shared', 'global'] as const)('survives a 429 of scope %s', async (scope) => {
    const channel = await sendable(await connect());
    const path = /\/channels\/\d+\/messages$/;
    discord.http.fault({ method: 'POST', path, answer: rateLimited({ retryAfterMs: 30, scope }) });
    await channel.send('x');
    expect(discord.http.requestsTo('POST', path).map((request) => request.status)).toEqual([429, 200]);
    expect(guild.general.messages).toHaveLength(1);
  });

  it('survives 502 and a cut line; a nonce keeps it to one message', async () => {
    const channel = await sendable(await connect());
    const path = /\/channels\/\d+\/messages$/;
    discord.http.fault({ method: 'POST', path, answer: badGateway() });
    discord.http.fault({ method: 'POST', path, dropAfterCommit: true });
    const send = async () => {
      await channel.send({ content: 'x', nonce: '1', enforceNonce: true });
    };
    await send().catch(send);
    expect(guild.general.messages).toHaveLength(1);
  });

  it('any other refusal by code', async () => {
    const channel = await sendable(await connect());
    discord.http.fault({
      path: /messages$/,
      answer: discordError(
        400,
        20028,
        'The write action you are performing on the channel has hit the write rate limit.',
      ),
    });
    await expect(channel.send('x')).rejects.toMatchObject({ code: 20028 });
  });

  it('limits like Discord when asked to', async () => {
    await discord.stop();
    await begin({ rateLimits: 'like-discord' });
    const send = () =>
      fetch(`${discord.url}/api/v10/channels/${guild.general.id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ content: 'x' }),
      });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await send()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

/** Sends one message to the gateway and returns the code with which it closes the connection. */
async function closeCode(say: unknown): Promise<number> {
  const socket = new WebSocket(`${discord.url.replace('http', 'ws')}/?v=10&encoding=json`);
  socket.on('open', () => socket.send(typeof say === 'string' ? say : JSON.stringify(say)));
  return await new Promise((resolve) => socket.on('close', resolve));
}

/** Sends one message to the gateway and collects its answers. */
async function packets(say: unknown, count: number): Promise<unknown[]> {
  const socket = new WebSocket(`${discord.url.replace('http', 'ws')}/?v=10&encoding=json`);
  const heard: unknown[] = [];
  socket.on('open', () => socket.send(JSON.stringify(say)));
  await new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      heard.push(JSON.parse(String(data)));
      if (heard.length === count) resolve();
    });
  });
  socket.close();
  return heard;
}
