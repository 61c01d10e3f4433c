/**
 * The nouns of design.md 1 as plain data. Ids are opaque strings made by us, unless a comment says whose they are;
 * every `Date` is in UTC.
 */

import type { Text } from '../words/say.ts';
import type { AuditAction } from './audit-events.ts';
import type { DurationText } from './duration.ts';
import type { ActorId, MemberId } from './ids.ts';
import type { ServerKind } from './media-kinds.ts';
import type { Protection } from './protection.ts';

export type { ServerKind };
export type LibraryType = 'movies' | 'shows' | 'music' | 'photos' | 'books' | 'mixed' | 'other';
export type { AuditAction } from './audit-events.ts';
export type { GuildSettings } from './settings.ts';
export type Capability = 'admin' | 'moderator' | 'auditor';
export type ExpiryAction = 'withdraw' | 'disable' | 'delete';
export type DriftPolicy = 'report' | 'enforce' | 'adopt';
export type GrantState = 'scheduled' | 'active' | 'paused' | 'ending' | 'ended';
export type GrantSource = 'command' | 'invite' | 'role' | 'imported';
/**
 * Whether a member has the role that gives a grant. `asked`: it is lost, and an admin is asked whether that was meant;
 * `kept`: an admin said that the access stays all the same.
 */
export type RoleState = 'held' | 'asked' | 'kept' | 'lost';
export type EndCause = 'expired' | 'revoked' | 'removed';

/** A list that cannot be empty: giving no libraries at all is an operation of its own (rule 4). */
export type NonEmpty<T> = readonly [T, ...T[]];

/** Narrows the type of a list. For places where an empty list means something else than "set to nothing". */
export function isNonEmpty<T>(list: readonly T[]): list is NonEmpty<T> {
  return list.length > 0;
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
  /** machineIdentifier of a Plex server, Id of a Jellyfin server. */
  readonly identity: string;
  readonly ownerAccountId: string | null;
  readonly tokenLast4: string;
  /** Who Usher is at the vendor with the token; null is the installation's own identifier. */
  readonly clientIdentifier: string | null;
  /** A sign-in made the token for Usher alone; otherwise somebody typed it. */
  readonly tokenMade: boolean;
  /** SHA-256 fingerprint of a certificate that no authority vouches for and that an admin accepted. */
  readonly certificate: string | null;
  /** An admin has taken that nothing is encrypted on the way to this address, which is a public one. */
  readonly plainHttp: boolean;
  readonly version: string | null;
  readonly status: 'online' | 'offline';
  readonly checkedAt: Date | null;
  readonly offlineWhy: Text | null;
  readonly offlineSince: Date | null;
  readonly failedChecks: number;
  readonly nextProbeAt: Date | null;
  /** Failures in a row to read who has access, while the machine answered or somebody else was asked (plex.tv). */
  readonly sharingFailedChecks: number;
  readonly sharingWhy: Text | null;
  readonly sharingSince: Date | null;
  /** Why nothing is given there until an admin has looked (domain/frozen.ts); null while it is not frozen. */
  readonly frozenWhy: Text | null;
  readonly frozenAt: Date | null;
  readonly lastSyncAt: Date | null;
  readonly defaultLibraryId: string | null;
  readonly expiryAction: ExpiryAction;
  readonly driftPolicy: DriftPolicy;
  /** Id on the server of the account whose other rights new accounts copy; null for libraries and nothing beside. */
  readonly templateAccountId: string | null;
  /** Where members ask for media (Overseerr, Jellyseerr, Seerr); null where nobody said. */
  readonly requestsUrl: string | null;
  /**
   * Names of plug-ins through which people sign in otherwise (LDAP, SSO), at the last look; empty for none, null for
   * not known.
   */
  readonly signInPlugins: string | null;
}

/** `off`: switched off there. `unready`: just added or renamed, and the server has no item for it yet. */
export type LibraryClosed = 'off' | 'unready';

export interface Library {
  readonly id: string;
  readonly serverId: string;
  /** Plex section key or Jellyfin ItemId; unique only on its own server. */
  readonly externalId: string;
  /** What tells which library it is (`MediaTraits.libraryIdentity`); null until it was read. */
  readonly identity: string | null;
  /** Ids that it had before and that no other library has now: accounts may still name them. */
  readonly formerIds: readonly string[];
  readonly name: string;
  readonly type: LibraryType;
  readonly firstSeenAt: Date;
  /** Why nobody sees it, whatever they are given, although the server lists it. */
  readonly closed: LibraryClosed | null;
  /** Since when the server has not listed it, while it is not yet certain that it is gone. */
  readonly missingSince: Date | null;
  readonly goneAt: Date | null;
}

export interface Account {
  readonly id: string;
  readonly serverId: string;
  /** Plex account id or Jellyfin user id; null while the account is being created. */
  readonly externalId: string | null;
  readonly name: string;
  readonly emailMasked: string | null;
  /** Why nothing is given to it; null for everybody else. */
  readonly protection: Protection | null;
  /** Discord user id; null for an observed account, which is never written to. */
  readonly memberId: MemberId | null;
  /** Since when the server, whose own account it is, has not listed it; null while it does. */
  readonly missingSince: Date | null;
  /** The member whose link ended because the account was gone. They are linked again when it is back. */
  readonly formerMemberId: MemberId | null;
  readonly createdByUs: boolean;
  /** Another service lets it in (LDAP, SSO): it is never deleted, and never given a password. */
  readonly signsInElsewhere: boolean;
  readonly seenAccess: 'none' | 'libraries' | 'all' | 'unknown';
  readonly pending: boolean;
  readonly disabled: boolean;
  readonly disabledByUs: boolean;
  readonly seenAt: Date | null;
  readonly dueAt: Date | null;
  readonly attempts: number;
  readonly trouble: Text | null;
  /** The server refused the last try, and another one does not mend that: a person has to act. */
  readonly refused: boolean;
  /**
   * Whether an end date or a typed command explains what the account is about to lose. Other losses count for the
   * limit of rule 5.
   */
  readonly lossApproved: boolean;
  /** When the account will be deleted on the server, if the expiry action is `delete`; null otherwise. */
  readonly deleteAt: Date | null;
  /** Ids of the libraries that the server showed at the last reading. */
  readonly seen: readonly string[];
  /** Ids of the libraries that we gave (or adopted) and then saw on the server. */
  readonly given: readonly string[];
  /** Ids of the libraries that we began to give or take without having seen the result yet. They are not in `given`. */
  readonly inFlight: readonly string[];
  /** Those of `inFlight` that we began to take. */
  readonly leaving: readonly string[];
  /** Ids of the libraries that were ours and are proven to be gone, lately. Seen again, they are still ours. */
  readonly ended: readonly string[];
  /** When the last of `ended` was proven to be gone. */
  readonly endedAt: Date | null;
  /** Ids of the libraries that something else on this installation gave at the last reading. */
  readonly elsewhere: readonly string[];
  /** When we last changed what the account may see, or began to. */
  readonly writtenAt: Date | null;
  /** When the last write began of which nobody knows whether, or when, it takes effect. */
  readonly doubtSince: Date | null;
  /** When the account is read again because of that, or because its server may undo what was written (doubt.ts). */
  readonly lookAt: Date | null;
}

export interface Member {
  /** Discord user id. */
  readonly userId: MemberId;
  /** What people in the guild saw them called when they last appeared. */
  readonly name: string | null;
  readonly dmState: 'unknown' | 'open' | 'closed';
  readonly locale: string | null;
  readonly note: string | null;
  /** Since when they are not in the community any more, as far as Discord has said. */
  readonly leftAt: Date | null;
}

export interface Grant {
  readonly id: string;
  /** The number people see, such as #12; unique in its guild. */
  readonly number: number;
  readonly memberId: MemberId;
  readonly source: GrantSource;
  readonly planId: string | null;
  readonly inviteId: string | null;
  /** Discord role that gives it; null for other sources. */
  readonly roleId: string | null;
  readonly roleState: RoleState | null;
  /** When Discord showed that the role was lost; null while it was not, and where an admin decided it. */
  readonly roleLostAt: Date | null;
  /** When its end was brought forward because its member had left; null otherwise. */
  readonly leftAt: Date | null;
  /** The end that it had then; null means for good. */
  readonly endBeforeLeft: Date | null;
  readonly state: GrantState;
  readonly startsAt: Date;
  /** Null means for good. While paused this is the old end, and `remainingSeconds` decides. */
  readonly expiresAt: Date | null;
  readonly pausedAt: Date | null;
  /** While paused: how much time was left; null when the grant has no end. */
  readonly remainingSeconds: number | null;
  readonly endCause: EndCause | null;
  readonly endingAt: Date | null;
  readonly endedAt: Date | null;
  readonly overdueAlertedAt: Date | null;
  /** How often its member has renewed it themselves. */
  readonly renewals: number;
  readonly reason: string | null;
  readonly createdById: ActorId;
  readonly createdAt: Date;
  readonly libraryIds: readonly string[];
}

/** A named bundle: libraries across servers, a duration, an expiry action, a role. */
export interface Plan {
  readonly id: string;
  readonly name: string;
  /** Text of a duration (`30d`); empty means for good. */
  readonly duration: string;
  /** Null means that the server's own setting decides. */
  readonly expiryAction: ExpiryAction | null;
  /** Discord role held while a grant of this plan is active. */
  readonly roleId: string | null;
  /** The admin who attached the role; null where nobody did, or an older version did not note it. */
  readonly roleById: ActorId | null;
  /** How often members may renew a grant of it themselves, for its duration each time. */
  readonly renewals: number;
  /** Discord role that they must hold when they do. */
  readonly renewalRoleId: string | null;
  readonly createdAt: Date;
  readonly libraryIds: readonly string[];
}

/** What a member asks staff for. */
export interface MemberRequest {
  readonly id: string;
  readonly memberId: MemberId;
  /** The grant that is to last longer; null for something that they do not have. */
  readonly grantId: string | null;
  readonly planId: string | null;
  readonly libraryIds: readonly string[];
  /** Text of a duration; empty where that is left to staff. */
  readonly lasts: string;
  readonly note: string | null;
  /** `void`: nobody has to decide it any more. */
  readonly state: 'waiting' | 'approved' | 'declined' | 'void';
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
  readonly decidedById: ActorId | null;
  /** What staff said when they declined. */
  readonly word: string | null;
}

/** Who holds a Discord role has a plan. */
export interface RolePlan {
  readonly roleId: string;
  readonly planId: string;
  /** How long access stays after the role was lost. */
  readonly grace: DurationText;
}

export interface Invite {
  readonly id: string;
  /** First four characters of the code. */
  readonly prefix: string;
  readonly memberId: MemberId | null;
  readonly planId: string | null;
  /** Text of a duration (`30d`); empty means for good. */
  readonly duration: string;
  readonly usesMax: number;
  readonly usesLeft: number;
  readonly validUntil: Date;
  readonly roleId: string | null;
  readonly note: string | null;
  readonly createdById: ActorId;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  /** Where a button to claim it was posted, because its recipient takes no direct messages. */
  readonly claimChannelId: string | null;
  readonly libraryIds: readonly string[];
}

/** A sign-in elsewhere, by which a member shows whose account is theirs. */
export interface SignIn {
  readonly id: string;
  readonly memberId: MemberId;
  readonly kind: ServerKind;
  /** The server whose code it is; null for a page, which is for all servers of the kind. */
  readonly serverId: string | null;
  /**
   * `waiting` for somebody to approve it elsewhere; `approved`, and the member is asked whether that was they;
   * `confirmed`, and being linked.
   */
  readonly state: 'waiting' | 'approved' | 'confirmed' | 'done' | 'expired';
  /** Until when its state may last. */
  readonly expiresAt: Date;
  /** Who Usher is at the vendor with it; null is the installation's own identifier. */
  readonly clientIdentifier: string | null;
  /** Id of the account that approved it; null until that is known. */
  readonly externalId: string | null;
  readonly accountName: string | null;
}

/** Changes that would take too much away at once (rule 5). None of them is made until an admin decides. */
export interface HeldRun {
  readonly id: string;
  readonly serverId: string;
  /** Accounts that would lose something. */
  readonly accountIds: readonly string[];
  /** One sentence: what would happen, and why. */
  readonly detail: Text;
  readonly state: 'held' | 'released' | 'dismissed';
  readonly decidedById: ActorId | null;
  readonly decidedAt: Date | null;
  readonly createdAt: Date;
}

export type JobName = 'enforce' | 'sync' | 'remind' | 'roles' | 'cards' | 'purge';

/** One run of a job: shown to people who ask when it last ran and with what result. */
export interface JobRun {
  readonly id: string;
  readonly job: JobName;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: 'ok' | 'failed';
  /** One sentence. */
  readonly detail: Text;
}

/** How long a grant lasts. Nothing is filled in for what is absent: an event that names no end says nothing of it. */
export interface AuditedEnd {
  /** ISO 8601, UTC; null is for good. */
  readonly until?: string | null;
  /** Of a paused grant, counted from when it is resumed; null is for good. */
  readonly leftSeconds?: number | null;
}

/** How something is, before or after a change; nothing is filled in for what is absent. */
interface AuditedState extends AuditedEnd {
  readonly libraries?: readonly string[];
  /** Null is none. */
  readonly channel?: string | null;
}

/**
 * What happened, for people and for programs. Every field is optional, and none holds a secret. Names are as they were
 * then, and moments are ISO 8601, UTC.
 */
export interface AuditFacts extends AuditedState {
  readonly channel?: string;
  readonly grant?: number;
  readonly invite?: string;
  readonly plan?: string;
  readonly server?: string;
  readonly account?: string;
  /** Libraries that somebody else gave or took on a server. */
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
  readonly role?: string;
  readonly capability?: Capability;
  /** Name of a token of the API. */
  readonly token?: string;
  /** Name of a webhook. */
  readonly webhook?: string;
  /** Which events a webhook is for; missing for all. */
  readonly events?: readonly string[];
  readonly from?: string;
  /** As it is stored, such as `30d`; empty is for good. */
  readonly duration?: string;
  readonly uses?: number;
  /** The last moment at which an invite can be redeemed, or an account is still there. */
  readonly redeemUntil?: string;
  readonly deleteAt?: string;
  /** What was otherwise before a change. */
  readonly before?: AuditedState;
  /** Which of several things the action stands for: the sentence of the line says it (views/audit-sentences.ts). */
  readonly how?: string;
  /** What staff gave as the reason. */
  readonly reason?: string;
  /** What Usher has to say beside the facts. Strings are older lines, and what comes from a media server. */
  readonly detail?: AuditDetail | readonly AuditDetail[];
}

export type AuditDetail = Text;

export interface AuditEvent {
  readonly number: number;
  readonly action: AuditAction;
  /** Discord user id; null means Usher itself. */
  readonly actorId: ActorId | null;
  readonly targetId: MemberId | null;
  readonly facts: AuditFacts;
  readonly at: Date;
}
