import { HttpStandIn, StandInClock } from '../http.ts';
import { type LostWrites, signOfLife } from './activity.ts';
import { libraryId, newGuid } from './forms.ts';
import { addLibraryRoutes } from './libraries.ts';
import { addPasswordRoutes } from './passwords.ts';
import { addQuickConnectRoutes, approveQuickConnect } from './quick-connect.ts';
import { JellyfinRoutes } from './routing.ts';
import { addSessionRoutes } from './sessions.ts';
import { addSignInRoutes, signIn } from './sign-in.ts';
import { beforeRouting, listensIn, phasesOf, type StartingPhase } from './starting.ts';
import {
  type JellyfinBehaviour,
  type JellyfinLibrary,
  type JellyfinSession,
  JellyfinState,
  type JellyfinUser,
  type JellyfinVersion,
} from './state.ts';
import { addSystemRoutes } from './system.ts';
import { addUserRoutes } from './users.ts';
import { addViewRoutes } from './views.ts';

export { processingError } from './answers.ts';
export { libraryId } from './forms.ts';
export type { JellyfinPolicy } from './policy.ts';
export { phasesOf, type StartingPhase } from './starting.ts';
export type { JellyfinBehaviour, JellyfinLibrary, JellyfinSession, JellyfinUser, JellyfinVersion };

export interface JellyfinWish {
  readonly clock?: StandInClock;
  readonly version?: JellyfinVersion;
  readonly name?: string;
  readonly libraries?: readonly (string | LibraryWish)[];
  /** Such as `/jellyfin`. It is then part of `url`. */
  readonly basePath?: string;
}

export interface LibraryWish {
  readonly name: string;
  /** `movies`, `tvshows`, `music` and so on. Without a type the library is mixed, and answers leave the field out. */
  readonly type?: string;
  /** Not scanned yet: no `ItemId`. */
  readonly scanning?: boolean;
  /** Where its files are; a folder of its name unless said otherwise. */
  readonly locations?: readonly string[];
}

/** One Jellyfin server, with an API key and an administrator called `root`. */
export class Jellyfin {
  readonly state: JellyfinState;
  readonly http: HttpStandIn;
  /** The key that a bot is given. */
  readonly apiKey: string;
  readonly #basePath: string;
  #port = 0;

  constructor(wish: JellyfinWish) {
    const base = (wish.basePath ?? '').replace(/\/+$/, '');
    const state = new JellyfinState(
      wish.clock ?? new StandInClock(),
      wish.version ?? '10.11',
      wish.name ?? 'tower',
    );
    this.state = state;
    this.#basePath = base;
    this.apiKey = state.addKey('usher').token;
    // Up to 10.11 these old prefixes are accepted and removed (B1).
    const prefixes = state.release === '12.0' ? [base] : [base, `${base}/emby`, `${base}/mediabrowser`];
    this.http = new HttpStandIn({
      caseInsensitiveRoutes: true,
      before: ({ request }) => beforeRouting(state, base, request),
      unknownRoute: ({ request }) => routes.unknown(request.path),
      headers: () => headersOf(state.release),
    });
    const routes = new JellyfinRoutes(this.http, state, prefixes);
    addSystemRoutes(routes.add, state);
    addSignInRoutes(routes.add, state);
    addQuickConnectRoutes(routes.add, state);
    // Before `/Users/:userId`, which would take them.
    addPasswordRoutes(routes.add, state);
    addUserRoutes(routes.add, state);
    addLibraryRoutes(routes.add, state);
    addSessionRoutes(routes.add, state);
    addViewRoutes(routes.add, state);
    for (const library of wish.libraries ?? [])
      this.addLibrary(typeof library === 'string' ? { name: library } : library);
    this.addUser({ name: 'root', password: 'root-password', admin: true });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.#basePath}`;
  }

  get serverId(): string {
    return this.state.serverId;
  }

  get behaviour(): JellyfinBehaviour {
    return this.state.behaviour;
  }

  /** Every token, key and Quick Connect secret issued so far. None of them may appear in a log. */
  get secrets(): readonly string[] {
    return [...this.state.secrets];
  }

  /** Starts to listen; after a stop, on the same port again. */
  async start(): Promise<void> {
    this.#port = Number(new URL(await this.http.listen(this.#port)).port);
  }

  async stop(): Promise<void> {
    await this.http.stop();
  }

  /**
   * From now on it is as in that phase of starting (M2, edge case 35).
   * @throws {Error} when this version has no such phase.
   */
  async enter(phase: StartingPhase): Promise<void> {
    const { release, phase: before } = this.state;
    if (!phasesOf(release).includes(phase)) throw new Error(`${release} has no phase "${phase}"`);
    this.state.phase = phase;
    if (!listensIn(phase)) await this.stop();
    else if (!listensIn(before)) await this.start();
  }

  /** Goes on to the next phase of starting, and returns it. Once it is ready it stays so. */
  async nextPhase(): Promise<StartingPhase> {
    const phases = phasesOf(this.state.release);
    await this.enter(phases[phases.indexOf(this.state.phase) + 1] ?? 'ready');
    return this.state.phase;
  }

  /** What the answers so far would have cost a real server, in milliseconds (M3). Starts again at 0. */
  takeWorkMs(): number {
    const { ms } = this.state.work;
    this.state.work.ms = 0;
    return ms;
  }

  /** From now on, another server answers at the same address (edge case 39). */
  replaceIdentity(): void {
    this.state.serverId = newGuid();
  }

  /** Adds an account with the defaults of a new one, which sees every library. Without a password, a blank one. */
  addUser(wish: {
    readonly name: string;
    readonly password?: string;
    readonly admin?: boolean;
  }): JellyfinUser {
    return this.state.addUser(wish.name, wish.password ?? '', wish.admin);
  }

  /**
   * Finds a user by name, ignoring case.
   * @throws {Error} when there is none.
   */
  user(name: string): JellyfinUser {
    const user = this.state.findUser(name);
    if (!user) throw new Error(`no user ${name}`);
    return user;
  }

  findUser(name: string): JellyfinUser | undefined {
    return this.state.findUser(name);
  }

  /** What the user can really see, whatever the policy says. */
  accessOf(user: JellyfinUser): 'all' | 'none' | readonly string[] {
    return this.state.accessOf(user);
  }

  /** Whether this name and password would be accepted now. Does not count as a try. */
  canSignIn(name: string, password: string): boolean {
    return this.state.canSignIn(name, password);
  }

  /** Adds a library. A second one of the same name silently becomes `Name2` (B3). Returns it with its final name. */
  addLibrary(wish: LibraryWish): JellyfinLibrary {
    const taken = new Set(this.state.libraries.map(({ name }) => name));
    let name = wish.name;
    for (let number = 2; taken.has(name); number += 1) name = `${wish.name}${number}`;
    const library: JellyfinLibrary = {
      name,
      itemName: name,
      type: wish.type,
      locations: wish.locations ?? [`/data/${name}`],
      scanning: wish.scanning ?? false,
      off: false,
      isFromElsewhere: false,
    };
    this.state.libraries.push(library);
    return library;
  }

  /**
   * Changes the id too, unless only case changes, and the files stay where they are. Policies that name the old id keep
   * it, without effect (B3, M1, edge case 25).
   */
  renameLibrary(name: string, newName: string, options: { readonly scanning?: boolean } = {}): void {
    const library = this.library(name);
    library.name = newName;
    library.scanning = options.scanning ?? false;
    if (name.toLowerCase() !== newName.toLowerCase()) library.itemName = newName;
  }

  /** Makes the items that were missing, and gives a library the id of its name. */
  scanLibraries(): void {
    for (const library of this.state.libraries) {
      library.scanning = false;
      library.itemName = library.name;
    }
  }

  /** The id comes back with the name, and old grants with it (edge case 25). */
  removeLibrary(name: string): void {
    this.state.libraries.splice(this.state.libraries.indexOf(this.library(name)), 1);
  }

  /** @throws {Error} when there is none. */
  library(name: string): JellyfinLibrary {
    const library = this.state.libraries.find((each) => each.name === name);
    if (!library) throw new Error(`no library ${name}`);
    return library;
  }

  /** The id to expect in `EnabledFolders`, whether the library exists or not. */
  libraryId(name: string): string {
    return libraryId(name);
  }

  /** The user signs in on another device, and watches something if `playing` says so. */
  signInOutside(
    user: JellyfinUser,
    options: { readonly deviceId?: string; readonly playing?: string; readonly silentForMs?: number } = {},
  ): JellyfinSession {
    const token = signIn(this.state, user, {
      client: 'Jellyfin Web',
      device: 'Firefox',
      deviceId: options.deviceId ?? newGuid(),
      version: this.state.version,
    });
    const session = this.state.sessions.values().find((each) => each.token === token.token);
    if (!session) throw new Error('a sign-in without a session');
    session.playing = options.playing ?? null;
    user.lastActivityAt = new Date(this.state.now().getTime() - (options.silentForMs ?? 0));
    return session;
  }

  /**
   * A player of the user reports something: the server has loaded the user, and saves it as it was when the returned
   * function is called (M1). Undefined when the last report is not over a minute ago, so that nothing is saved.
   */
  signOfLife(user: JellyfinUser): (() => void) | undefined {
    return signOfLife(this.state, user);
  }

  /**
   * The next policy writes that a sign of life of the same account can undo are undone, although they answer 204
   * (M1): what was taken is open again, what was given is not there. That needs somebody who is signed in and was
   * silent for over a minute, and no disabling; other writes are left alone and not counted.
   */
  losesNextPolicyWrite(
    wish: { readonly after?: number; readonly times?: number; readonly shownOnce?: boolean } = {},
  ): { readonly lost: number } {
    const { after = 0, times = 1, shownOnce = false } = wish;
    const entry: LostWrites = { after, times, shownOnce, lost: 0 };
    this.state.lostWrites.push(entry);
    return entry;
  }

  /** Sessions of the user right now. */
  sessionsOf(user: JellyfinUser): readonly JellyfinSession[] {
    return this.state.sessions
      .values()
      .filter(({ token }) => this.state.tokens.get(token)?.userId === user.id)
      .toArray();
  }

  /**
   * The member types the code.
   * @throws {Error} when it is unknown, expired or used.
   */
  approveQuickConnect(code: string, user: JellyfinUser): void {
    approveQuickConnect(this.state, code, user);
    this.http.changed();
  }

  /** Somebody edits the user in the dashboard right after the user was read next (edge case 28). */
  onceAfterRead(userId: string, mutate: (user: JellyfinUser) => void): void {
    this.state.afterRead.set(userId, mutate);
  }
}

/** On every answer but those of start-up and redirects (M4). */
const headersOf = (release: JellyfinVersion): Record<string, string> => ({
  server: 'Kestrel',
  'x-response-time-ms': '1.5',
  ...(release === '12.0' && { 'content-language': 'en-US' }),
});

/** Starts a server. Default version: 10.11. */
export async function startJellyfin(wish: JellyfinWish = {}): Promise<Jellyfin> {
  const jellyfin = new Jellyfin(wish);
  await jellyfin.start();
  return jellyfin;
}
