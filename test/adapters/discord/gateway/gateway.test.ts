import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createSource,
  DiscordConnectionRefused,
  DiscordTokenRefused,
  type Source,
} from '../../../../src/adapters/discord/gateway/gateway.ts';
import { createRests } from '../../../../src/adapters/discord/wire/rest.ts';
import { badGateway, type Discord, startDiscord } from '../../../standins/discord/index.ts';
import { TestClock, TestLog } from '../setup.ts';

let clock: TestClock;
let discord: Discord;
let log: TestLog;
let sources: Source[];
let refused: Error[];

beforeEach(async () => {
  clock = new TestClock();
  discord = await startDiscord({ clock: clock.standIn });
  log = new TestLog(() => discord.http.changed());
  sources = [];
  refused = [];
});

afterEach(async () => {
  for (const source of sources) await source.destroy();
  await discord.stop();
  expect(log.text).not.toContain(discord.token);
});

function create(token = discord.token): Source {
  const source = createSource({
    token,
    apiUrl: `${discord.url}/api`,
    rests: createRests({ apiUrl: `${discord.url}/api`, token }),
    clock,
    log,
    onInteraction: () => {},
    onRefused: (error) => {
      refused.push(error);
      discord.http.changed();
    },
  });
  sources.push(source);
  return source;
}

describe('the source', () => {
  it('asks for no privileged intent and knows guilds by name and owner', async () => {
    const owner = discord.addUser({ name: 'owner' });
    const guild = discord.addGuild({ name: 'Movie Night', owner });
    const source = create();
    await source.start();
    expect(discord.gateway.identifies.map(({ intents }) => intents)).toEqual([1]);
    expect(source.guildName(guild.id)).toBe('Movie Night');
    expect(source.guildOwnerId(guild.id)).toBe(owner.id);
    expect(source.guildIds()).toEqual([guild.id]);
    expect(source.applicationId()).toBe(discord.applicationId);
    expect(source.isConnected()).toBe(true);
  });

  it('hears of new guilds, and keeps those that are in an outage', async () => {
    const guild = discord.addGuild({ name: 'Movie Night' });
    const gone = discord.addGuild({ name: 'Gone' });
    const source = create();
    await source.start();
    guild.goUnavailable();
    gone.removeBot();
    const later = discord.addGuild({ name: 'Later' });
    await expect.poll(() => source.guildName(later.id)).toBe('Later');
    expect(source.guildName(guild.id)).toBe('Movie Night');
    expect(source.guildName(gone.id)).toBeUndefined();
  });

  it('stops at a token that Discord does not accept', async () => {
    await expect(create(`${discord.token.split('.')[0]}.wrong.token`).start()).rejects.toThrow(
      DiscordTokenRefused,
    );
    await expect(create('no token at all').start()).rejects.toThrow(DiscordTokenRefused);
    expect(discord.gateway.identifies).toHaveLength(0);
  });

  it('waits for a Discord that is away', async () => {
    discord.http.fault({ path: /gateway\/bot/, answer: badGateway(), times: 4 });
    const source = create();
    const started = source.start();
    await discord.until('log', () => log.find('Discord could not be reached'));
    clock.advance(60_000);
    await started;
    expect(source.isConnected()).toBe(true);
  });

  it('can be stopped while it waits', async () => {
    discord.http.fault({ path: /gateway\/bot/, answer: badGateway(), times: Number.POSITIVE_INFINITY });
    const source = create();
    const started = source.start();
    started.catch(() => {});
    await discord.until('log', () => log.find('Discord could not be reached'));
    await source.destroy();
    await expect(started).rejects.toThrow();
  });

  it.each([
    [4004, DiscordTokenRefused],
    [4014, DiscordConnectionRefused],
  ])('says so when the gateway closes for good with %d while running', async (code, kind) => {
    const source = create();
    await source.start();
    discord.gateway.close(code);
    await discord.until('refused', () => refused[0]);
    expect(refused[0]).toBeInstanceOf(kind);
  });

  it('resumes after the connection was cut', async () => {
    const source = create();
    await source.start();
    discord.gateway.close(4000);
    await discord.until('resumed', () => discord.gateway.resumes.length > 0);
    expect(discord.gateway.identifies).toHaveLength(1);
    expect(refused).toEqual([]);
  });

  it('comes back after Discord was away', async () => {
    const source = create();
    await source.start();
    await discord.goDown();
    await discord.until('noticed', () => log.find('the gateway connection is being renewed'));
    expect(source.isConnected()).toBe(false);
    await discord.start();
    await discord.untilConnected();
    await expect.poll(() => source.isConnected(), { timeout: 10_000 }).toBe(true);
    expect(refused).toEqual([]);
  });

  it('knows the owner of the application', async () => {
    const source = create();
    expect(await source.isApplicationOwner('123')).toBe(false);
  });
});
