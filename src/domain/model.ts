/**
 * The nouns of design section 1 as plain data. Ids are opaque strings of ours unless a comment says
 * whose they are; every moment is a `Date` (UTC).
 */

export type ServerKind = 'plex' | 'jellyfin';
export type LibraryType = 'movies' | 'shows' | 'music' | 'photos' | 'books' | 'mixed' | 'other';
export type Capability = 'admin' | 'moderator' | 'auditor';
export type ExpiryAction = 'withdraw' | 'disable' | 'delete';
export type DriftPolicy = 'report' | 'enforce' | 'adopt';
export type GrantState = 'scheduled' | 'active' | 'paused' | 'ending' | 'ended';
export type GrantSource = 'command' | 'invite' | 'imported';
export type EndCause = 'expired' | 'revoked' | 'removed';

/** A list that cannot be empty: the empty set of libraries is an operation of its own (rule 4). */
export type NonEmpty<T> = readonly [T, ...T[]];

/** Narrows a list; use it where "nothing left" means something else than "set to nothing". */
export function isNonEmpty<T>(list: readonly T[]): list is NonEmpty<T> {
  return list.length > 0;
}

export interface GuildSettings {
  readonly guildId: string;
  /** IANA zone. */
  readonly zone: string;
  readonly auditChannelId: string | null;
  readonly requestsChannelId: string | null;
  readonly alertsChannelId: string | null;
  readonly syncEveryMinutes: number | null;
  /** HH:MM in `zone`. */
  readonly syncDailyAt: string | null;
  readonly nextSyncAt: Date;
}

export interface RoleRule {
  readonly roleId: string;
  readonly capability: Capability;
  readonly effect: 'allow' | 'deny';
}

export interface Server {
  readonly id: string;
  readonly kind: ServerKind;
  readonly name: string;
  readonly url: string;
  readonly localUrl: string | null;
  readonly publicUrl: string | null;
  /** Plex machineIdentifier or Jellyfin server Id. */
  readonly identity: string;
  readonly ownerAccountId: string | null;
  readonly tokenLast4: string;
  /** SHA-256 fingerprint of a certificate that an admin accepted although no authority vouches for it. */
  readonly certificate: string | null;
  readonly version: string | null;
  readonly status: 'online' | 'offline';
  readonly checkedAt: Date | null;
  readonly offlineWhy: string | null;
  readonly offlineSince: Date | null;
  readonly failedChecks: number;
  readonly nextProbeAt: Date | null;
  readonly lastSyncAt: Date | null;
  readonly defaultLibraryId: string | null;
  readonly expiryAction: ExpiryAction;
  readonly driftPolicy: DriftPolicy;
}

export interface Library {
  readonly id: string;
  readonly serverId: string;
  /** Plex section key or Jellyfin ItemId; unique on its server only. */
  readonly externalId: string;
  readonly name: string;
  readonly type: LibraryType;
  readonly firstSeenAt: Date;
  /** Since when it is not listed, while that is not sure yet. */
  readonly missingSince: Date | null;
  readonly goneAt: Date | null;
}

export interface Account {
  readonly id: string;
  readonly serverId: string;
  /** Plex account id or Jellyfin user id; null while it is being created. */
  readonly externalId: string | null;
  readonly name: string;
  readonly emailMasked: string | null;
  readonly protected: boolean;
  /** Discord user id; null is an observed account, never written. */
  readonly memberId: string | null;
  readonly createdByUs: boolean;
  readonly seenAccess: 'none' | 'libraries' | 'all' | 'unknown';
  readonly pending: boolean;
  readonly disabled: boolean;
  readonly disabledByUs: boolean;
  readonly seenAt: Date | null;
  readonly dueAt: Date | null;
  readonly attempts: number;
  readonly trouble: string | null;
  /** An end date or a typed command explains what it is about to lose; anything else counts for the limit of rule 5. */
  readonly lossApproved: boolean;
  /** When it is deleted on the server, by the expiry action `delete`; null otherwise. */
  readonly deleteAt: Date | null;
  /** Library ids the server showed at the last read. */
  readonly seen: readonly string[];
  /** Library ids we gave or adopted, and saw there. */
  readonly given: readonly string[];
  /** Library ids we were about to give or take, and what came of it has not been seen since. They are not among `given`. */
  readonly inFlight: readonly string[];
  /** Those of them that we were about to take. */
  readonly leaving: readonly string[];
  /** When we were last about to change what it may see. */
  readonly writtenAt: Date | null;
}

export interface Member {
  /** Discord user id. */
  readonly userId: string;
  readonly dmState: 'unknown' | 'open' | 'closed';
  readonly locale: string | null;
  readonly note: string | null;
}

export interface Grant {
  readonly id: string;
  /** #12 of its guild. */
  readonly number: number;
  readonly memberId: string;
  readonly source: GrantSource;
  readonly planId: string | null;
  readonly inviteId: string | null;
  readonly state: GrantState;
  readonly startsAt: Date;
  /** Null is for good. While paused: the end as it was; `remainingSeconds` is what counts then. */
  readonly expiresAt: Date | null;
  readonly pausedAt: Date | null;
  /** While paused: what was left; null when the grant has no end. */
  readonly remainingSeconds: number | null;
  readonly endCause: EndCause | null;
  readonly endingAt: Date | null;
  readonly endedAt: Date | null;
  readonly overdueAlertedAt: Date | null;
  readonly reason: string | null;
  readonly createdById: string;
  readonly createdAt: Date;
  readonly libraryIds: readonly string[];
}

/** A named bundle: libraries across servers, a duration, an expiry action, a role. */
export interface Plan {
  readonly id: string;
  readonly name: string;
  /** Duration text; empty is for good. */
  readonly duration: string;
  /** Null leaves it to the server. */
  readonly expiryAction: ExpiryAction | null;
  /** Discord role held while a grant of this plan is active. */
  readonly roleId: string | null;
  readonly createdAt: Date;
  readonly libraryIds: readonly string[];
}

export interface Invite {
  readonly id: string;
  /** First four characters of the code. */
  readonly prefix: string;
  readonly memberId: string | null;
  readonly planId: string | null;
  /** Duration text; empty is for good. */
  readonly duration: string;
  readonly usesMax: number;
  readonly usesLeft: number;
  readonly validUntil: Date;
  readonly roleId: string | null;
  readonly note: string | null;
  readonly createdById: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly libraryIds: readonly string[];
}

export interface SignIn {
  readonly id: string;
  readonly memberId: string;
  readonly kind: 'plex';
  readonly state: 'waiting' | 'approved' | 'done' | 'expired';
  readonly expiresAt: Date;
}

/** Changes that would take too much away at once (rule 5): nothing of it is done until an admin decides. */
export interface HeldRun {
  readonly id: string;
  readonly serverId: string;
  /** Accounts that would lose something. */
  readonly accountIds: readonly string[];
  /** One sentence: what would happen, and why. */
  readonly detail: string;
  readonly state: 'held' | 'released' | 'dismissed';
  readonly decidedById: string | null;
  readonly decidedAt: Date | null;
  readonly createdAt: Date;
}

export type JobName = 'enforce' | 'sync';

/** One run of a job, for people who ask when it last ran and what came of it. */
export interface JobRun {
  readonly id: string;
  readonly job: JobName;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: 'ok' | 'failed';
  /** One sentence. */
  readonly detail: string;
}

/** `noun.verb`, see commands.md, "The audit channel". */
export type AuditAction =
  | 'server.added'
  | 'server.edited'
  | 'server.removed'
  | 'server.offline'
  | 'server.online'
  | 'library.gone'
  | 'library.back'
  | 'plan.created'
  | 'plan.edited'
  | 'plan.deleted'
  | 'invite.created'
  | 'invite.sent'
  | 'invite.dm_closed'
  | 'invite.redeemed'
  | 'invite.revoked'
  | 'grant.created'
  | 'grant.started'
  | 'grant.extended'
  | 'grant.changed'
  | 'grant.paused'
  | 'grant.resumed'
  | 'grant.revoked'
  | 'grant.ending'
  | 'grant.ended'
  | 'grant.overdue'
  | 'access.applied'
  | 'access.held'
  | 'drift.found'
  | 'drift.corrected'
  | 'member.linked'
  | 'member.unlinked'
  | 'settings.changed';

/** The facts an audit line may show; every field is optional and free of secrets. */
export interface AuditFacts {
  readonly grant?: number;
  readonly invite?: string;
  readonly server?: string;
  readonly account?: string;
  readonly libraries?: readonly string[];
  readonly channel?: string;
  readonly role?: string;
  /** ISO 8601, UTC. */
  readonly from?: string;
  /** ISO 8601, UTC; absent is for good. */
  readonly until?: string;
  readonly reason?: string;
  /** A short sentence of ours: what changed, what was seen, what failed. */
  readonly detail?: string;
}

export interface AuditEvent {
  readonly number: number;
  readonly action: AuditAction;
  /** Discord user id; null is Usher itself. */
  readonly actorId: string | null;
  readonly targetId: string | null;
  readonly facts: AuditFacts;
  readonly at: Date;
}
