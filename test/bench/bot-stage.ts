/** The real bot process with a prepared SQLite file, on a stand-in of Discord. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerKind } from '../../src/domain/model.ts';
import { startDiscord } from '../standins/discord/index.ts';
import { type OpenStores, openStores } from '../support/databases.ts';
import { UsherProcess } from '../support/usher-process.ts';
import { type BenchPlace, BenchPlexTv, startBenchJellyfin } from './places.ts';
import { KEY } from './seed.ts';

export type Discord = Awaited<ReturnType<typeof startDiscord>>;

export class BotStage {
  readonly folder: string;
  readonly discord: Discord;
  readonly plexTv: BenchPlexTv;
  /** The owner of the guild, who may do everything. */
  readonly olga: ReturnType<Discord['addUser']>;
  readonly guild: ReturnType<Discord['addGuild']>;
  readonly #bots: UsherProcess[] = [];
  readonly #places: BenchPlace[] = [];

  private constructor(folder: string, discord: Discord, plexTv: BenchPlexTv) {
    this.folder = folder;
    this.discord = discord;
    this.plexTv = plexTv;
    this.olga = discord.addUser({ name: 'olga' });
    this.guild = discord.addGuild({ name: 'Film Club', owner: this.olga });
  }

  static async set(): Promise<BotStage> {
    const folder = await mkdtemp(join(tmpdir(), 'usher-bench-'));
    // Checking every body against Discord's description is for tests; here it would distort the figures.
    return new BotStage(folder, await startDiscord({ spec: false }), await BenchPlexTv.start());
  }

  /** For DATABASE_URL. */
  get url(): string {
    return `file:${join(this.folder, 'usher.db')}`;
  }

  /** Starts a media server that runs until the stage is struck. No bot knows it yet. */
  async addPlace(
    kind: ServerKind,
    wish: { readonly id: string; readonly libraries: number },
  ): Promise<BenchPlace> {
    const place = kind === 'plex' ? await this.plexTv.addServer(wish) : await startBenchJellyfin(wish);
    this.#places.push(place);
    return place;
  }

  /** Works on the database while no bot uses it. */
  async withDatabase<T>(work: (open: OpenStores) => Promise<T>): Promise<T> {
    const open = await openStores(this.url);
    try {
      return await work(open);
    } finally {
      await open.close();
    }
  }

  /** What the bot is told, and whatever works on its database. */
  environment(): Readonly<Record<string, string>> {
    return {
      DISCORD_TOKEN: this.discord.token,
      DISCORD_API_URL: `${this.discord.url}/api`,
      DISCORD_GUILD_ID: this.guild.id,
      PLEX_TV_URL: this.plexTv.tv.url,
      PLEX_CLIENTS_URL: this.plexTv.tv.url,
      DATA_DIR: this.folder,
      DATABASE_URL: this.url,
      SECRET_KEY: KEY.toString('base64'),
    };
  }

  /** Starts the bot without waiting until it is ready. `env` is added to its environment. */
  launch(env: Readonly<Record<string, string>> = {}): UsherProcess {
    const bot = new UsherProcess(this.folder, { ...this.environment(), ...env });
    this.#bots.push(bot);
    return bot;
  }

  /** The owner of the guild, in front of a client. */
  get asOlga() {
    return this.discord.as(this.olga).in(this.guild);
  }

  async strike(): Promise<void> {
    await Promise.all(this.#bots.map((bot) => bot.kill()));
    await Promise.all([
      this.discord.stop(),
      this.plexTv.close(),
      ...this.#places.map((place) => place.stop()),
    ]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Sets up a stage, and strikes it in any case. */
export async function onStage<T>(act: (stage: BotStage) => Promise<T>): Promise<T> {
  const stage = await BotStage.set();
  try {
    return await act(stage);
  } finally {
    await stage.strike();
  }
}
