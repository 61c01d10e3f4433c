/** What a change of a grant means to its member, who is told of it by direct message. Pure. */
import { sameSet } from './access.ts';
import type { EndCause, Grant, ServerKind } from './model.ts';
import type { NoticeKind } from './notice-kinds.ts';

/** A grant as its member has known it: what a later change is compared with. */
export type KnownGrant = Pick<Grant, 'state' | 'startsAt' | 'expiresAt' | 'remainingSeconds' | 'libraryIds'>;

/** A grant that has changed; `before` is null where its member has known nothing of it. */
export interface ChangedGrant {
  readonly grantId: string;
  readonly before: KnownGrant | null;
  /** The end of which its member is reminded, if it is still so when that is said. */
  readonly reminds?: Date;
}

export const knownOf = ({
  state,
  startsAt,
  expiresAt,
  remainingSeconds,
  libraryIds,
}: KnownGrant): KnownGrant => ({ state, startsAt, expiresAt, remainingSeconds, libraryIds });

/** `coming`: it begins later. `cancelled`: it ended before it had begun. */
export type NoticeEvent =
  | 'given'
  | 'coming'
  | 'changed'
  | 'paused'
  | 'resumed'
  | 'reminder'
  | 'ended'
  | 'cancelled';

/** What a member hears of a grant; undefined when nothing is different for them, or nothing is certain yet. */
export function eventOf({ before, reminds }: ChangedGrant, now: KnownGrant): NoticeEvent | undefined {
  const event = changeOf(before, now);
  if (event !== undefined || reminds === undefined) return event;
  return now.state === 'active' && now.expiresAt?.getTime() === reminds.getTime() ? 'reminder' : undefined;
}

function changeOf(before: KnownGrant | null, now: KnownGrant): NoticeEvent | undefined {
  // That access ended is said when the servers show it, and then the grant is `ended` (rule 2).
  if (now.state === 'ending') return undefined;
  const [was, is] = [before === null ? 'nothing' : holds(before), holds(now)];
  const isSame = was === is && before !== null && isAlike(before, now);
  switch (is) {
    case 'nothing':
      return was === 'nothing' ? undefined : was === 'later' ? 'cancelled' : 'ended';
    case 'later':
      return isSame ? undefined : 'coming';
    case 'paused':
      return isSame ? undefined : 'paused';
    case 'now':
      if (was === 'now') return isSame ? undefined : 'changed';
      return was === 'paused' ? 'resumed' : 'given';
  }
}

/** What a member may choose not to be told of, by what is told. */
export const KIND_OF: Readonly<Record<NoticeEvent, NoticeKind>> = {
  given: 'given',
  coming: 'given',
  changed: 'changed',
  paused: 'paused',
  resumed: 'paused',
  reminder: 'reminder',
  ended: 'ended',
  cancelled: 'ended',
};

/** Of an end that no server has confirmed, nobody was told: as far as they know, they have it. */
function holds({ state }: Pick<Grant, 'state'>): 'nothing' | 'later' | 'now' | 'paused' {
  if (state === 'active' || state === 'ending') return 'now';
  return state === 'scheduled' ? 'later' : state === 'paused' ? 'paused' : 'nothing';
}

function isAlike(before: KnownGrant, now: KnownGrant): boolean {
  if (!sameSet(before.libraryIds, now.libraryIds)) return false;
  // The end of a paused grant is counted when it goes on.
  if (now.state === 'paused') return before.remainingSeconds === now.remainingSeconds;
  if (now.state === 'scheduled' && before.startsAt.getTime() !== now.startsAt.getTime()) return false;
  return before.expiresAt?.getTime() === now.expiresAt?.getTime();
}

/**
 * How far what was given is, or what a member has to do first. `silent`: the server does not answer. `staff`: they have
 * to put something right.
 */
export type NoticeStep = 'watch' | 'sign-in' | 'create' | 'accept' | 'silent' | 'later' | 'staff';

/** Libraries on one server. */
export interface NoticePlace {
  readonly serverId: string;
  readonly server: string;
  readonly kind: ServerKind;
  /** Where members watch; null where nobody has said it. */
  readonly address: string | null;
  readonly libraries: readonly string[];
  readonly step: NoticeStep;
}

/** One thing that a member is told; what was true when it was put together. */
export type NoticePart =
  | {
      readonly event: 'given' | 'changed' | 'resumed';
      readonly places: readonly NoticePlace[];
      /** Null is for good. */
      readonly until: Date | null;
      /** What is no part of it any more. */
      readonly lost: readonly NoticePlace[];
    }
  | {
      readonly event: 'coming';
      readonly places: readonly NoticePlace[];
      readonly from: Date;
      readonly until: Date | null;
    }
  | {
      readonly event: 'paused';
      readonly places: readonly NoticePlace[];
      /** Null is for good. */
      readonly leftSeconds: number | null;
      /** Whether the servers show that nothing of it is open. */
      readonly isClosed: boolean;
    }
  | {
      readonly event: 'reminder';
      readonly places: readonly NoticePlace[];
      readonly until: Date;
      /** They can renew it, or ask staff to. */
      readonly renewable?: true;
    }
  | {
      readonly event: 'ended' | 'cancelled';
      readonly places: readonly NoticePlace[];
      readonly cause: EndCause;
      readonly renewable?: true;
    }
  /** What staff said to what a member asked for. What it changed is a part of its own. */
  | { readonly event: 'approved' }
  | { readonly event: 'declined'; readonly places: readonly NoticePlace[]; readonly word: string | null }
  /** Whatever a guild has chosen: these concern the member's own account. */
  | {
      readonly event: 'deletion' | 'kept' | 'account-gone';
      readonly server: string;
      readonly account: string;
      /** When it is deleted. */
      readonly at: Date | null;
    };
