/** Ports for the storage of grants, and of the plans and invites that they come from. */
import type { GrantSpan } from '../../../domain/digest.ts';
import type { GrantChanges } from '../../../domain/grant-change.ts';
import type { ActorId, MemberId } from '../../../domain/ids.ts';
import type { InviteState } from '../../../domain/invite.ts';
import type {
  EndCause,
  Grant,
  GrantSource,
  Invite,
  Plan,
  RolePlan,
  RoleState,
} from '../../../domain/model.ts';
import type { RoleGrant } from '../../../domain/role-plans.ts';

/** What one typed word may mean: something is found by it when one of these fits. */
export interface Meant {
  readonly memberIds: readonly MemberId[];
  readonly libraryIds: readonly string[];
  readonly planIds: readonly string[];
  /** Of a grant. */
  readonly number: number | null;
  /** As the beginning of a code. */
  readonly text: string;
}

export interface GrantFilter {
  readonly memberId?: MemberId;
  readonly memberIds?: readonly MemberId[];
  /** As they were written down last; with `at`, as they are at that moment (`asOf`). */
  readonly states?: readonly Grant['state'][];
  readonly at?: Date;
  readonly serverId?: string;
  readonly planId?: string;
  /** Whose end came between two moments, and was not decided before. */
  readonly endedIn?: { readonly after: Date; readonly by: Date };
  /** Only those that are to come back with their member. */
  readonly cut?: true;
  readonly number?: number;
  readonly numbers?: readonly number[];
  /** Each of these words has to fit. */
  readonly words?: readonly Meant[];
}

/** The first ones of an order, of those that fit. */
export interface FirstGrants {
  /** As they are at this moment (`asOf`); without it, in any. */
  readonly states?: readonly Grant['state'][];
  readonly at: Date;
  /** Each of these words has to fit. */
  readonly words?: readonly Meant[];
  readonly memberId?: MemberId;
  readonly planId?: string;
  readonly serverId?: string;
  /** Only those of a smaller number, which are older. */
  readonly before?: number;
  readonly order: GrantOrder | 'newest';
  readonly limit: number;
}

/** `end`: what ends next first, and what has no end last. `ended`: what ended last first. */
export type GrantOrder = 'end' | 'ended';

/** Plans that come with a Discord role. */
export interface RolePlanStore {
  list(): Promise<readonly RolePlan[]>;
  /** Adds it, or changes its grace. */
  put(rolePlan: RolePlan): Promise<void>;
  remove(roleId: string, planId: string): Promise<void>;
}

/** As much of a grant as says whose it is and when it ends. */
type GrantEnd = Pick<Grant, 'memberId' | 'state' | 'expiresAt'>;

/** What is written of a grant. `remindAt`: when its member is reminded of its end; null for never. */
type Written = GrantChanges & Partial<Pick<Grant, 'renewals'>> & { readonly remindAt?: Date | null };

export interface GrantStore {
  /** Gives the grant the next number of the guild. */
  add(grant: {
    readonly id: string;
    readonly memberId: MemberId;
    readonly source: GrantSource;
    readonly planId?: string | null;
    readonly inviteId?: string | null;
    readonly roleId?: string | null;
    readonly roleState?: 'held' | null;
    readonly state: 'scheduled' | 'active';
    readonly startsAt: Date;
    readonly expiresAt: Date | null;
    readonly reason: string | null;
    readonly createdById: ActorId;
    readonly createdAt: Date;
    readonly remindAt?: Date | null;
    readonly libraryIds: readonly string[];
  }): Promise<Grant>;
  find(grantId: string): Promise<Grant | undefined>;
  /** Newest first, unless another order is asked for. */
  list(
    filter: GrantFilter & {
      readonly order?: GrantOrder;
      readonly skip?: number;
      readonly limit?: number;
    },
  ): Promise<readonly Grant[]>;
  /** As `list` does it, in a time that does not grow with what there is when many fit: for whoever waits. */
  listFirst(which: FirstGrants): Promise<readonly Grant[]>;
  count(filter: GrantFilter): Promise<number>;
  /** With only what says when they end. */
  listEnds(filter: GrantFilter): Promise<readonly GrantEnd[]>;
  /** Of all that had not ended before that: from when until when they gave something. */
  listSpans(since: Date): Promise<readonly GrantSpan[]>;
  /** Scheduled grants whose start has come and active ones whose end has; oldest first. */
  listTransitionsDue(now: Date, limit: number): Promise<readonly Grant[]>;
  /** Moves grants from one of `from` to `to`. Resolves to the ids of those that were in one. */
  move(
    grantIds: readonly string[],
    from: readonly Grant['state'][],
    to: Grant['state'],
    changes: {
      readonly endCause?: EndCause;
      readonly endingAt?: Date;
      readonly endedAt?: Date;
      readonly expiresAt?: Date | null;
      readonly remindAt?: null;
    },
  ): Promise<ReadonlySet<string>>;
  /** Changes a grant in any state, and works out anew when it starts or ends. `libraryIds` replaces its libraries. */
  change(grantId: string, changes: Written): Promise<void>;
  /** For one that was never ours; of all others it is kept that they were. */
  remove(grantId: string): Promise<void>;
  markOverdueAlerted(grantId: string, at: Date): Promise<void>;
  /** Grants of whose end somebody is to be reminded, or for which that is yet to be worked out; oldest first. */
  listRemindersDue(
    now: Date,
    limit: number,
  ): Promise<readonly { readonly grant: Grant; readonly remindAt: Date }[]>;
  /** When each of these is looked at next. */
  planReminders(grants: readonly { readonly id: string; readonly remindAt: Date | null }[]): Promise<void>;
  /** Of every grant that has an end it has to be worked out anew when its member is reminded. */
  forgetReminders(): Promise<void>;
  /** Those that a role gives or has given: over only as long as the role is held. Of these members, or of all. */
  listByRole(memberIds?: readonly MemberId[]): Promise<readonly RoleGrant[]>;
  /** What a member would get back on their return, they do not get back any more. */
  forgetLeft(memberId: MemberId): Promise<void>;
  /** Notes how members stand to the role that gives these. Nothing else of them changes. */
  noteRole(grantIds: readonly string[], state: RoleState, lostAt: Date | null): Promise<void>;
}

export interface PlanStore {
  /** Sorted by name. */
  list(): Promise<readonly Plan[]>;
  find(planId: string): Promise<Plan | undefined>;
  /** @throws {Error} when the guild has a plan of that name, in any case. */
  add(plan: Plan): Promise<void>;
  /** `libraryIds` replaces its libraries. */
  update(planId: string, changes: Partial<Omit<Plan, 'id' | 'createdAt'>>): Promise<void>;
  /** Grants and invites that were made from it stay, without it. */
  remove(planId: string): Promise<void>;
}

export interface InviteFilter {
  readonly state: InviteState;
  readonly at: Date;
  /** The beginning of its code. */
  readonly prefix?: string;
  /** Whom it is for. */
  readonly memberId?: MemberId;
  /** Each of these words has to fit. */
  readonly words?: readonly Meant[];
}

export interface InviteStore {
  add(
    invite: Omit<Invite, 'usesLeft' | 'revokedAt' | 'claimChannelId'> & { readonly codeHmac: string },
  ): Promise<void>;
  noteClaim(inviteId: string, channelId: string): Promise<void>;
  find(inviteId: string): Promise<Invite | undefined>;
  findByHmac(codeHmacs: readonly string[]): Promise<Invite | undefined>;
  list(): Promise<readonly Invite[]>;
  /** Those in a state at a moment: open ones by what runs out first, others newest first. */
  listPage(
    filter: InviteFilter & { readonly skip?: number; readonly limit: number },
  ): Promise<readonly Invite[]>;
  count(filter: InviteFilter): Promise<number>;
  /** Who redeemed these, the first one first. */
  listRedemptions(
    inviteIds: readonly string[],
  ): Promise<readonly { readonly inviteId: string; readonly memberId: MemberId }[]>;
  /** How many can be redeemed, and how often altogether. */
  countOpen(now: Date): Promise<{ readonly invites: number; readonly usesLeft: number }>;
  /** False when it was revoked before. */
  revoke(inviteId: string, at: Date): Promise<boolean>;
  /** Takes one use for a member, at most once each; false when none is left, it is revoked or no longer valid. */
  takeUse(inviteId: string, memberId: MemberId, grantId: string, now: Date): Promise<boolean>;
  /** The grant an earlier redemption by this member made. */
  findRedemption(inviteId: string, memberId: MemberId): Promise<{ readonly grantId: string } | undefined>;
}
