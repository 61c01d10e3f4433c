import { Client, type ClientOptions, Events, GatewayIntentBits, type Interaction } from 'discord.js';
import type { Discord } from './index.ts';

/** How the sample bot answers interactions, by name: a command, a custom id, or `autocomplete`. */
export type Behaviour = Readonly<Record<string, (interaction: Interaction) => Promise<unknown>>>;

export interface SampleBot {
  readonly client: Client<true>;
  /** What its handlers threw, in order. */
  readonly failures: unknown[];
  stop(): Promise<void>;
}

/** A small discord.js bot, which proves that the real library works with the stand-in. */
export async function connectBot(
  discord: Pick<Discord, 'url' | 'token' | 'http'>,
  behaviour: Behaviour = {},
  options: Partial<ClientOptions> = {},
): Promise<SampleBot> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    ...options,
    rest: { api: `${discord.url}/api`, ...options.rest },
  });
  const failures: unknown[] = [];
  const failed = (error: unknown) => {
    failures.push(error);
    // The stand-in does not notice what happens in the bot, so whoever waits is told here.
    discord.http.changed();
  };
  client.on(Events.Error, failed);
  client.on(Events.InteractionCreate, (interaction) => {
    behaviour[nameOf(interaction)]?.(interaction).catch(failed);
  });
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  return { client: await ready, failures, stop: () => client.destroy() };
}

function nameOf(interaction: Interaction): string {
  if (interaction.isAutocomplete()) return 'autocomplete';
  if (interaction.isCommand()) return interaction.commandName;
  return interaction.customId;
}
