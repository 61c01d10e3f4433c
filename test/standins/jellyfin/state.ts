import type { StandInClock } from '../http.ts';
import { dateText, libraryId, newGuid } from './forms.ts';
import { DEFAULT_AUTHENTICATION, type JellyfinPolicy, newUserPolicy, policyView } from './policy.ts';

export type JellyfinVersion = '10.10' | '10.11' | '12.0';

const FULL_VERSION: Readonly<Record<JellyfinVersion, string>> = {
  '10.10': '10.10.7',
  '10.11': '10.11.11',
  '12.0': '12.0.0',
};

export interface JellyfinUser {
  readonly id: string;
  name: string;
  /** Blank: anybody can sign in without one (B5). */
  password: string;
  policy: JellyfinPolicy;
  /** Override every grant and cannot be written through the API (B4). */
  blockedMediaFolders: string[];
  blockedChannels: string[];
  lastLoginAt: Date | null;
  lastActivityAt: Date | null;
}

export interface JellyfinLibrary {
  name: string;
  readonly type: string | undefined;
  readonly locations: readonly string[];
  /** The folder is there, its item not yet: no `ItemId` (B3). */
  scanning: boolean;
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
  /** What is being watched. */
  playing: string | null;
  /** Without a web socket a stop is answered and nothing happens (B8). */
  hasSocket: boolean;
  readonly messages: string[];
}

export interface JellyfinKey {
  readonly id: number;
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
  /** The sign-in made when the member approved. */
  approved: { readonly user: JellyfinUser; readonly token: JellyfinToken } | null;
}

/** How this server behaves; tests change the fields at any time. */
export interface JellyfinBehaviour {
  /** Off: 401 in words (B10). */
  quickConnectEnabled: boolean;
  /** Callers count as remote, so `EnableRemoteAccess` decides (B1.2, B8). */
  callersAreRemote: boolean;
  /** An unfinished wizard leaves the libraries open to anybody (B2, edge case 36). */
  wizardCompleted: boolean;
  /** Headers and query arguments of old (B1.1); the default follows the version. */
  legacyAuthorization: boolean;
  /** What `ProductName` says; a fork or a proxy says something else. */
  productName: string;
}

/** Everything one server knows. */
export class JellyfinState {
  readonly clock: StandInClock;
  readonly release: JellyfinVersion;
  readonly version: string;
  /** Another one behind the same address is another server (edge case 39). */
  serverId = newGuid();
  name: string;
  readonly users = new Map<string, JellyfinUser>();
  readonly libraries: JellyfinLibrary[] = [];
  readonly tokens = new Map<string, JellyfinToken>();
  readonly sessions = new Map<string, JellyfinSession>();
  readonly keys = new Map<string, JellyfinKey>();
  readonly quickConnects = new Map<string, QuickConnectRequest>();
  readonly afterRead = new Map<string, (user: JellyfinUser) => void>();
  readonly secrets = new Set<string>();
  readonly behaviour: JellyfinBehaviour;
  starting = false;
  publicInfoReadsWhileStarting = 0;
  #lastKeyId = 0;

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
      productName: 'Jellyfin Server',
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
    this.#lastKeyId += 1;
    const key = { id: this.#lastKeyId, token: this.secret(), app, createdAt: this.now() };
    this.keys.set(key.token, key);
    return key;
  }

  addUser(name: string, password: string, admin = false): JellyfinUser {
    const user: JellyfinUser = {
      id: newGuid(),
      name,
      password,
      policy: newUserPolicy(admin),
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

  /** Ends every sign-in of the user but the one given. */
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

  /** What the user really sees, block lists and all (B4): listing makes no exception for administrators. */
  accessOf(user: JellyfinUser): 'all' | 'none' | readonly string[] {
    if (!this.users.has(user.id) || user.policy.IsDisabled) return 'none';
    const { EnableAllFolders, EnabledFolders } = user.policy;
    const seen = (keep: (id: string) => boolean): 'none' | readonly string[] => {
      const names = this.libraries.filter(({ name }) => keep(libraryId(name))).map(({ name }) => name);
      return names.length === 0 ? 'none' : names;
    };
    if (user.blockedMediaFolders.length > 0) return seen((id) => !user.blockedMediaFolders.includes(id));
    if (EnableAllFolders) return 'all';
    return seen((id) => EnabledFolders.includes(id));
  }

  /** Whether that name and password would let somebody in now; counts nothing. */
  canSignIn(name: string, password: string): boolean {
    const user = this.findUser(name);
    return user !== undefined && !user.policy.IsDisabled && passwordFits(user, password);
  }

  /** The user as answers carry it (B4). */
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
      Configuration: CONFIGURATION,
      Policy: policyView(
        user.policy,
        { folders: user.blockedMediaFolders, channels: user.blockedChannels },
        this.release !== '10.10',
      ),
    };
  }

  /** Lets a dashboard edit slip in right after a read of that user (edge case 28). */
  wasRead(user: JellyfinUser): void {
    const mutate = this.afterRead.get(user.id);
    if (!mutate) return;
    this.afterRead.delete(user.id);
    mutate(user);
  }
}

/** With an unknown provider nobody gets in, and the write that set it succeeded (B6.1, edge case 27). */
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
