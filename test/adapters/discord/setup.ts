/**
 * A bot that consists of this adapter only, on the stand-in: small test commands, and memory in place of a
 * database.
 */

import { afterEach, beforeEach, expect } from 'vitest';
import { createGateway } from '../../../src/adapters/discord/gateway/gateway.ts';
import { registerCommands } from '../../../src/adapters/discord/gateway/register-commands.ts';
import {
  createDispatcher,
  type DispatcherOptions,
} from '../../../src/adapters/discord/interactions/dispatcher.ts';
import { type Command, defineCommand } from '../../../src/adapters/discord/kit/command.ts';
import { createCustomIds } from '../../../src/adapters/discord/messages/custom-id.ts';
import { createApplicationOwner } from '../../../src/adapters/discord/wire/application-owner.ts';
import { createGuilds } from '../../../src/adapters/discord/wire/guilds.ts';
import {
  createInteractionApi,
  createRests,
  type InteractionApi,
} from '../../../src/adapters/discord/wire/rest.ts';
import type { Log } from '../../../src/app/ports/log.ts';
import { type Discord, type Guild, startDiscord, type User } from '../../standins/discord/index.ts';
import { FakeClock } from '../../support/clock.ts';

export interface Line {
  readonly level: string;
  readonly sentence: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Keeps what was logged. */
export class TestLog implements Log {
  readonly lines: Line[] = [];
  readonly #onLine: (() => void) | undefined;

  constructor(onLine?: () => void) {
    this.#onLine = onLine;
  }

  info(fields: Line['fields'], sentence: string): void {
    this.#add('info', fields, sentence);
  }
  warn(fields: Line['fields'], sentence: string): void {
    this.#add('warn', fields, sentence);
  }
  error(fields: Line['fields'], sentence: string): void {
    this.#add('error', fields, sentence);
  }

  find(sentence: string): Line | undefined {
    return this.lines.find((line) => line.sentence === sentence);
  }

  /** All lines as text, including properties of errors, to check that something is not in the log. */
  get text(): string {
    return JSON.stringify(this.lines, (_key, value: unknown) =>
      value instanceof Error
        ? { ...value, name: value.name, message: value.message, stack: value.stack }
        : value,
    );
  }

  #add(level: string, fields: Line['fields'], sentence: string): void {
    this.lines.push({ level, sentence, fields });
    this.#onLine?.();
  }
}

export class MemoryFacts {
  readonly #facts = new Map<string, string>();
  async find(key: string): Promise<string | undefined> {
    return this.#facts.get(key);
  }
  async set(key: string, value: string): Promise<void> {
    this.#facts.set(key, value);
  }
}

/** The clients of a bot on this stand-in. */
export const restsOf = (
  discord: Discord,
  { clock, log }: { readonly clock: FakeClock; readonly log: Log },
  token = discord.token,
) => createRests({ apiUrl: `${discord.url}/api`, token, clock, log, stopping: NEVER });

/** Nothing stops. */
const NEVER = new AbortController().signal;

export const SECRET = new Uint8Array(32).fill(7);

type TestApp = Readonly<Record<string, never>>;
export type TestCommands = Readonly<Record<string, Command<TestApp>>>;

export const command = defineCommand<unknown, Record<never, never>>;

export interface Bot {
  readonly log: TestLog;
  readonly dispatcher: ReturnType<typeof createDispatcher<TestApp>>;
  readonly gateway: ReturnType<typeof createGateway>;
  stop(): Promise<void>;
}

type BotOptions = Partial<
  Pick<DispatcherOptions<TestApp>, 'capabilitiesOf' | 'storage' | 'isDatabaseLocked' | 'notePeople'>
>;

async function startBot(
  discord: Discord,
  clock: FakeClock,
  commands: TestCommands,
  options: BotOptions,
): Promise<Bot> {
  const log = new TestLog(() => discord.http.changed());
  const rests = restsOf(discord, { clock, log });
  const dispatcher = createDispatcher<TestApp>({
    commands,
    app: {},
    api: createInteractionApi(rests, { clock, stopping: NEVER }),
    ids: createCustomIds(SECRET),
    storage: { look: async () => undefined },
    capabilitiesOf: async () => new Set(['admin', 'moderator', 'auditor']),
    commandIds: () => new Map(),
    isDatabaseLocked: () => false,
    isApplicationOwner: createApplicationOwner(rests),
    belongs: createGuilds(rests, { clock }).belongs,
    notePeople: async () => {},
    clock,
    log,
    ...options,
  });
  const facts = new MemoryFacts();
  const gateway = createGateway({
    token: discord.token,
    apiUrl: `${discord.url}/api`,
    rests,
    facts,
    clock,
    log,
    onInteraction: (raw) => dispatcher.receive(raw),
    onRefused: (error) => log.error({ err: error }, 'refused'),
  });
  await gateway.start();
  const { applicationId } = gateway.identity();
  const { guildIds } = gateway;
  await registerCommands({
    ...{ rest: rests.bot, applicationId, guildId: undefined, guildIds, commands, facts, log },
  });
  return { log, dispatcher, gateway, stop: () => gateway.destroy() };
}

/** What a test begins with: a Discord, and time. */
export class Scene {
  /** The stand-in's time, and the bot's; what sleeps wakes only when a test moves it. */
  clock!: FakeClock;
  discord!: Discord;
  /** For what a test makes by itself; bots have their own. */
  log!: TestLog;
  #bots: Bot[] = [];

  async open(): Promise<void> {
    this.clock = FakeClock.running();
    this.discord = await startDiscord({ clock: this.clock });
    this.log = new TestLog(() => this.discord.http.changed());
    this.#bots = [];
  }

  /**
   * A bot with these commands, until the end of the test. Everybody is an admin unless `capabilitiesOf` says
   * otherwise.
   */
  async start(commands: TestCommands, options: BotOptions = {}): Promise<Bot> {
    const bot = await startBot(this.discord, this.clock, commands, options);
    this.#bots.push(bot);
    return bot;
  }

  /** Time passes, twenty times as fast as outside, until this has settled. */
  async passing(work: Promise<unknown>): Promise<void> {
    let settled = false;
    const end = () => {
      settled = true;
    };
    work.then(end, end);
    while (!settled) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      this.clock.advance(100);
    }
  }

  async close(): Promise<void> {
    for (const bot of this.#bots) await bot.stop();
    await this.discord.stop();
    expect(this.discord.violations).toEqual([]);
    // Interaction tokens answer as the bot; none may be logged (discord.md 3.1).
    const logged = [this.log, ...this.#bots.map(({ log }) => log)].map(({ text }) => text).join('');
    const secrets = [this.discord.token, ...this.discord.interactionTokens];
    expect(secrets.filter((secret) => logged.includes(secret))).toEqual([]);
  }
}

/** The same with a guild, Movie Night, and Ada and Bob in it. */
export class GuildScene extends Scene {
  guild!: Guild;
  ada!: User;
  bob!: User;

  override async open(): Promise<void> {
    await super.open();
    this.guild = this.discord.addGuild({ name: 'Movie Night' });
    this.ada = this.discord.addUser({ name: 'ada' });
    this.bob = this.discord.addUser({ name: 'bob' });
    this.guild.addMember(this.ada);
    this.guild.addMember(this.bob);
  }

  /** Opened to everybody: what Discord hides is tested by itself. */
  override async start(commands: TestCommands, options: BotOptions = {}): Promise<Bot> {
    const bot = await super.start(commands, options);
    for (const path of Object.keys(commands)) this.guild.openCommand(path.split(' ')[0] ?? path);
    return bot;
  }

  get asAda() {
    return this.discord.as(this.ada);
  }

  get asBob() {
    return this.discord.as(this.bob);
  }
}

/** A new one for each test of the file. Call it first: what is registered after it ends before it. */
export function use<Kind extends Scene>(scene: Kind): Kind {
  beforeEach(() => scene.open());
  afterEach(() => scene.close());
  return scene;
}

/** An interaction API that only notes what people would be told, as JSON. */
export function notingApi(said: string[]): InteractionApi {
  const note = async (body: unknown) => void said.push(JSON.stringify(body));
  return {
    callback: async (_interaction, body) => note(body),
    editOriginal: async (_interaction, body) => note(body),
    followUp: async (_interaction, body) => note(body),
  };
}
