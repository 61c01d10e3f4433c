/**
 * A bot that consists of this adapter only, on the stand-in: small test commands, and memory in place of a
 * database.
 */

import { createGateway } from '../../../src/adapters/discord/gateway/gateway.ts';
import { registerCommands } from '../../../src/adapters/discord/gateway/register-commands.ts';
import {
  createDispatcher,
  type DispatcherOptions,
} from '../../../src/adapters/discord/interactions/dispatcher.ts';
import { type Command, defineCommand } from '../../../src/adapters/discord/kit/command.ts';
import { createCustomIds } from '../../../src/adapters/discord/messages/custom-id.ts';
import { createInteractionApi, createRests } from '../../../src/adapters/discord/wire/rest.ts';
import type { Log } from '../../../src/app/ports/log.ts';
import type { Discord } from '../../standins/discord/index.ts';
import type { FakeClock } from '../../support/clock.ts';

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

export const SECRET = new Uint8Array(32).fill(7);

export type TestApp = Readonly<Record<string, never>>;
export type TestCommands = Readonly<Record<string, Command<TestApp>>>;

export const command = defineCommand<unknown, Record<never, never>>;

export interface Bot {
  readonly log: TestLog;
  readonly dispatcher: ReturnType<typeof createDispatcher<TestApp>>;
  readonly gateway: ReturnType<typeof createGateway>;
  stop(): Promise<void>;
}

/** Connects and registers the commands. Everybody is an admin unless `capabilitiesOf` decides otherwise. */
export async function startBot(
  discord: Discord,
  clock: FakeClock,
  commands: TestCommands,
  options: Partial<Pick<DispatcherOptions<TestApp>, 'capabilitiesOf'>> = {},
): Promise<Bot> {
  const log = new TestLog(() => discord.http.changed());
  const rests = createRests({ apiUrl: `${discord.url}/api`, token: discord.token });
  const dispatcher = createDispatcher<TestApp>({
    commands,
    app: {},
    api: createInteractionApi(rests),
    ids: createCustomIds(SECRET),
    capabilitiesOf: async () => new Set(['admin', 'moderator', 'auditor']),
    clock,
    log,
    ...options,
  });
  const gateway = createGateway({
    token: discord.token,
    apiUrl: `${discord.url}/api`,
    rests,
    clock,
    log,
    onInteraction: (raw) => dispatcher.receive(raw),
    onRefused: (error) => log.error({ err: error }, 'refused'),
  });
  await gateway.start();
  const applicationId = gateway.applicationId();
  const facts = new MemoryFacts();
  await registerCommands({ rest: rests.bot, applicationId, guildId: undefined, commands, facts, log });
  return { log, dispatcher, gateway, stop: () => gateway.destroy() };
}
