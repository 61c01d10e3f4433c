/**
 * The connection to Discord's gateway, with one discord.js client. Only raw interactions, who comes and goes, and the
 * names and owners of guilds are taken from it. No discord.js structure leaves this file, so that another gateway can
 * replace it.
 */

import { Client, type ClientOptions, Events, Options, Routes, Status } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { doubling } from '../../../concurrency/back-off.ts';
import { withinPatience } from '../../../concurrency/patience.ts';
import { type GuildId, toGuildId } from '../../../domain/ids.ts';
import type { Identity } from '../wire/identity.ts';
import { findObject, findString, getString, isJsonObject, type JsonObject } from '../wire/json-reader.ts';
import { describeDiscordError, loggable, type Rests } from '../wire/rest.ts';
import { isTokenRefused } from '../wire/token.ts';
import { createIdentifyBudget, type IdentifyBudget } from './identify-budget.ts';
import { hasMembersIntent, intentsFor, type PresenceEvent, presenceIn } from './presence-events.ts';
import { createRarely } from './rarely.ts';

/**
 * Discord refuses the token. Trying again would only use up identifies, of which there are 1,000 a day (discord.md
 * 3.1).
 */
export class DiscordTokenRefused extends Error {
  override readonly name = 'DiscordTokenRefused';
  constructor() {
    super(
      'Discord does not accept the bot token. Check DISCORD_TOKEN, or make a new one in the developer portal.',
    );
  }
}

/** The gateway refuses the way we connect, permanently. */
export class DiscordConnectionRefused extends Error {
  override readonly name = 'DiscordConnectionRefused';
  readonly closeCode: number;
  constructor(closeCode: number) {
    super(
      `Discord refuses the connection for good (close code ${closeCode}): ${REFUSALS[closeCode] ?? 'unknown'}.`,
    );
    this.closeCode = closeCode;
  }
}

/** Whether Discord refuses us until a person changes something. */
export const isRefusal = (error: unknown): error is DiscordTokenRefused | DiscordConnectionRefused =>
  error instanceof DiscordTokenRefused || error instanceof DiscordConnectionRefused;

/** Close codes after which connecting again is pointless (discord.md 1.8). */
const AUTHENTICATION_FAILED = 4004;
const INTENT_REFUSED = 4014;
const REFUSALS: Readonly<Record<number, string>> = {
  4010: 'invalid shard',
  4011: 'the bot is in too many guilds for one shard',
  4012: 'invalid version of the gateway',
  4013: 'invalid intents',
  4014: 'intents that are not switched on in the developer portal',
};

export interface GatewayOptions {
  readonly token: string;
  /** DISCORD_API_URL. */
  readonly apiUrl: string;
  readonly rests: Pick<Rests, 'bot' | 'requests'>;
  /** Keeps how many sessions of the day are used. */
  readonly facts: Stores['installation'];
  readonly clock: Clock;
  readonly log: Log;
  /** Gets the `d` of every INTERACTION_CREATE, even before `start` has resolved. */
  readonly onInteraction: (raw: unknown) => void;
  /** The connection has ended permanently while running: the process has to stop and must not be restarted. */
  readonly onRefused: (error: DiscordTokenRefused | DiscordConnectionRefused) => void;
  /** Channels or roles of a guild have changed, or may have before a start: what was refused may be allowed now. */
  readonly onAccessChanged?: (guildId: GuildId) => void;
  /** Somebody came, changed or went, or a role did. */
  readonly onPresence?: (event: PresenceEvent) => void;
  /** A session has begun: what was told before it, nobody heard. */
  readonly onSession?: () => void;
}

export interface Gateway {
  /**
   * Connects and resolves when ready. If Discord cannot be reached, it tries again for as long as it takes.
   * @throws {DiscordTokenRefused | DiscordConnectionRefused} or an AbortError when `destroy` was called meanwhile.
   */
  start(): Promise<void>;
  /** Whether interactions can arrive right now. Used by the health check. */
  isConnected(): boolean;
  /** How many connections there are. */
  shardCount(): number;
  /**
   * As Discord says it.
   * @throws {Error} before `start` has resolved.
   */
  identity(): Identity;
  /** Undefined when the bot is not in the guild. */
  guildName(guildId: GuildId): string | undefined;
  guildOwnerId(guildId: GuildId): string | undefined;
  /** Whether the application may hear of, and list, the members of its guilds; undefined before it was asked. */
  mayListMembers(): boolean | undefined;
  /** The guilds that the bot is in, including those that are unavailable because of an outage. */
  guildIds(): readonly string[];
  destroy(): Promise<void>;
}

const backOff = doubling({ firstMs: 2_000, lastMs: 60_000 });
/** How soon to ask again whether there are sessions left. */
const NO_SESSIONS_MS = 15 * 60_000;
const CLOSED_WITHIN_MS = 3_000;

/** Makes the gateway for this token. Connects only when `start` is called. */
export function createGateway(options: GatewayOptions): Gateway {
  const { token, rests, clock, log, onRefused } = options;
  const stopped = new AbortController();
  const budget = createIdentifyBudget(options);
  const rarely = createRarely(clock);
  let client: Client | undefined;
  let identity: Identity | undefined;
  /** The intent for members is switched on, by what the application says of itself. */
  let members = false;
  /** The gateway has refused it all the same, so it is not asked for again. */
  let refusesMembers = false;

  async function connect(): Promise<void> {
    // A token that no header can carry was never made by Discord.
    if (!/^[\x21-\x7e]+$/.test(token)) throw new DiscordTokenRefused();
    identity = (await findIdentity()) ?? identity;
    const asksMembers = members && !refusesMembers;
    const next = new Client({ ...clientOptions(options, budget), intents: intentsFor(asksMembers) });
    client = next;
    let refused: DiscordTokenRefused | DiscordConnectionRefused | undefined;
    listen(next, options, rarely);
    // Also between the first word of the session and the last guild, when discord.js waits for guilds that do not come.
    const refusal = new Promise<never>((_resolve, reject) => {
      next.on(Events.ShardDisconnect, ({ code }) => {
        if (code === INTENT_REFUSED && asksMembers) {
          refusesMembers = true;
          log.warn({}, 'Discord refuses the intent for members; Usher goes on without it');
          if (next.isReady()) void start().catch(() => {});
          else reject(new Error('the intent for members is refused'));
          return;
        }
        refused = refusalOf(code);
        if (refused && next.isReady()) onRefused(refused);
        else if (refused) reject(refused);
      });
    });
    refusal.catch(() => {});
    const ready = new Promise<void>((resolve) => next.once(Events.ClientReady, () => resolve()));
    const aborted = new Promise<void>((resolve) => {
      stopped.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await Promise.race([next.login(token), aborted, refusal]);
      await Promise.race([ready, aborted, refusal]);
    } catch (error) {
      if (refused) throw refused;
      throw isTokenInvalid(error) && (await isTokenRefused(rests.bot)) ? new DiscordTokenRefused() : error;
    }
    const { application, user } = next;
    if (application && user) identity = { applicationId: application.id, botId: user.id };
  }

  /** READY says it too, so it is enough when Discord answers this with something that we cannot use. */
  async function findIdentity(): Promise<Identity | undefined> {
    try {
      const application = await rests.bot.get(Routes.currentApplication());
      if (!isJsonObject(application)) return undefined;
      const bot = findObject(application, 'bot');
      members = hasMembersIntent(application);
      return bot && { applicationId: getString(application, 'id'), botId: getString(bot, 'id') };
    } catch (error) {
      const { kind, status } = describeDiscordError(error);
      if (status === 401 && (await isTokenRefused(rests.bot))) throw new DiscordTokenRefused();
      if (kind === 'answered' && status !== 401 && (status ?? 0) < 500) return undefined;
      throw error;
    }
  }

  async function start(): Promise<void> {
    for (let failures = 1; !stopped.signal.aborted; failures += 1) {
      try {
        await connect();
        break;
      } catch (error) {
        // After these errors the client has destroyed itself and cannot be used again.
        if (isRefusal(error)) throw error;
        const { retryAfterMs = 0 } = describeDiscordError(error);
        const retryInMs = Math.max(
          isWithoutSessions(error) ? NO_SESSIONS_MS : backOff(failures),
          retryAfterMs,
        );
        const said = rarely('unreached');
        if (said || retryInMs < 60_000)
          log.warn({ err: loggable(error), retryInMs, ...said }, 'Discord could not be reached');
        await clock.sleep(retryInMs, stopped.signal);
      }
    }
    stopped.signal.throwIfAborted();
  }

  return {
    start,
    mayListMembers: () => (identity === undefined ? undefined : members && !refusesMembers),
    shardCount: () => client?.ws.shards.size ?? 0,
    isConnected: () =>
      client?.isReady() === true && client.ws.shards.every((shard) => shard.status === Status.Ready),
    identity() {
      if (!identity) throw new Error('Discord has not said yet who we are');
      return identity;
    },
    guildName: (guildId) => client?.guilds.cache.get(guildId)?.name,
    guildOwnerId: (guildId) => client?.guilds.cache.get(guildId)?.ownerId,
    guildIds: () => [...(client?.guilds.cache.keys() ?? [])],
    async destroy() {
      stopped.abort();
      // When it is about to close by itself, discord.js may wait for ever for the end of that.
      if (client) await withinPatience(clock, CLOSED_WITHIN_MS, client.destroy());
    },
  };
}

function clientOptions(
  { apiUrl, rests }: GatewayOptions,
  budget: IdentifyBudget,
): Omit<ClientOptions, 'intents'> {
  return {
    allowedMentions: { parse: [] },
    enforceNonce: true,
    rest: {
      api: apiUrl.replace(/\/+$/, ''),
      ...rests.requests.sending({ timeoutMs: 10_000, urgent: false }),
    },
    ws: {
      async buildIdentifyThrottler(manager) {
        const { session_start_limit: limit } = await manager.fetchGatewayInformation();
        const { total, remaining, reset_after: resetAfterMs, max_concurrency: atOnce } = limit;
        await budget.learn({ total, remaining, resetAfterMs, atOnce });
        return { waitForIdentify: budget.take };
      },
    },
    // Every cache that can be limited. Guilds, channels and roles cannot, so `trim` removes them from the packets.
    makeCache: Options.cacheWithLimits({
      ApplicationCommandManager: 0,
      ApplicationEmojiManager: 0,
      AutoModerationRuleManager: 0,
      BaseGuildEmojiManager: 0,
      DMMessageManager: 0,
      EntitlementManager: 0,
      GuildBanManager: 0,
      GuildEmojiManager: 0,
      GuildForumThreadManager: 0,
      GuildInviteManager: 0,
      GuildMemberManager: 0,
      GuildMessageManager: 0,
      GuildScheduledEventManager: 0,
      GuildStickerManager: 0,
      GuildTextThreadManager: 0,
      MessageManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      ReactionUserManager: 0,
      StageInstanceManager: 0,
      ThreadManager: 0,
      ThreadMemberManager: 0,
      UserManager: 0,
      VoiceStateManager: 0,
    }),
  };
}

function listen(
  client: Client,
  { log, onInteraction, onAccessChanged, onPresence, onSession }: GatewayOptions,
  rarely: ReturnType<typeof createRarely>,
): void {
  // A connection that flaps is said to be lost and back again in pairs, and rarely.
  let lost = true;
  const back = (): boolean => {
    const wasLost = lost;
    lost = false;
    return wasLost;
  };
  client.on(Events.Raw, (packet: unknown) => {
    if (!isJsonObject(packet)) return;
    if (packet.t === 'INTERACTION_CREATE') onInteraction(packet.d);
    const guildId = accessChangedIn(packet);
    const presence = onPresence && presenceOf(packet, log);
    trim(packet);
    if (guildId !== undefined) onAccessChanged?.(guildId);
    if (presence) onPresence?.(presence);
  });
  client.on(Events.Error, (error) =>
    log.error({ err: loggable(error) }, 'the Discord client reported an error'),
  );
  client.on(Events.Warn, (warning) => log.warn({ warning }, 'the Discord client warned'));
  client.on(Events.ShardError, (error, shard) => {
    const said = rarely('error');
    if (said) log.warn({ err: loggable(error), shard, ...said }, 'the gateway connection failed');
  });
  client.on(Events.ShardDisconnect, ({ code }, shard) =>
    log.warn({ code, shard }, 'the gateway closed for good'),
  );
  client.on(Events.ShardReconnecting, (shard) => {
    const said = rarely('reconnecting');
    if (!said) return;
    lost = true;
    log.warn({ shard, ...said }, 'the gateway connection is being renewed');
  });
  client.on(Events.ShardReady, (shard) => {
    if (back()) log.info({ shard }, 'the gateway is ready');
    onSession?.();
  });
  client.on(Events.ShardResume, (shard, replayed) => {
    if (back()) log.info({ shard, replayed }, 'the gateway session was resumed');
  });
  client.on(Events.Invalidated, () => log.error({}, 'the gateway session was invalidated'));
}

/** What is not as documented is left to the next look at all members. */
function presenceOf(packet: JsonObject, log: Log): PresenceEvent | undefined {
  try {
    return presenceIn(packet);
  } catch (error) {
    log.warn({ err: loggable(error), event: packet.t }, 'an event of the gateway is not as documented');
    return undefined;
  }
}

/**
 * After these, what Discord refused in a guild may be allowed. Our own member is sent without an intent; a guild is
 * sent at each start, and what changed there before is told nowhere else.
 */
const ACCESS_CHANGES = new Set([
  'GUILD_CREATE',
  'CHANNEL_CREATE',
  'CHANNEL_UPDATE',
  'GUILD_MEMBER_UPDATE',
  'GUILD_ROLE_UPDATE',
]);

function accessChangedIn({ t, d }: Readonly<Record<string, unknown>>): GuildId | undefined {
  if (typeof t !== 'string' || !ACCESS_CHANGES.has(t) || !isJsonObject(d)) return undefined;
  const guildId = findString(d, t === 'GUILD_CREATE' ? 'id' : 'guild_id');
  return guildId === undefined ? undefined : toGuildId(guildId);
}

/** Packets of guilds, which carry their names and owners. */
const USED = new Set(['READY', 'RESUMED', 'GUILD_CREATE', 'GUILD_UPDATE', 'GUILD_DELETE']);
const UNUSED_PARTS = [
  ...['channels', 'threads', 'members', 'roles', 'emojis', 'stickers', 'presences', 'voice_states'],
  ...['stage_instances', 'guild_scheduled_events', 'soundboard_sounds'],
];

/**
 * Removes from a packet what discord.js would only keep in memory. This works because `raw` is emitted before
 * discord.js reads the same object. A guild then takes 4.5 KB instead of 35 to 200 KB (discord.md 5.1), and
 * interactions are not parsed twice.
 */
function trim(packet: Readonly<Record<string, unknown>>): void {
  const { t, d } = packet;
  if (typeof t !== 'string') return;
  if (!USED.has(t)) Object.assign(packet, { t: `USHER_${t}` });
  else if (isJsonObject(d)) {
    for (const part of UNUSED_PARTS) if (part in d) Object.assign(d, { [part]: [] });
  }
}

function refusalOf(closeCode: number): DiscordTokenRefused | DiscordConnectionRefused | undefined {
  if (closeCode === AUTHENTICATION_FAILED) return new DiscordTokenRefused();
  return closeCode in REFUSALS ? new DiscordConnectionRefused(closeCode) : undefined;
}

function isTokenInvalid(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'TokenInvalid';
}

/** discord.js looks before it connects for the first time. */
function isWithoutSessions(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Not enough sessions remaining');
}
