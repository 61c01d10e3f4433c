import type { StandInClock } from '../http.ts';
import { Intent } from './constants.ts';
import { Channel, Guild, type NewGuild } from './guild.ts';
import type { Json } from './json.ts';
import type { Attachment, Message } from './message.ts';
import { guildWire } from './wire.ts';

/** Sends an event to connected bots and returns how many sessions get it. Without `intent`, all of them do. */
export type Dispatch = (
  event: string,
  data: Json,
  scope?: { readonly intent?: number; readonly guildId?: string },
) => number;

export class World {
  readonly clock: StandInClock;
  readonly applicationId: string;
  readonly bot: User;
  readonly users = new Map<string, User>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  /** By id, including ephemeral and deleted messages. */
  readonly messages = new Map<string, Message>();
  /** The last message with each nonce, by channel and nonce. */
  readonly nonces = new Map<string, Message>();
  /** All uploaded files by id, served under /cdn. */
  readonly attachments = new Map<string, Attachment>();
  /** What each act of a person took: presses and choices, and letters that were typed. */
  readonly efforts: { readonly user: User; readonly taps: number; readonly typed: number }[] = [];
  /** How many new DM channels the bot has opened. */
  dmOpens = 0;
  /** Who owns the application; by default nobody whom anybody is. */
  owner: User;
  /** The team that owns the application in place of `owner`; somebody who was invited has not accepted yet. */
  team: { readonly members: readonly TeamMember[] } | undefined;
  /** Base of attachment addresses; known when the server listens. */
  url = '';
  /** Privileged intents that are switched on in the developer portal, as bits. */
  privilegedIntents = 0;
  dispatch: Dispatch = () => 0;
  #lastId = 0n;

  constructor(clock: StandInClock, botName: string, madeBefore2016 = false) {
    this.clock = clock;
    this.applicationId = this.snowflake();
    // Since 2016, an application and its bot user have the same id.
    const id = madeBefore2016 ? this.snowflake() : this.applicationId;
    this.bot = new User(this, { id, name: botName, bot: true });
    this.users.set(this.bot.id, this.bot);
    this.owner = this.bot;
  }

  /** A new id. Its upper bits are the time since 2015-01-01, which discord.js reads as `createdTimestamp`. */
  snowflake(): string {
    const fromClock = BigInt(this.clock.now().getTime() - 1_420_070_400_000) << 22n;
    this.#lastId = fromClock > this.#lastId ? fromClock : this.#lastId + 1n;
    return String(this.#lastId);
  }

  addUser(options: NewUser): User {
    const user = new User(this, { ...options, id: this.snowflake() });
    this.users.set(user.id, user);
    return user;
  }

  addGuild(options: NewGuild): Guild {
    const owner = options.owner ?? this.addUser({ name: `${options.name.toLowerCase()}-owner` });
    const guild = new Guild(this, { ...options, owner });
    this.guilds.set(guild.id, guild);
    this.dispatch('GUILD_CREATE', guildWire(guild, true), { intent: Intent.Guilds, guildId: guild.id });
    return guild;
  }

  /** The DM channel of the bot and this user, created if needed. */
  dmChannel(user: User): Channel {
    const found = this.findDmChannel(user);
    if (found) return found;
    const channel = new Channel(this, { name: user.username, type: 1, recipient: user });
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** Stores a file and gives it a signed address, as Discord's CDN does. */
  addAttachment(
    channelId: string,
    file: {
      readonly filename: string;
      readonly contentType: string;
      readonly bytes: Buffer;
      readonly description?: string | null;
    },
  ): Attachment {
    const id = this.snowflake();
    const expires = Math.floor(this.clock.now().getTime() / 1000 + 86_400).toString(16);
    const path = `cdn/attachments/${channelId}/${id}/${encodeURIComponent(file.filename)}`;
    const url = `${this.url}/${path}?ex=${expires}&is=${expires}&hm=0`;
    const attachment = { description: null, ...file, id, url };
    this.attachments.set(id, attachment);
    return attachment;
  }

  findDmChannel(user: User): Channel | undefined {
    return this.channels.values().find((channel) => channel.recipient === user);
  }
}

interface TeamMember {
  readonly user: User;
  readonly accepted: boolean;
  readonly role?: 'admin' | 'developer' | 'read_only';
}

export interface NewUser {
  readonly name: string;
  readonly globalName?: string;
  readonly locale?: string;
  /** `closed`: the user accepts no DMs from the bot (50007). */
  readonly dms?: 'open' | 'closed';
}

export class User {
  readonly id: string;
  readonly username: string;
  readonly globalName: string | null;
  readonly isBot: boolean;
  locale: string;
  dms: 'open' | 'closed';
  readonly world: World;

  constructor(world: World, options: NewUser & { readonly id: string; readonly bot?: boolean }) {
    this.world = world;
    this.id = options.id;
    this.username = options.name;
    this.globalName = options.globalName ?? null;
    this.isBot = options.bot ?? false;
    this.locale = options.locale ?? 'en-US';
    this.dms = options.dms ?? 'open';
  }

  /** The name that people see. */
  get displayName(): string {
    return this.globalName ?? this.username;
  }

  toString(): string {
    return `<@${this.id}>`;
  }
}
