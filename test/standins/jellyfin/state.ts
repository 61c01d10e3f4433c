import type { StandInClock } from '../http.ts';
import type { LostWrites } from './activity.ts';
import { dateText, libraryId, newGuid } from './forms.ts';
import { DEFAULT_AUTHENTICATION, type JellyfinPolicy, newUserPolicy, policyView } from './policy.ts';
import type { StartingPhase } from './starting.ts';

export type JellyfinVersion = '10.10' | '10.11' | '12.0';

const FULL_VERSION: Readonly<Record<JellyfinVersion, string>> = {
  '10.10': '10.10.7',
  '10.11': '10.11.11',
  '12.0': '12.0.0',
};

export interface JellyfinUser {
  readonly id: string;
  name: string;
  /** If it is blank, anybody can sign in without a password (B5). */
  password: string;
  policy: JellyfinPolicy;
  /** Settings of players, which nobody here reads. */
  configuration: Readonly<Record<string, unknown>>;
  /** Override everything that is granted, and cannot be changed through the API (B4). */
  blockedMediaFolders: string[];
  blockedChannels: string[];
  lastLoginAt: Date | null;
  /** Of signing in and of what players report, not of every request. */
  lastActivityAt: Date | null;
}

export interface JellyfinLibrary {
  name: string;
  /** What its id is made from. A rename that changes case only reaches it with the next scan (M1). */
  itemName: string;
  readonly type: string | undefined;
  locations: readonly string[];
  /** The folder exists, but its item does not yet, so there is no `ItemId` (B3). */
  scanning: boolean;
  /** Listed all the same, and nobody sees it (M1). */
  off: boolean;
  /** After the data folder moved: the list of virtual folders has no `ItemId`, also after a scan (M1). */
  isFromElsewhere: boolean;
}

export interface JellyfinToken {
  readonly token: string;
  readonly userId: string;
  readonly client: string;
  readonly device: string;
  readonly deviceId: string;
  readonly version: string;
  lastActivityAt: Date;
}

export interface JellyfinSession {
  readonly id: string;
  readonly token: string;
  lastActivityAt: Date;
  /** Unknown after a sign-in by Quick Connect, until the player reports something. */
  knowsWhere: boolean;
  /** What is being watched. */
  playing: string | null;
  /** It is still there, and may be for hours. */
  paused: boolean;
  /** Without a web socket, a stop is answered but has no effect (B8). */
  hasSocket: boolean;
  readonly messages: string[];
}

export interface JellyfinKey {
  readonly token: string;
  readonly app: string;
  readonly createdAt: Date;
}

export interface QuickConnectRequest {
  readonly secret: string;
  readonly code: string;
  readonly createdAt: Date;
  readonly client: string;
  readonly device: string;
  readonly deviceId: string;
  readonly version: string;
  /** The sign-in that was made when the member approved. */
  approved: { readonly user: JellyfinUser; readonly token: JellyfinToken } | null;
}

/** How this server behaves. Tests can change the fields at any time. */
export interface JellyfinBehaviour {
  /** When off: 401 with a message (B10). */
  quickConnectEnabled: boolean;
  /** Callers count as remote, so that `EnableRemoteAccess` decides (B1.2, B8). */
  callersAreRemote: boolean;
  /** Until the wizard is completed, anybody can read the libraries (B2, edge case 36). */
  wizardCompleted: boolean;
  /** Whether old headers and query parameters are accepted (B1.1). The default depends on the version. */
  legacyAuthorization: boolean;
  /** Whether there is Live TV, which whoever may watch it sees beside the libraries (M1). */
  hasTuner: boolean;
  /** The value of `ProductName`. Forks and proxies have another one. */
  productName: string;
  /** Whether it serves the web client, to which a base path leads (M4). */
  webClient: boolean;
  /** How much of what its work costs (M3) the server really takes: 0 nothing, 1 as much as was measured. */
  slowness: number;
}

export interface JellyfinPlugin {
  readonly Name: string;
  readonly Status: 'Active' | 'Restart' | 'Disabled' | 'Superceded' | 'Malfunctioned';
}

/** All data of one server. */
export class JellyfinState {
  readonly clock: StandInClock;
  readonly release: JellyfinVersion;
  readonly version: string;
  /** A new id makes it another server at the same address (edge case 39). */
  serverId = newGuid();
  name: string;
  readonly users = new Map<string, JellyfinUser>();
  readonly libraries: JellyfinLibrary[] = [];
  readonly tokens = new Map<string, JellyfinToken>();
  readonly sessions = new Map<string, JellyfinSession>();
  readonly keys = new Map<string, JellyfinKey>();
  /** Those that come with the server, and what was added. */
  readonly plugins: JellyfinPlugin[] = [
    { Name: 'AudioDB', Status: 'Active' },
    { Name: 'MusicBrainz', Status: 'Active' },
    { Name: 'TMDb', Status: 'Active' },
  ];
  readonly quickConnects = new Map<string, QuickConnectRequest>();
  readonly afterRead = new Map<string, (user: JellyfinUser) => void>();
  readonly secrets = new Set<string>();
  readonly behaviour: JellyfinBehaviour;
  phase: StartingPhase = 'ready';
  readonly lostWrites: LostWrites[] = [];
  /** What the answers so far would have cost a real server, in milliseconds of its time (M3). */
  readonly work = { ms: 0 };

  constructor(clock: StandInClock, release: JellyfinVersion, name: string) {
    this.clock = clock;
    this.release = release;
    this.version = FULL_VERSION[release];
    this.name = name;
    this.behaviour = {
      quickConnectEnabled: true,
      callersAreRemote: false,
      wizardCompleted: true,
      legacyAuthorization: release !== '12.0',
      hasTuner: false,
      productName: 'Jellyfin Server',
      webClient: true,
      slowness: 0,
    };
  }

  now(): Date {
    return this.clock.now();
  }

  secret(): string {
    const token = newGuid();
    this.secrets.add(token);
    return token;
  }

  addKey(app: string): JellyfinKey {
    const key = { token: this.secret(), app, createdAt: this.now() };
    this.keys.set(key.token, key);
    return key;
  }

  addUser(name: string, password: string, admin = false): JellyfinUser {
    const user: JellyfinUser = {
      id: newGuid(),
      name,
      password,
      policy: newUserPolicy({ admin, first: admin && this.users.size === 0 }),
      configuration: CONFIGURATION,
      blockedMediaFolders: [],
      blockedChannels: [],
      lastLoginAt: null,
      lastActivityAt: null,
    };
    this.users.set(user.id, user);
    return user;
  }

  findUser(name: string): JellyfinUser | undefined {
    return this.users.values().find((user) => user.name.toUpperCase() === name.toUpperCase());
  }

  usersByName(): readonly JellyfinUser[] {
    return [...this.users.values()].sort((one, other) => one.name.localeCompare(other.name, 'en'));
  }

  /** Ends all sign-ins of the user except the given one. */
  revokeTokens(user: JellyfinUser, except?: string): void {
    for (const token of this.tokens.values()) {
      if (token.userId === user.id && token.token !== except) this.endToken(token.token);
    }
  }

  endToken(token: string): void {
    this.tokens.delete(token);
    for (const session of this.sessions.values()) {
      if (session.token === token) this.sessions.delete(session.id);
    }
  }

  /** What the user can really see, including block lists (B4). They apply to administrators as well. */
  accessOf(user: JellyfinUser): 'all' | 'none' | readonly string[] {
    if (!this.users.has(user.id) || user.policy.IsDisabled) return 'none';
    const { EnableAllFolders, EnabledFolders } = user.policy;
    const seen = (keep: (id: string) => boolean): 'none' | readonly string[] => {
      const names = this.libraries
        .filter(({ itemName, off }) => !off && keep(libraryId(itemName)))
        .map(({ name }) => name);
      return names.length === 0 ? 'none' : names;
    };
    if (user.blockedMediaFolders.length > 0) return seen((id) => !user.blockedMediaFolders.includes(id));
    if (EnableAllFolders) return 'all';
    return seen((id) => EnabledFolders.includes(id));
  }

  /** Whether this name and password would be accepted now. Does not count as a try. */
  canSignIn(name: string, password: string): boolean {
    const user = this.findUser(name);
    return user !== undefined && !user.policy.IsDisabled && passwordFits(user, password);
  }

  /** The user in the form of answers (B4). */
  userView(user: JellyfinUser): object {
    const hasPassword = this.release === '12.0' || user.password !== '';
    return {
      Name: user.name,
      ServerId: this.serverId,
      Id: user.id,
      HasPassword: hasPassword,
      HasConfiguredPassword: hasPassword,
      HasConfiguredEasyPassword: false,
      EnableAutoLogin: false,
      LastLoginDate: user.lastLoginAt ? dateText(user.lastLoginAt) : undefined,
      LastActivityDate: user.lastActivityAt ? dateText(user.lastActivityAt) : undefined,
      Configuration: user.configuration,
      Policy: policyView(
        user.policy,
        { folders: user.blockedMediaFolders, channels: user.blockedChannels },
        this.release !== '10.10',
      ),
    };
  }

  /** Applies an edit from the dashboard right after the user was read (edge case 28). */
  wasRead(user: JellyfinUser): void {
    const mutate = this.afterRead.get(user.id);
    if (!mutate) return;
    this.afterRead.delete(user.id);
    mutate(user);
  }
}

/** With an unknown provider nobody can sign in, although the write that set it was successful (B6.1, edge case 27). */
export const passwordFits = (user: JellyfinUser, password: string): boolean =>
  user.policy.AuthenticationProviderId === DEFAULT_AUTHENTICATION && user.password === password;

const CONFIGURATION = {
  PlayDefaultAudioTrack: true,
  SubtitleLanguagePreference: '',
  DisplayMissingEpisodes: false,
  GroupedFolders: [],
  SubtitleMode: 'Default',
  DisplayCollectionsView: false,
  EnableLocalPassword: false,
  OrderedViews: [],
  LatestItemsExcludes: [],
  MyMediaExcludes: [],
  HidePlayedInLatest: true,
  RememberAudioSelections: true,
  RememberSubtitleSelections: true,
  EnableNextEpisodeAutoPlay: true,
  CastReceiverId: 'F007D354',
} as const;
