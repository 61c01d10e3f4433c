import { HttpStandIn, StandInClock } from '../http.ts';
import { Commands } from './commands.ts';
import { Intent } from './constants.ts';
import { refuse } from './errors.ts';
import { Gateway } from './gateway.ts';
import type { Guild, NewGuild } from './guild.ts';
import { Interactions } from './interactions.ts';
import type { Message } from './message.ts';
import { type Backstage, Person } from './person.ts';
import { Buckets, type RateLimits } from './rest/buckets.ts';
import { addRoutes } from './rest/routes.ts';
import { Rest } from './rest/server.ts';
import { loadSpec, type Spec } from './spec.ts';
import { type NewUser, type User, World } from './world.ts';

export { type OptionValue, pick } from './command-line.ts';
export { Permission } from './constants.ts';
export type { Exchange } from './exchange.ts';
export { badGateway, discordError, proxyPage, rateLimited, rateLimitedInBody } from './faults.ts';
export { Channel, Guild, Role } from './guild.ts';
export { NoResponse } from './interaction.ts';
export { Message } from './message.ts';
export { type ClickOptions, Person } from './person.ts';
export { renderMessage, renderModal } from './render.ts';
export { User } from './world.ts';

type PrivilegedIntent = 'GuildMembers' | 'GuildPresences' | 'MessageContent';

export interface DiscordOptions {
  /** One clock can be shared by several stand-ins, so that moving it moves all of them. */
  readonly clock?: StandInClock;
  /** The bot's user name; default `usher`. */
  readonly botName?: string;
  /** The bot's token. Default: one that is easy to search for in logs. */
  readonly token?: string;
  /** The application was made before 2016, so its bot user has an id of its own. */
  readonly madeBefore2016?: boolean;
  /** How long the bot has for its first answer, in real time. Default 3000, as at Discord. */
  readonly ackWindowMs?: number;
  /** How long people wait at "is thinking …" before an Exchange rejects, in real time. Default 20 s. */
  readonly patienceMs?: number;
  /** Default 41 250, as at Discord. */
  readonly heartbeatIntervalMs?: number;
  /** Privileged intents that are switched on in the developer portal. Asking for others is refused with 4014. */
  readonly privilegedIntents?: readonly PrivilegedIntent[];
  readonly rateLimits?: RateLimits;
  /** How many new DM channels the bot may open before it gets 40003. */
  readonly dmOpenLimit?: number;
  /** False: do not check against Discord's OpenAPI document even if it is available. */
  readonly spec?: boolean;
}

/**
 * A Discord for tests: the servers that the bot connects to, and the people who use it.
 * @example
 * const discord = await startDiscord({ clock });
 * const ada = discord.addUser({ name: 'ada' });
 * const guild = discord.addGuild({ name: 'Tower', owner: ada });
 * // start the bot with DISCORD_API_URL=`${discord.url}/api` and DISCORD_TOKEN=discord.token
 * await discord.untilConnected();
 * const reply = await discord.as(ada).in(guild).type('/grant add member:@bob libraries:"Tower · Movies" for:30d');
 * const done = await reply.click('Confirm');
 * await done.until('invited');
 * console.log(done.text, discord.dmsOf(bob).at(-1)?.text);
 */
export class Discord {
  /** Base URL; the bot gets `${url}/api` as DISCORD_API_URL. */
  url = '';
  readonly token: string;
  readonly http: HttpStandIn;
  readonly world: World;
  readonly gateway: Gateway;
  readonly commands: Commands;
  readonly spec: Spec | undefined;
  /** How many DM channels the bot may open altogether before it gets 40003. */
  dmOpenLimit: number;
  readonly #rest: Rest;
  readonly #interactions: Interactions;
  readonly #backstage: Backstage;
  #port = 0;

  constructor(options: DiscordOptions = {}) {
    this.world = new World(
      options.clock ?? new StandInClock(),
      options.botName ?? 'usher',
      options.madeBefore2016,
    );
    for (const name of options.privilegedIntents ?? []) this.switchIntent(name, true);
    const idPart = Buffer.from(this.world.bot.id).toString('base64url');
    this.token = options.token ?? `${idPart}.StandIn.discord-bot-token-never-to-be-logged`;
    this.dmOpenLimit = options.dmOpenLimit ?? Number.POSITIVE_INFINITY;
    this.spec = options.spec === false ? undefined : loadSpec();
    this.http = new HttpStandIn({
      unknownRoute: () => refuse.notFound().answer(),
      before: ({ request }) => {
        const open = /^\/api\/v10\/(interactions|webhooks)\//.test(request.path);
        if (open || !request.path.startsWith('/api/v10/')) return undefined;
        return request.headers.authorization === `Bot ${this.token}`
          ? undefined
          : refuse.unauthorized().answer();
      },
    });
    this.commands = new Commands(this.world);
    this.#interactions = new Interactions(this.world, { ackWindowMs: options.ackWindowMs ?? 3000 });
    this.#rest = new Rest(this.http, {
      spec: this.spec,
      buckets: new Buckets(options.rateLimits ?? 'generous'),
    });
    this.gateway = new Gateway(this.world, this.http, {
      token: this.token,
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    });
    addRoutes({
      rest: this.#rest,
      world: this.world,
      commands: this.commands,
      interactions: this.#interactions,
      dmOpenLimit: () => this.dmOpenLimit,
    });
    this.#addCdn();
    this.#backstage = {
      world: this.world,
      http: this.http,
      commands: this.commands,
      interactions: this.#interactions,
      patienceMs: options.patienceMs ?? 20_000,
    };
  }

  get applicationId(): string {
    return this.world.applicationId;
  }

  get bot(): User {
    return this.world.bot;
  }

  /** Bodies from the bot that Discord would refuse, one line each. Empty if all is well. */
  get violations(): string[] {
    return this.#rest.violations;
  }

  /** Answers of the stand-in that Discord's OpenAPI document does not allow. Must stay empty. */
  get ownMistakes(): readonly string[] {
    return this.#rest.ownMistakes;
  }

  /** Every interaction token issued so far. None of them may appear in a log. */
  get interactionTokens(): readonly string[] {
    return this.#interactions.tokens;
  }

  /** The bot token and every interaction token: for tests that look for leaks. */
  get secrets(): readonly string[] {
    return [this.token, ...this.interactionTokens];
  }

  /** How long the bot has for its first answer, in real time. */
  get ackWindowMs(): number {
    return this.#interactions.windowMs;
  }

  set ackWindowMs(ms: number) {
    this.#interactions.windowMs = ms;
  }

  /** How many new DM channels the bot has opened. */
  get dmOpens(): number {
    return this.world.dmOpens;
  }

  /** In the developer portal: what is connected with it already goes on. */
  switchIntent(name: PrivilegedIntent, isOn: boolean): void {
    const { world } = this;
    world.privilegedIntents = isOn
      ? world.privilegedIntents | Intent[name]
      : world.privilegedIntents & ~Intent[name];
  }

  /** Number of answers with 401, 403 or 429. After ten thousand in ten minutes, Discord locks an address out. */
  get invalidRequests(): number {
    return this.http.requests.filter(({ status }) => status === 401 || status === 403 || status === 429)
      .length;
  }

  addUser(options: NewUser): User {
    return this.world.addUser(options);
  }

  addGuild(options: NewGuild): Guild {
    return this.world.addGuild(options);
  }

  /** A person in front of a client: in the first guild they belong to, otherwise in the DM with the bot. */
  as(user: User): Person {
    const guild = this.world.guilds.values().find((one) => one.isMember(user));
    return new Person(this.#backstage, user, guild?.general);
  }

  /** The messages in the DM between the bot and this user, oldest first. */
  dmsOf(user: User): Message[] {
    return this.world.findDmChannel(user)?.messages ?? [];
  }

  /** Resolves to the first truthy result of `probe`, which is called again after each request and event. */
  async until<T>(what: string, probe: () => T | undefined | null | false, timeoutMs?: number): Promise<T> {
    return await this.http.until(what, probe, timeoutMs);
  }

  /** Resolves when `count` bots are connected and identified. */
  async untilConnected(count = 1): Promise<void> {
    await this.until(`${count} bot(s) connected`, () => this.gateway.connections >= count);
  }

  async start(): Promise<this> {
    this.url = await this.http.listen(this.#port);
    this.#port = Number(new URL(this.url).port);
    this.world.url = this.url;
    return this;
  }

  /**
   * Simulates that Discord is down: connections are cut and nothing answers. All data stays, and `start` continues
   * at the same address.
   */
  async goDown(): Promise<void> {
    this.gateway.cut();
    await this.http.stop();
  }

  async stop(): Promise<void> {
    this.gateway.stop();
    await this.http.stop();
  }

  #addCdn(): void {
    this.http.route('GET', '/cdn/attachments/:channel/:id/:name', ({ params, request }) => {
      const attachment = this.world.attachments.get(params.id ?? '');
      const expires = Number.parseInt(request.query.get('ex') ?? '0', 16) * 1000;
      // Signed addresses expire (discord.md 1.5).
      if (!attachment || expires < this.world.clock.now().getTime()) {
        return { status: 404, body: 'This content is no longer available.' };
      }
      return { status: 200, headers: { 'content-type': attachment.contentType }, body: attachment.bytes };
    });
  }
}

/** Starts a Discord on a free loopback port. */
export async function startDiscord(options: DiscordOptions = {}): Promise<Discord> {
  return await new Discord(options).start();
}
