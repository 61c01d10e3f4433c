/** Ports for storage: one store per noun, all of one guild together (rule 9). */

import type { GrantFields } from '../../domain/grant-change.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
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
  Member,
  Plan,
  RoleRule,
  Server,
  ServerKind,
  SignIn,
} from '../../domain/model.ts';
import type { DeliveryStore } from './outbox.ts';

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

/** What the last look at a server's endpoints said (servers/endpoints.ts). */
interface EndpointLook {
  readonly at: Date;
  readonly removed: readonly string[];
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
  /** With it goes what was noted of its endpoints. */
  remove(serverId: string): Promise<void>;
  findEndpointLook(serverId: string): Promise<EndpointLook | undefined>;
  /** Replaces the one before. For a server that is not there nothing is noted. */
  noteEndpointLook(serverId: string, look: EndpointLook): Promise<void>;
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
    readonly memberId?: MemberId;
    readonly memberIds?: readonly MemberId[];
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
        Omit<Account, 'id' | 'serverId' | 'externalId' | 'name' | 'seen' | 'given' | 'inFlight' | 'leaving'>
      >,
  ): Promise<string>;
  update(
    accountId: string,
    changes: Partial<Omit<Account, 'id' | 'serverId' | 'seen' | 'given' | 'inFlight' | 'leaving'>> & {
      readonly secretCipher?: string | null;
    },
  ): Promise<void>;
  remove(accountId: string): Promise<void>;
  /**
   * Replaces what the account was seen to have, what of it we gave, and what we are unsure about and were about to
   * take (nothing unless said).
   */
  setLibraries(
    accountId: string,
    libraries: {
      readonly seen: readonly string[];
      readonly given: readonly string[];
      readonly inFlight?: readonly string[];
      readonly leaving?: readonly string[];
    },
  ): Promise<void>;
  /** These libraries are about to be given to these accounts, or taken: from now on they are not given but unsure. */
  noteInFlight(
    accountIds: readonly string[],
    libraries: { readonly giving: readonly string[]; readonly taking: readonly string[] },
    now: Date,
  ): Promise<void>;
  getSecretCipher(accountId: string): Promise<string | null>;
  /**
   * Makes the comparison of these members' accounts (or of a server's linked accounts) due now, failures forgotten;
   * unfinished ones are left alone. `decided`: by an end date or a typed command, so that they may lose something
   * (rule 5).
   */
  makeDue(
    which: { readonly memberIds?: readonly MemberId[]; readonly serverId?: string },
    now: Date,
    cause: 'decided' | 'noticed',
  ): Promise<void>;
  /**
   * Accounts of a server that wait for a later try are due now, their failures kept; those that were refused wait on.
   * Returns how many are due.
   */
  hasten(serverId: string, now: Date): Promise<number>;
  /** Accounts that wait for their creation to be finished (external id still null). */
  listUnfinished(): Promise<readonly Account[]>;
}

export interface MemberStore {
  find(userId: MemberId): Promise<Member | undefined>;
  /** Makes the row when it is missing. */
  ensure(userId: MemberId): Promise<void>;
  update(userId: MemberId, changes: Partial<Omit<Member, 'userId'>>): Promise<void>;
}

export interface GrantStore {
  /** Numbers it. */
  add(grant: {
    readonly id: string;
    readonly memberId: MemberId;
    readonly source: GrantSource;
    readonly planId?: string | null;
    readonly inviteId?: string | null;
    readonly state: 'scheduled' | 'active';
    readonly startsAt: Date;
    readonly expiresAt: Date | null;
    readonly reason: string | null;
    readonly createdById: ActorId;
    readonly createdAt: Date;
    readonly libraryIds: readonly string[];
  }): Promise<Grant>;
  find(grantId: string): Promise<Grant | undefined>;
  /** Newest first. `after` is the number of the last one of the page before. */
  list(filter: {
    readonly memberId?: MemberId;
    readonly memberIds?: readonly MemberId[];
    readonly states?: readonly Grant['state'][];
    readonly serverId?: string;
    readonly planId?: string;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<readonly Grant[]>;
  count(filter: {
    readonly memberId?: MemberId;
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
    decidedById: ActorId | null,
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
  add(
    invite: Omit<Invite, 'usesLeft' | 'revokedAt' | 'claimChannelId'> & { readonly codeHmac: string },
  ): Promise<void>;
  noteClaim(inviteId: string, channelId: string): Promise<void>;
  find(inviteId: string): Promise<Invite | undefined>;
  findByHmac(codeHmac: string): Promise<Invite | undefined>;
  list(): Promise<readonly Invite[]>;
  /** False when it was revoked before. */
  revoke(inviteId: string, at: Date): Promise<boolean>;
  /** Takes one use for a member, at most once each; false when none is left, it is revoked or no longer valid. */
  takeUse(inviteId: string, memberId: MemberId, grantId: string, now: Date): Promise<boolean>;
  /** The grant an earlier redemption by this member made. */
  findRedemption(inviteId: string, memberId: MemberId): Promise<{ readonly grantId: string } | undefined>;
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
    readonly userId: ActorId;
    readonly content: unknown;
    readonly expiresAt: Date;
  }): Promise<void>;
  /** Undefined when it is unknown, somebody else's or expired. The content is JSON: check its shape. */
  find(draftId: string, userId: ActorId, now: Date): Promise<unknown>;
  /** False when it was gone already: whoever removes it may act on it. */
  remove(draftId: string): Promise<boolean>;
  /** What nobody came back for: a token may be in it. */
  removeExpired(now: Date): Promise<void>;
}

export interface AuditStore {
  /** Numbers the event, chains its hash, and owes the line to the audit channel when there is one. */
  append(event: {
    readonly action: AuditAction;
    readonly actorId: ActorId | null;
    readonly targetId?: MemberId | null;
    readonly facts: AuditFacts;
    readonly at: Date;
  }): Promise<AuditEvent>;
  list(filter: { readonly targetId?: MemberId; readonly limit: number }): Promise<readonly AuditEvent[]>;
}

/** All stores of one guild. There is no store without a guild (rule 9). */
export interface GuildStores {
  readonly guildId: GuildId;
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
  of(guildId: GuildId): GuildStores;
  /** Writing: all of it or nothing (rule 8). Nothing else writes. */
  transaction<T>(guildId: GuildId, work: (stores: GuildStores) => Promise<T>): Promise<T>;

  /** The work list crosses guilds, so it names guilds and moments only. */
  readonly due: {
    /** Guilds with grant transitions, account comparisons, deletions or server probes due at `now`. */
    listGuilds(now: Date): Promise<readonly GuildId[]>;
    /**
     * The earliest moment at which something becomes due, anywhere or in one guild; undefined when nothing is
     * waiting.
     */
    nextMoment(guildId?: GuildId): Promise<Date | undefined>;
    /** Guilds whose full sync is due. */
    listSyncs(now: Date): Promise<readonly GuildId[]>;
    /** Guilds with unfinished creations or open sign-ins: what a start must pick up. */
    listUnfinished(): Promise<readonly GuildId[]>;
    /** The guilds in which this Discord user has grants or was invited by name: for what is typed in a DM. */
    listGuildsOfMember(memberId: MemberId): Promise<readonly GuildId[]>;
    /** The guild of the invite with this code. A code is unique in the installation. */
    findGuildOfInvite(codeHmac: string): Promise<GuildId | undefined>;
  };

  /** Facts about the installation. */
  readonly installation: {
    find(key: string): Promise<string | undefined>;
    set(key: string, value: string): Promise<void>;
  };
}
