import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createGateway,
  DiscordConnectionRefused,
  DiscordTokenRefused,
  type Gateway,
  type GatewayOptions,
} from '../../../../src/adapters/discord/gateway/gateway.ts';
import type { PresenceEvent } from '../../../../src/adapters/discord/gateway/presence-events.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';
import {
  badGateway,
  discordError,
  proxyPage,
  rateLimitedInBody,
  startDiscord,
} from '../../../standins/discord/index.ts';
import { MemoryFacts, restsOf, Scene, use } from '../setup.ts';

/** Bits of intents. */
const [GUILDS, MEMBERS, MODERATION] = [1, 2, 4];

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

function create(
  token = scene.discord.token,
  onAccessChanged: (guildId: string) => void = () => {},
  more: Pick<GatewayOptions, 'onPresence' | 'onSession'> = {},
): Gateway {
  const gateway = createGateway({
    token,
    apiUrl: `${scene.discord.url}/api`,
    rests: restsOf(scene.discord, scene, token),
    facts: new MemoryFacts(),
    clock: scene.clock,
    log: scene.log,
    onInteraction: () => {},
    onAccessChanged,
    ...more,
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
    expect(scene.discord.gateway.identifies.map(({ intents }) => intents)).toEqual([GUILDS | MODERATION]);
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
});

describe('on a bad day', () => {
  const APPLICATION = /applications\/@me$/;

  it('a 401 that is not so is no reason to stop', async () => {
    scene.discord.http.fault({ path: APPLICATION, answer: discordError(401, 0, '401: Unauthorized') });
    const gateway = create();
    const started = gateway.start();
    await scene.discord.until('log', () => scene.log.find('Discord could not be reached'));
    scene.clock.advance(10_000);
    await started;
    expect(gateway.isConnected()).toBe(true);
  });

  it.each([
    ['a page', { answer: proxyPage(403) }],
    ['a limit', { answer: rateLimitedInBody(30) }],
    ['half of an answer', { cutAfterBytes: 10 }],
  ])('%s in place of the address is waited out', async (_what, fault) => {
    scene.discord.http.fault({ path: /gateway\/bot/, ...fault });
    const gateway = create();
    const started = gateway.start();
    await scene.passing(started);
    expect(gateway.isConnected()).toBe(true);
  });

  it('an application of before 2016 has two ids, and its token may not begin with either', async () => {
    const discord = await startDiscord({
      ...{ clock: scene.clock, madeBefore2016: true, token: 'x-token-without-an-id' },
    });
    const gateway = createGateway({
      ...{ token: discord.token, apiUrl: `${discord.url}/api`, facts: new MemoryFacts() },
      ...{ clock: scene.clock, log: scene.log, rests: restsOf(discord, scene) },
      onInteraction: () => {},
      onRefused: () => {},
    });
    gateways.push(gateway);
    await gateway.start();
    expect(gateway.identity()).toEqual({ applicationId: discord.applicationId, botId: discord.bot.id });
    expect(discord.bot.id).not.toBe(discord.applicationId);
    await gateway.destroy();
    await discord.stop();
  });

  it('sessions that end at once are begun ever more rarely, and said rarely', async () => {
    scene.discord.gateway.endsAtOnce = 1000;
    const gateway = create();
    const started = gateway.start();
    started.catch(() => {});
    await scene.discord.until('waits', () =>
      scene.log.find('the last gateway session did not last; the next one waits'),
    );
    expect(scene.discord.gateway.identifies).toHaveLength(1);
    scene.clock.advance(5_000);
    await scene.discord.until('again', () => scene.discord.gateway.identifies.length === 2);
    expect(
      scene.log.lines.filter(({ sentence }) => sentence === 'the gateway connection is being renewed'),
    ).toHaveLength(1);
    scene.discord.gateway.endsAtOnce = undefined;
    // In the middle of a close, discord.js may wait for ever.
    await scene.passing(gateway.destroy());
  });

  it('says that a guild may have changed before a start', async () => {
    const guild = scene.discord.addGuild({ name: 'Movie Night' });
    const changed: string[] = [];
    await create(scene.discord.token, (guildId) => changed.push(guildId)).start();
    expect(changed).toEqual([guild.id]);
  });

  it('says when channels or roles of a guild have changed', async () => {
    const guild = scene.discord.addGuild({ name: 'Movie Night' });
    const channel = guild.addTextChannel('audit');
    const changed: string[] = [];
    await create(undefined, (guildId) => {
      changed.push(guildId);
      scene.discord.http.changed();
    }).start();
    changed.length = 0;
    channel.deny('SendMessages');
    await scene.discord.until('told', () => changed.length > 0);
    expect(changed).toEqual([guild.id]);
  });
});

describe('who comes and goes', () => {
  const told: PresenceEvent[] = [];
  let sessions = 0;
  const begin = async () => {
    const onPresence = (event: PresenceEvent) => {
      told.push(event);
      scene.discord.http.changed();
    };
    const gateway = create(scene.discord.token, () => {}, { onPresence, onSession: () => (sessions += 1) });
    await gateway.start();
    return gateway;
  };
  beforeEach(() => {
    told.length = 0;
    sessions = 0;
  });

  it('is told where the intent for members is switched on', async () => {
    scene.discord.switchIntent('GuildMembers', true);
    const guild = scene.discord.addGuild({ name: 'Movie Night' });
    const role = guild.addRole('Patron');
    const ada = scene.discord.addUser({ name: 'ada' });
    const gateway = await begin();
    expect(gateway.mayListMembers()).toBe(true);
    expect(scene.discord.gateway.identifies.at(-1)?.intents).toBe(GUILDS | MEMBERS | MODERATION);
    guild.addMember(ada, { nick: 'Ada' });
    guild.setRoles(ada, [role]);
    guild.removeMember(ada);
    guild.addMember(scene.discord.addUser({ name: 'ben' }));
    guild.deleteRole(role);
    await scene.discord.until('all of it is told', () => told.length === 5);
    const who = { guildId: guild.id, userId: ada.id };
    expect(told.slice(0, 3)).toEqual([
      { kind: 'here', ...who, name: 'Ada', roleIds: [] },
      { kind: 'here', ...who, name: 'Ada', roleIds: [role.id] },
      { kind: 'left', ...who },
    ]);
    expect(told[4]).toEqual({ kind: 'role-gone', guildId: guild.id, roleId: role.id });
    expect(sessions).toBe(1);
  });

  it('is told of bans, and nothing else of members, without that intent', async () => {
    const guild = scene.discord.addGuild({ name: 'Movie Night' });
    const ada = scene.discord.addUser({ name: 'ada' });
    const gateway = await begin();
    expect(gateway.mayListMembers()).toBe(false);
    guild.addMember(ada);
    guild.ban(ada);
    await scene.discord.until('the ban is told', () => told.length > 0);
    expect(told).toEqual([{ kind: 'banned', guildId: guild.id, userId: ada.id }]);
  });

  it('goes on without the intent when it is switched off meanwhile', async () => {
    scene.discord.switchIntent('GuildMembers', true);
    const gateway = await begin();
    scene.discord.switchIntent('GuildMembers', false);
    scene.clock.jumps = true;
    scene.discord.gateway.close(1000);
    await scene.discord.until(
      'connected without it',
      () =>
        scene.discord.gateway.identifies.at(-1)?.intents === (GUILDS | MODERATION) && gateway.isConnected(),
    );
    expect(gateway.mayListMembers()).toBe(false);
    expect(refused).toEqual([]);
    expect(sessions).toBe(2);
  });
});
