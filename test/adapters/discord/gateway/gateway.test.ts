import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createGateway,
  DiscordConnectionRefused,
  DiscordTokenRefused,
  type Gateway,
} from '../../../../src/adapters/discord/gateway/gateway.ts';
import { createRests } from '../../../../src/adapters/discord/wire/rest.ts';
import { badGateway, type Discord, startDiscord } from '../../../standins/discord/index.ts';
import { FakeClock } from '../../../support/clock.ts';
import { TestLog } from '../setup.ts';

let clock: FakeClock;
let discord: Discord;
let log: TestLog;
let gateways: Gateway[];
let refused: Error[];

beforeEach(async () => {
  clock = FakeClock.running();
  discord = await startDiscord({ clock: clock });
  log = new TestLog(() => discord.http.changed());
  gateways = [];
  refused = [];
});

afterEach(async () => {
  for (const gateway of gateways) await gateway.destroy();
  await discord.stop();
  expect(log.text).not.toContain(discord.token);
});

function create(token = discord.token): Gateway {
  const gateway = createGateway({
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
  gateways.push(gateway);
  return gateway;
}

describe('the source', () => {
  it('asks for no privileged intent and knows guilds by name and owner', async () => {
    const owner = discord.addUser({ name: 'owner' });
    const guild = discord.addGuild({ name: 'Movie Night', owner });
    const gateway = create();
    await gateway.start();
    expect(discord.gateway.identifies.map(({ intents }) => intents)).toEqual([1]);
    expect(gateway.guildName(guild.id)).toBe('Movie Night');
    expect(gateway.guildOwnerId(guild.id)).toBe(owner.id);
    expect(gateway.guildIds()).toEqual([guild.id]);
    expect(gateway.applicationId()).toBe(discord.applicationId);
    expect(gateway.isConnected()).toBe(true);
  });

  it('hears of new guilds, and keeps those that are in an outage', async () => {
    const guild = discord.addGuild({ name: 'Movie Night' });
    const gone = discord.addGuild({ name: 'Gone' });
    const gateway = create();
    await gateway.start();
    guild.goUnavailable();
    gone.removeBot();
    const later = discord.addGuild({ name: 'Later' });
    await expect.poll(() => gateway.guildName(later.id)).toBe('Later');
    expect(gateway.guildName(guild.id)).toBe('Movie Night');
    expect(gateway.guildName(gone.id)).toBeUndefined();
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
    const gateway = create();
    const started = gateway.start();
    await discord.until('log', () => log.find('Discord could not be reached'));
    clock.advance(60_000);
    await started;
    expect(gateway.isConnected()).toBe(true);
  });

  it('can be stopped while it waits', async () => {
    discord.http.fault({ path: /gateway\/bot/, answer: badGateway(), times: Number.POSITIVE_INFINITY });
    const gateway = create();
    const started = gateway.start();
    started.catch(() => {});
    await discord.until('log', () => log.find('Discord could not be reached'));
    await gateway.destroy();
    await expect(started).rejects.toThrow();
  });

  it.each([
    [4004, DiscordTokenRefused],
    [4014, DiscordConnectionRefused],
  ])('says so when the gateway closes for good with %d while running', async (code, kind) => {
    const gateway = create();
    await gateway.start();
    discord.gateway.close(code);
    await discord.until('refused', () => refused[0]);
    expect(refused[0]).toBeInstanceOf(kind);
  });

  it('resumes after the connection was cut', async () => {
    const gateway = create();
    await gateway.start();
    discord.gateway.close(4000);
    await discord.until('resumed', () => discord.gateway.resumes.length > 0);
    expect(discord.gateway.identifies).toHaveLength(1);
    expect(refused).toEqual([]);
  });

  it('comes back after Discord was away', async () => {
    const gateway = create();
    await gateway.start();
    await discord.goDown();
    await discord.until('noticed', () => log.find('the gateway connection is being renewed'));
    expect(gateway.isConnected()).toBe(false);
    await discord.start();
    await discord.untilConnected();
    await expect.poll(() => gateway.isConnected(), { timeout: 10_000 }).toBe(true);
    expect(refused).toEqual([]);
  });

  it('knows the owner of the application', async () => {
    const gateway = create();
    expect(await gateway.isApplicationOwner('123')).toBe(false);
  });
});
