/** Everything around one bot process: Discord, plex.tv, a Plex and a Jellyfin server, and the people of a guild. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Channel,
  type Exchange,
  type Guild,
  startDiscord,
  type User,
} from '../standins/discord/index.ts';
import { StandInClock } from '../standins/http.ts';
import { type Jellyfin, startJellyfin } from '../standins/jellyfin/jellyfin.ts';
import { type PlexServer, type PlexTv, startPlexTv } from '../standins/plex/plex-tv.ts';
import { type AuditEntry, readEntries } from './audit-entries.ts';
import { UsherProcess } from './usher-process.ts';

export type Discord = Awaited<ReturnType<typeof startDiscord>>;

/** What the two servers have. */
interface StageLibraries {
  readonly tower: readonly { readonly title: string; readonly type?: string }[];
  readonly den: readonly { readonly name: string; readonly type: string }[];
}
const USUAL: StageLibraries = {
  tower: [
    { title: 'Movies', type: 'movie' },
    { title: 'TV', type: 'show' },
    { title: 'Concerts', type: 'artist' },
  ],
  den: [
    { name: 'Films', type: 'movies' },
    { name: 'Shows', type: 'tvshows' },
  ],
};

export class Stage {
  readonly folder: string;
  readonly discord: Discord;
  readonly plexTv: PlexTv;
  /** Plex server "Tower": Movies, TV, Concerts, unless others are asked for. */
  readonly tower: PlexServer;
  /** Jellyfin server "Den": Films, Shows, unless others are asked for. */
  readonly den: Jellyfin;
  readonly guild: Guild;
  readonly audit: Channel;
  /** Owner of the guild. */
  readonly olga: User;
  readonly ada: User;
  readonly ben: User;
  readonly plexOwner: ReturnType<PlexTv['addAccount']>;
  #usher: UsherProcess | undefined;

  private constructor(parts: {
    folder: string;
    discord: Discord;
    plexTv: PlexTv;
    tower: PlexServer;
    den: Jellyfin;
    plexOwner: ReturnType<PlexTv['addAccount']>;
  }) {
    this.folder = parts.folder;
    this.discord = parts.discord;
    this.plexTv = parts.plexTv;
    this.tower = parts.tower;
    this.den = parts.den;
    this.plexOwner = parts.plexOwner;
    this.olga = this.discord.addUser({ name: 'olga' });
    this.guild = this.discord.addGuild({ name: 'Film Club', owner: this.olga });
    this.audit = this.guild.addTextChannel('usher-audit');
    this.ada = this.discord.addUser({ name: 'ada' });
    this.ben = this.discord.addUser({ name: 'ben' });
    this.guild.addMember(this.ada);
    this.guild.addMember(this.ben);
  }

  static async set(libraries: StageLibraries = USUAL): Promise<Stage> {
    const clock = new StandInClock();
    const [folder, discord, plexTv, den] = await Promise.all([
      mkdtemp(join(tmpdir(), 'usher-')),
      startDiscord({ clock }),
      startPlexTv({ clock }),
      startJellyfin({
        clock,
        name: 'Den',
        libraries: libraries.den,
      }),
    ]);
    const plexOwner = plexTv.addAccount({ username: 'plexboss', email: 'boss@example.com' });
    const tower = await plexTv.addServer({
      owner: plexOwner,
      name: 'Tower',
      libraries: libraries.tower,
    });
    return new Stage({ folder, discord, plexTv, tower, den, plexOwner });
  }

  /** The environment of a bot on this stage. */
  get env(): Readonly<Record<string, string>> {
    return {
      DISCORD_TOKEN: this.discord.token,
      DISCORD_API_URL: `${this.discord.url}/api`,
      DISCORD_GUILD_ID: this.guild.id,
      PLEX_TV_URL: this.plexTv.url,
      PLEX_CLIENTS_URL: this.plexTv.url,
      DATA_DIR: join(this.folder, 'data'),
      DATABASE_URL: `file:${join(this.folder, 'data', 'usher.db')}`,
    };
  }

  /** Starts the bot, or starts it again. Resolves when it is ready. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<UsherProcess> {
    return await this.launch(env).ready();
  }

  /** The same without waiting: what is due is done before it is ready. */
  launch(env: Readonly<Record<string, string>> = {}): UsherProcess {
    this.#usher = new UsherProcess(this.folder, { ...this.env, ...env });
    return this.#usher;
  }

  get usher(): UsherProcess {
    if (!this.#usher) throw new Error('Usher has not been started on this stage');
    return this.#usher;
  }

  /** Chooses the audit channel and adds both servers, as the owner would. */
  async setUp(): Promise<void> {
    await this.asOlga('/settings channel', { purpose: 'audit', channel: this.audit });
    await this.addServer('plex', { name: 'Tower', url: this.tower.url, token: this.plexOwner.token });
    await this.addServer('jellyfin', { name: 'Den', url: this.den.url, token: this.den.apiKey });
  }

  async addServer(
    type: 'plex' | 'jellyfin',
    fields: { readonly name: string; readonly url: string; readonly token: string },
  ): Promise<Exchange> {
    const form = await this.asOlga('/server add', { type });
    // Members have to have a link to it, or staff are told.
    const more = type === 'jellyfin' ? { public_url: 'https://den.example.org' } : {};
    return await form.submit({ ...more, ...fields });
  }

  /** The guild's owner runs a command in the guild. */
  async asOlga(
    path: string,
    options: Parameters<ReturnType<Discord['as']>['command']>[1] = {},
  ): Promise<Exchange> {
    return await this.discord.as(this.olga).in(this.guild).command(path.replace(/^\//, ''), options);
  }

  /** The events that the audit channel tells, oldest first. */
  get auditEntries(): readonly AuditEntry[] {
    return readEntries(this.audit.messages);
  }

  /** The same as lines: small print, and then the sentence. */
  get auditLines(): readonly string[] {
    return this.auditEntries.map(({ line }) => line);
  }

  /** Resolves when the audit channel has `count` lines that match. */
  async audited(what: RegExp, count = 1, timeoutMs?: number): Promise<readonly string[]> {
    const probe = () => {
      const found = this.auditLines.filter((line) => what.test(line));
      return found.length >= count ? found : undefined;
    };
    return await this.discord.until(`${count} audit line(s) like ${what}`, probe, timeoutMs);
  }

  /** Stops everything and removes all files. */
  async strike(): Promise<void> {
    await this.#usher?.kill();
    await Promise.all([this.discord.stop(), this.plexTv.close(), this.den.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
