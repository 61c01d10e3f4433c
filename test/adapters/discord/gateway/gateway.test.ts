import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createGateway,
  DiscordConnectionRefused,
  DiscordTokenRefused,
  type Gateway,
} from '../../../../src/adapters/discord/gateway/gateway.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';
import { badGateway } from '../../../standins/discord/index.ts';
import { MemoryFacts, restsOf, Scene, use } from '../setup.ts';

const scene = use(new Scene());
let gateways: Gateway[];
let refused: Error[];

beforeEach(() => {
  gateways = [];
  refused = [];
});

afterEach(async () => {
  for (const gateway of gateways) await gateway.destroy();
});

function create(token = scene.discord.token): Gateway {
  const gateway = createGateway({
    token,
    apiUrl: `${scene.discord.url}/api`,
    rests: restsOf(scene.discord, scene, token),
    facts: new MemoryFacts(),
    clock: scene.clock,
    log: scene.log,
    onInteraction: () => {},
    onRefused: (error) => {
      refused.push(error);
      scene.discord.http.changed();
    },
  });
  gateways.push(gateway);
  return gateway;
}

describe('the source', () => {
  it('asks for no privileged intent and knows guilds by name and owner', async () => {
    const owner = scene.discord.addUser({ name: 'owner' });
    const guild = scene.discord.addGuild({ name: 'Movie Night', owner });
    const gateway = create();
    await gateway.start();
    expect(scene.discord.gateway.identifies.map(({ intents }) => intents)).toEqual([1]);
    expect(gateway.guildName(toGuildId(guild.id))).toBe('Movie Night');
    expect(gateway.guildOwnerId(toGuildId(guild.id))).toBe(owner.id);
    expect(gateway.guildIds()).toEqual([guild.id]);
    expect(gateway.identity()).toEqual({
      applicationId: scene.discord.applicationId,
      botId: scene.discord.bot.id,
    });
    expect(gateway.isConnected()).toBe(true);
  });

  it('hears of new guilds, and keeps those that are in an outage', async () => {
    const guild = scene.discord.addGuild({ name: 'Movie Night' });
    const gone = scene.discord.addGuild({ name: 'Gone' });
    const gateway = create();
    await gateway.start();
    guild.goUnavailable();
    gone.removeBot();
    const later = scene.discord.addGuild({ name: 'Later' });
    await expect.poll(() => gateway.guildName(toGuildId(later.id))).toBe('Later');
    expect(gateway.guildName(toGuildId(guild.id))).toBe('Movie Night');
    expect(gateway.guildName(toGuildId(gone.id))).toBeUndefined();
  });

  it('stops at a token that Discord does not accept', async () => {
    await expect(create(`${scene.discord.token.split('.')[0]}.wrong.token`).start()).rejects.toThrow(
      DiscordTokenRefused,
    );
    await expect(create('no token at all').start()).rejects.toThrow(DiscordTokenRefused);
    expect(scene.discord.gateway.identifies).toHaveLength(0);
  });

  it('waits for a Discord that is away', async () => {
    scene.discord.http.fault({ path: /gateway\/bot/, answer: badGateway(), times: 4 });
    const gateway = create();
    const started = gateway.start();
    await scene.discord.until('log', () => scene.log.find('Discord could not be reached'));
    scene.clock.advance(60_000);
    await started;
    expect(gateway.isConnected()).toBe(true);
  });

  it('can be stopped while it waits', async () => {
    scene.discord.http.fault({ path: /gateway\/bot/, answer: badGateway(), times: Number.POSITIVE_INFINITY });
    const gateway = create();
    const started = gateway.start();
    started.catch(() => {});
    await scene.discord.until('log', () => scene.log.find('Discord could not be reached'));
    await gateway.destroy();
    await expect(started).rejects.toThrow();
  });

  it.each([
    [4004, DiscordTokenRefused],
    [4014, DiscordConnectionRefused],
  ])('says so when the gateway closes for good with %d while running', async (code, kind) => {
    const gateway = create();
    await gateway.start();
    scene.discord.gateway.close(code);
    await scene.discord.until('refused', () => refused[0]);
    expect(refused[0]).toBeInstanceOf(kind);
  });

  it('resumes after the connection was cut', async () => {
    const gateway = create();
    await gateway.start();
    scene.discord.gateway.close(4000);
    await scene.discord.until('resumed', () => scene.discord.gateway.resumes.length > 0);
    expect(scene.discord.gateway.identifies).toHaveLength(1);
    expect(refused).toEqual([]);
  });

  it('comes back after Discord was away', async () => {
    const gateway = create();
    await gateway.start();
    await scene.discord.goDown();
    await scene.discord.until('noticed', () => scene.log.find('the gateway connection is being renewed'));
    expect(gateway.isConnected()).toBe(false);
    await scene.discord.start();
    await scene.discord.untilConnected();
    await expect.poll(() => gateway.isConnected(), { timeout: 10_000 }).toBe(true);
    expect(refused).toEqual([]);
  });

  it('knows the owner of the application', async () => {
    const gateway = create();
    expect(await gateway.isApplicationOwner('123')).toBe(false);
  });
});
