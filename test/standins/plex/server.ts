import { randomUUID } from 'node:crypto';
import { HttpStandIn } from '../http.ts';
import { addPmsRoutes } from './pms.ts';
import { hex, type PlexAccount, type PlexState } from './state.ts';
import { pmsPage } from './wire.ts';

export interface PlexLibrary {
  /** A small number, unique only on this server. A library that is made again gets a new one (A3). */
  readonly key: number;
  /** The id that plex.tv expects in `librarySectionIds` (A3). */
  readonly cloudId: number;
  readonly uuid: string;
  readonly type: string;
  title: string;
  /** From when plex.tv lists it (A5.2). */
  readonly onPlexTvFrom: Date;
}

export interface PlexSession {
  readonly id: string;
  readonly sessionKey: string;
  readonly account: PlexAccount;
  readonly title: string;
  readonly type: 'movie' | 'track';
  readonly library: PlexLibrary | undefined;
  /** What its player says: a paused stream stays listed. */
  state: 'playing' | 'paused' | 'buffering';
  /** Set when the session was stopped; it may stay listed for a while. */
  listedUntil: Date | null;
}

export interface LibraryWish {
  readonly title: string;
  readonly type?: string;
}

/** One Plex Media Server on its own port, and what plex.tv knows about it. */
export class PlexServer {
  readonly state: PlexState;
  readonly owner: PlexAccount;
  /** plex.tv's own id of the server (A3). */
  readonly id: number;
  ownerAccessToken: string;
  readonly version = '1.43.2.10687-563d026ea';
  readonly createdAt: Date;
  readonly http: HttpStandIn;
  readonly libraries: PlexLibrary[] = [];
  readonly sessions: PlexSession[] = [];
  /** A new identifier makes it another server at the same address (edge case 39). */
  machineIdentifier: string;
  name: string;
  url = '';
  /** The message of the 503 while starting; otherwise undefined (edge case 19). */
  starting: string | undefined;
  /** False once it was taken off its owner's account. */
  claimed = true;
  /** Without a Plex Pass, sessions cannot be stopped (A4.3). */
  plexPass = true;
  /** The first address that plex.tv lists, when it is not `url`: a name at plex.direct. */
  listedUrl: string | undefined;
  /** More entries for `connections` in resources. */
  readonly moreConnections: Record<string, unknown>[] = [];
  /** In the next `calls` reads, plex.tv lists only the first `keep` sections (edge case 3). */
  partial = { calls: 0, keep: 0 };
  #lastKey = 0;

  constructor(state: PlexState, wish: { readonly owner: PlexAccount; readonly name: string }) {
    this.state = state;
    this.owner = wish.owner;
    this.name = wish.name;
    this.id = state.nextId(7_654_300);
    this.machineIdentifier = hex(40);
    this.ownerAccessToken = state.secret();
    this.createdAt = state.now();
    this.http = new HttpStandIn({ unknownRoute: () => pmsPage(404, 'Not Found') });
    addPmsRoutes(this);
  }

  /** Starts to listen; after a stop, on the same port again. */
  async start(): Promise<void> {
    this.url = await this.http.listen(this.url === '' ? 0 : Number(new URL(this.url).port));
  }

  /** Stops at once. plex.tv still knows the server. */
  async stop(): Promise<void> {
    await this.http.stop();
  }

  /** Answers every path, `/identity` included, with 503 Maintenance (edge case 19). */
  setStarting(on: boolean): void {
    this.starting = on ? 'Plex Media Server is currently running startup maintenance tasks.' : undefined;
  }

  addLibrary(wish: LibraryWish): PlexLibrary {
    this.#lastKey += 1;
    const library = {
      key: this.#lastKey,
      cloudId: this.state.nextId(118_181_300),
      uuid: randomUUID(),
      type: wish.type ?? 'movie',
      title: wish.title,
      onPlexTvFrom: this.state.inSeconds(this.state.behaviour.librarySeconds),
    };
    this.libraries.push(library);
    return library;
  }

  /** @throws {Error} when there is no library with that title. */
  library(title: string): PlexLibrary {
    const found = this.libraries.find((library) => library.title === title);
    if (!found) throw new Error(`no library "${title}" on ${this.name}`);
    return found;
  }

  /** The key, the cloud id and the shares stay the same (edge case 25). */
  renameLibrary(title: string, newTitle: string): void {
    this.library(title).title = newTitle;
  }

  /**
   * The database is made anew under the same identifier: keys start at 1 again, everything else of a section is new.
   * What plex.tv makes of the shares is not known: they end, or they follow the key.
   */
  rebuildDatabase(libraries: readonly LibraryWish[], shares: 'end' | 'follow the key' = 'end'): void {
    const before = this.libraries.splice(0);
    this.#lastKey = 0;
    const made = libraries.map((wish) => this.addLibrary(wish));
    for (const share of this.state.shares.values()) {
      if (share.server !== this) continue;
      const keys = before.filter(({ cloudId }) => share.libraryIds.delete(cloudId)).map(({ key }) => key);
      if (shares === 'end') continue;
      for (const { cloudId } of made.filter(({ key }) => keys.includes(key))) share.libraryIds.add(cloudId);
    }
  }

  removeLibrary(title: string): void {
    const gone = this.library(title);
    this.libraries.splice(this.libraries.indexOf(gone), 1);
    for (const share of this.state.shares.values()) {
      if (share.server === this) share.libraryIds.delete(gone.cloudId);
    }
  }

  /** In the next `calls` reads, plex.tv lists only the first `keep` sections (default: none). */
  hideSections(calls: number, keep = 0): void {
    this.partial = { calls, keep };
  }

  /** The sections as plex.tv lists them now. Uses up one of the planned partial answers. */
  sectionsAtPlexTv(): readonly PlexLibrary[] {
    const now = this.state.now();
    const known = this.libraries.filter(({ onPlexTvFrom }) => now >= onPlexTvFrom);
    if (this.partial.calls <= 0) return known;
    this.partial.calls -= 1;
    return known.slice(0, this.partial.keep);
  }

  /** The account starts to watch something. */
  play(
    account: PlexAccount,
    title: string,
    type: PlexSession['type'] = 'movie',
    library?: PlexLibrary,
  ): PlexSession {
    const number = this.state.nextId(0);
    const session: PlexSession = {
      id: hex(24),
      sessionKey: String(number),
      account,
      title,
      type,
      library,
      state: 'playing',
      listedUntil: null,
    };
    this.sessions.push(session);
    return session;
  }

  /** What the account is watching now, without stopped sessions that are still listed. */
  playing(account: PlexAccount): readonly PlexSession[] {
    return this.sessions.filter((session) => session.account === account && !session.listedUntil);
  }
}
