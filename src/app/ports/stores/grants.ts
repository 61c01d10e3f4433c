/** Ports for the storage of grants, and of the plans and invites that they come from. */
import type { GrantFields } from '../../../domain/grant-change.ts';
import type { ActorId, MemberId } from '../../../domain/ids.ts';
import type { EndCause, Grant, GrantSource, Invite, Plan } from '../../../domain/model.ts';

export interface GrantStore {
  /** Gives the grant the next number of the guild. */
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
    /** As they were written down last; with `at`, as they are at that moment (`asOf`). */
    readonly states?: readonly Grant['state'][];
    readonly at?: Date;
    readonly serverId?: string;
    readonly planId?: string;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<readonly Grant[]>;
  count(filter: {
    readonly memberId?: MemberId;
    readonly states?: readonly Grant['state'][];
    readonly at?: Date;
    readonly serverId?: string;
    readonly planId?: string;
  }): Promise<number>;
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
    },
  ): Promise<ReadonlySet<string>>;
  /** Changes a grant in any state, and works out anew when it starts or ends. `libraryIds` replaces its libraries. */
  change(grantId: string, changes: Partial<GrantFields>): Promise<void>;
  markOverdueAlerted(grantId: string, at: Date): Promise<void>;
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

export interface InviteStore {
  add(
    invite: Omit<Invite, 'usesLeft' | 'revokedAt' | 'claimChannelId'> & { readonly codeHmac: string },
  ): Promise<void>;
  noteClaim(inviteId: string, channelId: string): Promise<void>;
  find(inviteId: string): Promise<Invite | undefined>;
  findByHmac(codeHmac: string): Promise<Invite | undefined>;
  list(): Promise<readonly Invite[]>;
  /** How many can be redeemed, and how often altogether. */
  countOpen(now: Date): Promise<{ readonly invites: number; readonly usesLeft: number }>;
  /** False when it was revoked before. */
  revoke(inviteId: string, at: Date): Promise<boolean>;
  /** Takes one use for a member, at most once each; false when none is left, it is revoked or no longer valid. */
  takeUse(inviteId: string, memberId: MemberId, grantId: string, now: Date): Promise<boolean>;
  /** The grant an earlier redemption by this member made. */
  findRedemption(inviteId: string, memberId: MemberId): Promise<{ readonly grantId: string } | undefined>;
}
