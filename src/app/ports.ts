/**
 * Ports: one per kind of I/O. Use cases know these and nothing behind them.
 *
 * Outcomes that people may run into are values; only bugs are thrown (style rule 10).
 */
import type { GrantFields } from '../domain/grant-change.ts';
import type {
  Account,
  AuditAction,
  AuditEvent,
  AuditFacts,
  Capability,
  EndCause,
  Grant,
  GrantSource,
  GuildSettings,
  HeldRun,
  Invite,
  JobName,
  JobRun,
  Library,
  LibraryType,
  Member,
  NonEmpty,
  Plan,
  RoleRule,
  Server,
  ServerKind,
  SignIn,
} from '../domain/model.ts';

// ---------------------------------------------------------------------------------------------- time

export interface Clock {
  now(): Date;
  /** Resolves after that many milliseconds, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A fixed sentence with fields: ids, never names or tokens (style rule 14). */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, sentence: string): void;
  warn(fields: Readonly<Record<string, unknown>>, sentence: string): void;
  error(fields: Readonly<Record<string, unknown>>, sentence: string): void;
}

/** Reads moments as people type them. */
export interface Moments {
  /** `undefined` when the text is not a moment. `zone` is an IANA name. */
  parse(text: string, zone: string, now: Date): Date | undefined;
}

// ------------------------------------------------------------------------------------- media servers

/** Why a media server could not be asked or would not do it. Sentences are for people and hold no secrets. */
export interface Trouble {
  readonly kind:
    | 'dns'
    | 'refused'
    | 'tls'
    | 'timeout'
    | 'cut'
    | 'redirected'
    | 'not-this-kind'
    | 'other-server'
    | 'starting'
    | 'unauthorised'
    | 'forbidden'
    | 'rate-limited'
    | 'not-understood'
    | 'not-possible';
  /** One sentence: what is wrong and, where there is something to do, what. */
  readonly says: string;
  readonly retryAfterMs?: number;
  /** With `tls`: the certificate that was refused, for an admin who knows it to be theirs. */
  readonly certificate?: ServerCertificate;
}

export interface ServerCertificate {
  /** SHA-256, in pairs of hexadecimal digits with colons. */
  readonly fingerprint: string;
  /** Whom it is for, in its own words; may be empty. */
  readonly name: string;
  readonly validTo: Date;
}

/** A read says what it knows or why it does not; a failure is never an empty list (rule 3). */
export type Known<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly why: Trouble };

/** A write is believed only after a read-back; `unclear` means that it may have happened. */
export type WriteOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'unclear'; readonly why: Trouble }
  | { readonly kind: 'failed'; readonly why: Trouble };

export interface ServerIdentity {
  /** Plex machineIdentifier or Jellyfin server Id. */
  readonly identity: string;
  readonly name: string;
  readonly version: string;
  /** Plex account id of the owner; null on Jellyfin. */
  readonly ownerAccountId: string | null;
}

export interface LibraryOnServer {
  readonly externalId: string;
  readonly name: string;
  readonly type: LibraryType;
  /** False while the server knows it but cannot grant it yet (media-servers.md A5.2, B3). */
  readonly grantable: boolean;
}

/** What one account was read to have. Writes take this value: nothing is written that was not read just before. */
export interface AccountAccess {
  /** Plex account id or Jellyfin user id. A Plex invitation to an address without an account has `email:` and the share id. */
  readonly externalId: string;
  readonly name: string;
  readonly emailMasked: string | null;
  /** Owner, administrator, Home or managed account: never written. */
  readonly protected: boolean;
  readonly access:
    | { readonly kind: 'all' }
    /** Library external ids; empty when the account exists and sees nothing. */
    | { readonly kind: 'libraries'; readonly externalIds: readonly string[] };
  /** True while an invitation waits to be accepted. */
  readonly pending: boolean;
  readonly disabled: boolean;
  /** A sentence when something on the server stands in the way of what we would write (legacy block list, lock-out). */
  readonly obstacle: string | null;
  /** The adapter's own memory of the row (share id, settings, raw policy). */
  readonly handle: unknown;
}

export interface AccessReading {
  /** Of the accounts asked for (or all) those that exist with access or as accounts; absent means: has no access there. */
  readonly accounts: readonly AccountAccess[];
}

/**
 * One media server. Adapters never throw for what a server or a network does.
 * Every method checks that it still talks to the server it was made for; otherwise `other-server`.
 */
export interface MediaServer {
  readonly kind: ServerKind;

  /** Reachable, of this kind, the token valid and of its owner or an administrator. */
  probe(): Promise<Known<ServerIdentity>>;

  /** A cheap look whether it is up and still the same one; no proof that the token is good. */
  ping(): Promise<Known<{ readonly version: string }>>;

  /** All libraries, complete or unknown. */
  listLibraries(): Promise<Known<readonly LibraryOnServer[]>>;

  /**
   * Who has access, whole or not at all.
   * `of` names the accounts that matter: lists that cannot hold them need not be read. `after` is the reading
   * that this one checks the effect of: only what could have changed since need be read again.
   */
  readAccess(options?: {
    readonly of?: readonly string[];
    readonly after?: AccessReading;
  }): Promise<Known<AccessReading>>;

  /** Replaces the libraries of an account that was read. Refuses protected accounts. */
  setLibraries(account: AccountAccess, externalIds: NonEmpty<string>): Promise<WriteOutcome>;

  /** Takes all access away: Plex deletes the share (or cancels the invitation), Jellyfin empties and disables. Gone already is `done`. */
  withdraw(account: AccountAccess): Promise<WriteOutcome>;

  /** Gives libraries to an account that has none here yet. Plex: a share by account id. Jellyfin: not possible, use createAccount. */
  invite(externalId: string, externalIds: NonEmpty<string>): Promise<WriteOutcome>;

  /** Asks the endpoints in use whether they are still there: names those that answer 404, 405 or 410. Reads only. */
  findRemovedEndpoints(): Promise<Known<readonly string[]>>;

  /** Ends running playback of these accounts; best effort, never a reason to fail. */
  endSessions(externalIds: readonly string[]): Promise<void>;

  /** Jellyfin: what can be said about a name before an account is made. Plex: not possible. */
  checkAccountName(
    name: string,
  ): Promise<
    | { readonly kind: 'free' }
    | { readonly kind: 'taken' }
    | { readonly kind: 'not-allowed'; readonly says: string }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;

  /**
   * Jellyfin: makes an account with this password, restricted to exactly `externalIds` before the call returns, or
   * removes it again (media-servers.md B5). With `resume` an account of that name that already accepts the password is
   * ours from a run that was cut off, and is finished instead.
   */
  createAccount(account: {
    readonly name: string;
    readonly password: string;
    readonly externalIds: NonEmpty<string>;
    readonly resume: boolean;
  }): Promise<
    | { readonly kind: 'created'; readonly externalId: string }
    | { readonly kind: 'name-taken' }
    | { readonly kind: 'failed'; readonly why: Trouble; readonly leftBehind: boolean }
  >;

  /** Jellyfin: removes an account that was being made, if it accepts this password; of others nothing is touched. Gone already is `done`. */
  discardAccount(account: { readonly name: string; readonly password: string }): Promise<WriteOutcome>;

  /** Jellyfin: deletes an account that was read. Refuses administrators and the last enabled account. Gone already is `done`. Plex: not possible. */
  deleteAccount(account: AccountAccess): Promise<WriteOutcome>;

  /** Jellyfin: sets a new password. Plex: not possible. */
  setPassword(externalId: string, password: string): Promise<WriteOutcome>;
}

/** Where a server is. */
export interface ServerLocation {
  readonly url: string;
  /** SHA-256 fingerprint of a certificate that is taken although no authority vouches for it; null for none. */
  readonly certificate: string | null;
}

/** How a server is reached; the token is in clear and stays inside the adapter. */
export interface ServerAddress extends ServerLocation {
  readonly kind: ServerKind;
  readonly token: string;
  /** What the server must say it is; null while it is being added. */
  readonly identity: string | null;
}

export interface MediaServers {
  /** The one form of an address that people typed, without a trailing slash; or a sentence why it cannot be one. */
  normaliseUrl(
    typed: string,
  ): { readonly kind: 'url'; readonly url: string } | { readonly kind: 'unusable'; readonly says: string };
  /** An adapter for this address. Cheap: nothing is sent. */
  at(address: ServerAddress): MediaServer;
}

/** What is kept of a Plex account after a sign-in. */
export interface PlexAccount {
  /** Plex account id. */
  readonly externalId: string;
  readonly name: string;
  readonly emailMasked: string | null;
}

/** Sign-in by PIN at plex.tv (media-servers.md A5.1). */
export interface PlexSignIn {
  /** `pin` is what `poll` needs; it is a secret. */
  start(): Promise<Known<{ readonly pin: string; readonly link: string; readonly expiresAt: Date }>>;
  poll(pin: string): Promise<
    | { readonly kind: 'waiting' }
    /** The member's account token: use it, then `forget` it. */
    | { readonly kind: 'approved'; readonly token: string }
    | { readonly kind: 'expired' }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;
  account(token: string): Promise<Known<PlexAccount>>;
  /** Accepts every invitation of these servers for the member (A5.9). Nothing to accept is `done`. */
  acceptInvitations(token: string, machineIdentifiers: readonly string[]): Promise<WriteOutcome>;
  /** Signs the token out at plex.tv; best effort. */
  forget(token: string): Promise<void>;
}

/** Sign-in by Quick Connect at a Jellyfin server: the holder types a code there (media-servers.md B10). */
export interface QuickConnect {
  /** `secret` is what `poll` needs. `not-possible` where the server has it turned off. */
  start(
    at: ServerLocation,
  ): Promise<Known<{ readonly secret: string; readonly code: string; readonly lifeMs: number }>>;
  poll(
    at: ServerLocation,
    secret: string,
  ): Promise<
    | { readonly kind: 'waiting' }
    /** A session of the account: use it, then `forget` it. */
    | { readonly kind: 'approved'; readonly token: string; readonly userId: string; readonly name: string }
    | { readonly kind: 'expired' }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;
  /** Makes an API key named Usher with an administrator's session, and resolves to it. */
  makeKey(at: ServerLocation, token: string): Promise<Known<string>>;
  /** Signs the session out; best effort. */
  forget(at: ServerLocation, token: string): Promise<void>;
}

// ------------------------------------------------------------------------------------------- secrets

/** Encryption at rest: AES-256-GCM with key id; guild and column are associated data (rule 10). */
export interface Secrets {
  seal(plain: string, place: { readonly guildId: string; readonly column: string }): string;
  /** @throws {Error} when the key is wrong or the text was moved from another guild or column. */
  open(sealed: string, place: { readonly guildId: string; readonly column: string }): string;
}

/** Invite codes and passwords. */
export interface Codes {
  /** A new code in groups of four, 16 characters of an alphabet without look-alikes. */
  newCode(): string;
  /** Upper case, no separators; `undefined` when it cannot be a code. */
  normalise(typed: string): string | undefined;
  /** HMAC-SHA256 of a normalised code, hex. */
  hmac(normalised: string): string;
  /** A password for a new account. */
  newPassword(): string;
  /** An opaque id for a row. */
  newId(): string;
}

// -------------------------------------------------------------------------------------------- stores

/** What a delivery says; rendered by the Discord adapter when it is sent. */
export type DeliveryContent =
  | { readonly kind: 'audit'; readonly event: AuditEvent }
  /** `heldRun`: with buttons by which an admin releases or dismisses it. */
  | {
      readonly kind: 'alert';
      readonly text: string;
      readonly grant?: number;
      readonly heldRun?: string;
      /** With a button by which an admin says that the clock is right. */
      readonly clock?: true;
    }
  | {
      readonly kind: 'invite';
      /** Sealed by Secrets with column `Delivery.code`: the code itself is kept nowhere. */
      readonly codeCipher: string;
      readonly gives: readonly string[];
      readonly duration: string;
      readonly validUntil: string;
      readonly inviteId: string;
      readonly createdById: string;
    }
  | { readonly kind: 'notice'; readonly text: string }
  /** A button in a channel by which one member, and nobody else, redeems their invite. */
  | { readonly kind: 'claim'; readonly inviteId: string; readonly memberId: string }
  /** Not a message: a Discord role that the person of the sink is to have, or no longer. */
  | { readonly kind: 'role'; readonly roleId: string; readonly remove?: true };

export interface Delivery {
  readonly id: string;
  readonly guildId: string;
  readonly kind: 'channel' | 'dm';
  /** Channel id or Discord user id. */
  readonly sink: string;
  readonly content: DeliveryContent;
  readonly attempts: number;
}

export interface SettingsStore {
  /** Made with defaults when the guild is new. */
  get(): Promise<GuildSettings>;
  update(changes: Partial<Omit<GuildSettings, 'guildId'>>): Promise<void>;
  listRoleRules(): Promise<readonly RoleRule[]>;
  setRoleRule(rule: RoleRule): Promise<void>;
  removeRoleRule(roleId: string, capability: Capability): Promise<void>;
}

export interface NewServer {
  readonly id: string;
  readonly kind: ServerKind;
  readonly name: string;
  readonly url: string;
  readonly identity: string;
  readonly ownerAccountId: string | null;
  readonly tokenCipher: string;
  readonly tokenLast4: string;
  readonly certificate?: string | null;
  readonly version: string;
  readonly checkedAt: Date;
}

export interface ServerStore {
  list(): Promise<readonly Server[]>;
  find(serverId: string): Promise<Server | undefined>;
  add(server: NewServer): Promise<void>;
  update(
    serverId: string,
    changes: Partial<Omit<Server, 'id' | 'kind' | 'tokenLast4'>> & {
      readonly tokenCipher?: string;
      readonly tokenLast4?: string;
    },
  ): Promise<void>;
  remove(serverId: string): Promise<void>;
  /** The sealed token; opened by whoever builds the adapter. */
  getTokenCipher(serverId: string): Promise<string>;
  /** Offline servers whose next probe is due. */
  listProbesDue(now: Date): Promise<readonly Server[]>;
}

export interface LibraryStore {
  /** All libraries of a server or of the guild, gone ones included, by server and name. */
  list(serverId?: string): Promise<readonly Library[]>;
  add(library: Omit<Library, 'missingSince' | 'goneAt'>): Promise<void>;
  update(
    libraryId: string,
    changes: Partial<Pick<Library, 'name' | 'type' | 'missingSince' | 'goneAt'>>,
  ): Promise<void>;
  /** How many accounts were last seen to have each library (accounts that see all libraries count for each). */
  countUsers(): Promise<ReadonlyMap<string, number>>;
}

/** A new account as a server was read to have it at `seenAt`. */
export type SeenAccount = Pick<
  Account,
  | 'id'
  | 'serverId'
  | 'externalId'
  | 'name'
  | 'emailMasked'
  | 'protected'
  | 'seenAccess'
  | 'pending'
  | 'disabled'
  | 'seen'
> & { readonly seenAt: Date };

export interface AccountStore {
  list(filter?: {
    readonly serverId?: string;
    readonly memberId?: string;
    readonly memberIds?: readonly string[];
    readonly externalIds?: readonly string[];
    /** Only those whose last comparison failed. */
    readonly troubled?: true;
  }): Promise<readonly Account[]>;
  find(accountId: string): Promise<Account | undefined>;
  /** External ids of the accounts of a server that were last seen to have something. */
  listSeenIds(serverId: string): Promise<readonly string[]>;
  /** How many accounts of each server see something, by server id; pending ones count, disabled ones do not. */
  countWithAccess(): Promise<ReadonlyMap<string, number>>;
  /** Linked accounts whose comparison or deletion is due, of one server or of all. */
  listDue(now: Date, serverId?: string): Promise<readonly Account[]>;
  /** Ids of the servers on which such an account is due. */
  listDueServers(now: Date): Promise<readonly string[]>;
  /** Inserts accounts that are not there, linked to nobody. */
  addSeen(accounts: readonly SeenAccount[]): Promise<void>;
  /** Inserts or updates by (server, external id); `account.id` is used for a new row only. Returns the row's id. */
  save(
    account: Pick<Account, 'id' | 'serverId' | 'externalId' | 'name'> &
      Partial<
        Omit<Account, 'id' | 'serverId' | 'externalId' | 'name' | 'seen' | 'given' | 'unsure' | 'leaving'>
      >,
  ): Promise<string>;
  update(
    accountId: string,
    changes: Partial<Omit<Account, 'id' | 'serverId' | 'seen' | 'given' | 'unsure' | 'leaving'>> & {
      readonly secretCipher?: string | null;
    },
  ): Promise<void>;
  remove(accountId: string): Promise<void>;
  /** Replaces what the account was seen to have, what of it we gave, and what we are unsure about and were about to take (nothing unless said). */
  setLibraries(
    accountId: string,
    libraries: {
      readonly seen: readonly string[];
      readonly given: readonly string[];
      readonly unsure?: readonly string[];
      readonly leaving?: readonly string[];
    },
  ): Promise<void>;
  /** These libraries are about to be given to these accounts, or taken: from now on they are not given but unsure. */
  noteUnsure(
    accountIds: readonly string[],
    libraries: { readonly giving: readonly string[]; readonly taking: readonly string[] },
    now: Date,
  ): Promise<void>;
  getSecretCipher(accountId: string): Promise<string | null>;
  /**
   * Makes the comparison of these members' accounts (or of a server's linked accounts) due now, failures forgotten;
   * unfinished ones are left alone. `decided`: by an end date or a typed command, so that they may lose something (rule 5).
   */
  makeDue(
    which: { readonly memberIds?: readonly string[]; readonly serverId?: string },
    now: Date,
    cause: 'decided' | 'noticed',
  ): Promise<void>;
  /** Accounts of a server that wait for a later try are due now, their failures kept; returns how many are due. */
  hasten(serverId: string, now: Date): Promise<number>;
  /** Accounts that wait for their creation to be finished (external id still null). */
  listUnfinished(): Promise<readonly Account[]>;
}

export interface MemberStore {
  find(userId: string): Promise<Member | undefined>;
  /** Makes the row when it is missing. */
  ensure(userId: string): Promise<void>;
  update(userId: string, changes: Partial<Omit<Member, 'userId'>>): Promise<void>;
}

export interface GrantStore {
  /** Numbers it. */
  add(grant: {
    readonly id: string;
    readonly memberId: string;
    readonly source: GrantSource;
    readonly planId?: string | null;
    readonly inviteId?: string | null;
    readonly state: 'scheduled' | 'active';
    readonly startsAt: Date;
    readonly expiresAt: Date | null;
    readonly reason: string | null;
    readonly createdById: string;
    readonly createdAt: Date;
    readonly libraryIds: readonly string[];
  }): Promise<Grant>;
  find(grantId: string): Promise<Grant | undefined>;
  /** Newest first. `after` is the number of the last one of the page before. */
  list(filter: {
    readonly memberId?: string;
    readonly memberIds?: readonly string[];
    readonly states?: readonly Grant['state'][];
    readonly serverId?: string;
    readonly planId?: string;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<readonly Grant[]>;
  count(filter: {
    readonly memberId?: string;
    readonly states?: readonly Grant['state'][];
    readonly serverId?: string;
    readonly planId?: string;
  }): Promise<number>;
  /** Scheduled grants whose start has come and active ones whose end has; oldest first. */
  listTransitionsDue(now: Date, limit: number): Promise<readonly Grant[]>;
  /** Moves a grant from one of `from` to `to`; false when it was in none of them (somebody was faster). */
  move(
    grantId: string,
    from: readonly Grant['state'][],
    to: Grant['state'],
    changes: {
      readonly endCause?: EndCause;
      readonly endingAt?: Date;
      readonly endedAt?: Date;
      readonly expiresAt?: Date | null;
    },
  ): Promise<boolean>;
  /** Changes a grant, whatever its state; its next moment follows. `libraryIds` replaces its libraries. */
  change(grantId: string, changes: Partial<GrantFields>): Promise<void>;
  markOverdueAlerted(grantId: string, at: Date): Promise<void>;
}

export interface PlanStore {
  /** By name. */
  list(): Promise<readonly Plan[]>;
  find(planId: string): Promise<Plan | undefined>;
  /** @throws {Error} when the guild has a plan of that name, in any case. */
  add(plan: Plan): Promise<void>;
  /** `libraryIds` replaces its libraries. */
  update(planId: string, changes: Partial<Omit<Plan, 'id' | 'createdAt'>>): Promise<void>;
  /** Grants and invites that were made from it stay, without it. */
  remove(planId: string): Promise<void>;
}

export interface HeldRunStore {
  add(run: Pick<HeldRun, 'id' | 'serverId' | 'accountIds' | 'detail' | 'createdAt'>): Promise<void>;
  find(heldRunId: string): Promise<HeldRun | undefined>;
  /** Those that wait for a decision, oldest first. */
  listHeld(serverId?: string): Promise<readonly HeldRun[]>;
  /** False when it was decided before. */
  decide(
    heldRunId: string,
    decision: 'released' | 'dismissed',
    /** Null: asked anew, because it grew. */
    decidedById: string | null,
    decidedAt: Date,
  ): Promise<boolean>;
}

export interface JobRunStore {
  /** Keeps the newest hundred of each job. */
  add(run: JobRun): Promise<void>;
  /** The newest runs of a job, newest first. */
  list(job: JobName, limit: number): Promise<readonly JobRun[]>;
}

export interface InviteStore {
  add(invite: Omit<Invite, 'usesLeft' | 'revokedAt'> & { readonly codeHmac: string }): Promise<void>;
  find(inviteId: string): Promise<Invite | undefined>;
  findByHmac(codeHmac: string): Promise<Invite | undefined>;
  list(): Promise<readonly Invite[]>;
  /** False when it was revoked before. */
  revoke(inviteId: string, at: Date): Promise<boolean>;
  /** Takes one use for a member, at most once each; false when none is left, it is revoked or no longer valid. */
  takeUse(inviteId: string, memberId: string, grantId: string, now: Date): Promise<boolean>;
  /** The grant an earlier redemption by this member made. */
  findRedemption(inviteId: string, memberId: string): Promise<{ readonly grantId: string } | undefined>;
}

export interface SignInStore {
  add(signIn: SignIn & { readonly pinCipher: string }): Promise<void>;
  find(signInId: string): Promise<SignIn | undefined>;
  listOpen(): Promise<readonly SignIn[]>;
  getPinCipher(signInId: string): Promise<string>;
  getTokenCipher(signInId: string): Promise<string | null>;
  /** Moves on from one state; false when it was not in it. `tokenCipher: null` forgets the token. */
  move(
    signInId: string,
    from: SignIn['state'],
    to: SignIn['state'],
    tokenCipher?: string | null,
  ): Promise<boolean>;
}

/** What somebody is in the middle of: too much for a button to carry, and it survives a restart. */
export interface DraftStore {
  /** Replaces an earlier draft of that id. */
  put(draft: {
    readonly id: string;
    readonly userId: string;
    readonly content: unknown;
    readonly expiresAt: Date;
  }): Promise<void>;
  /** Undefined when it is unknown, somebody else's or expired. The content is JSON: check its shape. */
  find(draftId: string, userId: string, now: Date): Promise<unknown>;
  /** False when it was gone already: whoever removes it may act on it. */
  remove(draftId: string): Promise<boolean>;
  /** What nobody came back for: a token may be in it. */
  removeExpired(now: Date): Promise<void>;
}

export interface AuditStore {
  /** Numbers the event, chains its hash, and owes the line to the audit channel when there is one. */
  append(event: {
    readonly action: AuditAction;
    readonly actorId: string | null;
    readonly targetId?: string | null;
    readonly facts: AuditFacts;
    readonly at: Date;
  }): Promise<AuditEvent>;
  list(filter: { readonly targetId?: string; readonly limit: number }): Promise<readonly AuditEvent[]>;
}

export interface DeliveryStore {
  owe(delivery: Pick<Delivery, 'id' | 'kind' | 'sink' | 'content'>, now: Date): Promise<void>;
  /** Discord has it; false when it was settled before. What it said is not kept. */
  markSent(deliveryId: string, messageId: string, now: Date): Promise<boolean>;
  /** Final: it will not be sent, and the next one of the sink may go. False when it was settled before. */
  park(deliveryId: string, trouble: string, now: Date): Promise<boolean>;
}

/** All stores of one guild. There is no store without a guild (rule 9). */
export interface GuildStores {
  readonly guildId: string;
  readonly settings: SettingsStore;
  readonly servers: ServerStore;
  readonly libraries: LibraryStore;
  readonly accounts: AccountStore;
  readonly members: MemberStore;
  readonly grants: GrantStore;
  readonly plans: PlanStore;
  readonly invites: InviteStore;
  readonly signIns: SignInStore;
  readonly drafts: DraftStore;
  readonly heldRuns: HeldRunStore;
  readonly jobRuns: JobRunStore;
  readonly audit: AuditStore;
  readonly deliveries: DeliveryStore;
}

export interface Stores {
  /** Reading. */
  of(guildId: string): GuildStores;
  /** Writing: all of it or nothing (rule 8). Nothing else writes. */
  transaction<T>(guildId: string, work: (stores: GuildStores) => Promise<T>): Promise<T>;

  /** The work list crosses guilds, so it names guilds and moments only. */
  readonly due: {
    /** Guilds with grant transitions, account comparisons, deletions or server probes due at `now`. */
    listGuilds(now: Date): Promise<readonly string[]>;
    /** The earliest moment at which something becomes due, anywhere or in one guild; undefined when nothing is waiting. */
    nextMoment(guildId?: string): Promise<Date | undefined>;
    /** Guilds whose full sync is due. */
    listSyncs(now: Date): Promise<readonly string[]>;
    /** Guilds with unfinished creations or open sign-ins: what a start must pick up. */
    listUnfinished(): Promise<readonly string[]>;
    /** The guilds in which this Discord user has grants or was invited by name: for what is typed in a DM. */
    listGuildsOfMember(userId: string): Promise<readonly string[]>;
    /** The guild of the invite with this code. A code is unique in the installation. */
    findGuildOfInvite(codeHmac: string): Promise<string | undefined>;
  };

  /** Facts about the installation. */
  readonly installation: {
    find(key: string): Promise<string | undefined>;
    set(key: string, value: string): Promise<void>;
  };
}

export interface QueuedJob {
  readonly task: 'enforce' | 'sync' | 'hold';
  readonly guildId: string;
  /** Jobs with one key are one job while it waits; while it runs, one more may wait. */
  readonly key: string;
  /** Not before this moment. */
  readonly runAt?: Date;
  /** Jobs of one lane run one after another. */
  readonly lane?: string;
}

/**
 * Work that is run as soon as there is a place for it, at least once: a job that throws is run again, ever more rarely. A key
 * that is added again while it waits keeps the earlier moment.
 */
export interface Queue {
  start(handlers: Readonly<Record<QueuedJob['task'], (job: QueuedJob) => Promise<void>>>): void;
  add(job: QueuedJob): void;
  /** Begins nothing more, and resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** Whether the clock is believed (rule 5). */
export interface ClockHold {
  isHeld(): boolean;
  /** An admin says that the clock is right as it is now. */
  confirm(): void;
}

/** Tries by people: five wrong codes in ten minutes and no more (commands.md, /redeem). */
export interface Attempts {
  /** Counts one try; false when there were too many. */
  take(key: string): Promise<boolean>;
  /** Forgets the tries, after a right one. */
  clear(key: string): Promise<void>;
}

/** The relay's view of what is owed to Discord; it works across guilds and changes nothing else. */
export interface Outbox {
  /** The head of each sink whose head is due: at most one per sink, in order. */
  listDue(now: Date, limit: number): Promise<readonly Delivery[]>;
  nextMoment(): Promise<Date | undefined>;
  /** Try again at `dueAt`; the sink waits. */
  postpone(delivery: Delivery, dueAt: Date, trouble: string): Promise<void>;
}
