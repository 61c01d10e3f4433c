/** The port for the storage of what members ask staff for. */
import type { ActorId, MemberId } from '../../../domain/ids.ts';
import type { MemberRequest } from '../../../domain/model.ts';

export interface RequestStore {
  add(request: Omit<MemberRequest, 'state' | 'decidedAt' | 'decidedById' | 'word'>): Promise<void>;
  find(requestId: string): Promise<MemberRequest | undefined>;
  /** All of a member, oldest first. */
  list(memberId: MemberId): Promise<readonly MemberRequest[]>;
  /** Those that wait for a decision, of everybody or of some; oldest first. */
  listWaiting(memberIds?: readonly MemberId[]): Promise<readonly MemberRequest[]>;
  /** How many a member has made since then. */
  countSince(memberId: MemberId, since: Date): Promise<number>;
  /** How many for this grant were approved. */
  countApproved(memberId: MemberId, grantId: string): Promise<number>;
  /** False when it does not wait any more: somebody was faster. */
  decide(
    requestId: string,
    decision: {
      readonly state: Exclude<MemberRequest['state'], 'waiting'>;
      /** Null where nobody had to. */
      readonly decidedById: ActorId | null;
      readonly decidedAt: Date;
      readonly word?: string | null;
    },
  ): Promise<boolean>;
}
