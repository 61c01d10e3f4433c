/** What one reading of a server is worth. A list may be short or old for a while, so it takes another to confirm it. */
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Account, Server } from './model.ts';

/** When an unclear write is looked for: Jellyfin's land seconds later, plex.tv's after a minute or more. */
const LOOKS_AFTER_MS: readonly number[] = [30_000, 120_000, 600_000];

/** By the second look plex.tv has done what it was slow to do, and shows it. Until then it proves no end. */
const LANDS_WITHIN_MS = 120_000;

/** When a look could not be taken because nobody answered, the next one is this much later. */
const LOOK_AGAIN_MS = 300_000;

/** What confirms a reading is at least this much later: plex.tv may show an old state for half a minute. */
export const SECOND_LOOK_MS = 30_000;

/** What was written may show late, or land late, for this long. Until then a difference is not somebody else's. */
const SETTLED_AFTER_MS = 600_000;

/** Whether a reading at `now` is a second one, for an account that was seen before. */
export function isSecondLook({ seenAt }: Pick<Account, 'seenAt'>, now: Date): boolean {
  return seenAt !== null && now.getTime() - seenAt.getTime() >= SECOND_LOOK_MS;
}

/** Whether it was seen after its last write: a look from before says nothing of what that write did. */
export function isSeenSinceWrite({ seenAt, writtenAt }: Pick<Account, 'seenAt' | 'writtenAt'>): boolean {
  return seenAt !== null && (writtenAt === null || seenAt > writtenAt);
}

/**
 * Whether grants may follow what a reading at `now` shows: an earlier one showed the same, and Usher has written
 * nothing lately that could show or land only now. The row of an account is written when it differs, so `seenAt` says
 * since when it has been seen like this.
 */
export function isAdoptable(account: Pick<Account, 'seenAt' | 'writtenAt'>, now: Date): boolean {
  const { writtenAt } = account;
  const isSettled = writtenAt === null || now.getTime() - writtenAt.getTime() >= SETTLED_AFTER_MS;
  return isSettled && isSecondLook(account, now);
}

/** Milliseconds until a reading shows what an unclear write gave, if it gave it; 0 or less when it must already. */
export function landsInMs({ doubtSince }: Pick<Account, 'doubtSince'>, now: Date): number {
  return doubtSince ? doubtSince.getTime() + LANDS_WITHIN_MS - now.getTime() : 0;
}

/** Of two rows of one account, since when something is in doubt: the write that was made last may land last. */
export function laterDoubt(
  { doubtSince: one }: Pick<Account, 'doubtSince'>,
  { doubtSince: other }: Pick<Account, 'doubtSince'>,
): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

/** Whether something is left to be looked at, and when. */
export type Doubt = Pick<Account, 'doubtSince' | 'lookAt'>;

/** When an account was written, and since when a write to it is unclear; null where there was none. */
type Writes = Pick<Account, 'writtenAt' | 'doubtSince'>;

/**
 * What is left to be looked at after a reading at `now`. An unclear write is looked for until its last look, and on
 * some kinds of server a clear one as well (`looksAfterMs`), because the server may undo it.
 */
export function afterLook(
  { writtenAt, doubtSince }: Writes,
  looksAfterMs: readonly number[],
  now: Date,
): Doubt {
  const unclear = nextOf(doubtSince, LOOKS_AFTER_MS, now);
  const next = [unclear, nextOf(writtenAt, looksAfterMs, now)].filter((at) => at !== undefined);
  return {
    doubtSince: unclear === undefined ? null : doubtSince,
    lookAt: next.length === 0 ? null : new Date(Math.min(...next)),
  };
}

function nextOf(since: Date | null, afterMs: readonly number[], now: Date): number | undefined {
  return since ? afterMs.map((ms) => since.getTime() + ms).find((at) => at > now.getTime()) : undefined;
}

/** The same when nobody answered: what is in doubt stays so until it was looked at. */
export function withoutLook(server: Pick<Server, 'kind'>, doubt: Doubt, now: Date): Doubt {
  const lookAt = isInDoubt(server, doubt) ? new Date(now.getTime() + LOOK_AGAIN_MS) : null;
  return { doubtSince: doubt.doubtSince, lookAt };
}

/**
 * Whether what a reading shows of an account may come from a write of ours that is unclear, or that the server undid.
 * Then nobody else is named for it: what was taken and is there is taken again, what was given and is missing is given.
 */
export function isInDoubt({ kind }: Pick<Server, 'kind'>, { doubtSince, lookAt }: Doubt): boolean {
  return doubtSince !== null || (lookAt !== null && MEDIA_KINDS[kind].looksAfterMs.length > 0);
}

/** How long an end is remembered at most, where no full sync has confirmed it. */
const REMEMBERED_MS = 86_400_000;

/**
 * Libraries that were ours, that ended lately, and that may be seen again because a list was old or a write came late.
 * Then they are still ours and still open, and nobody else gave them.
 */
export function recentlyEnded(
  { ended, endedAt }: Pick<Account, 'ended' | 'endedAt'>,
  now: Date,
): readonly string[] {
  return endedAt && now.getTime() - endedAt.getTime() < REMEMBERED_MS ? ended : [];
}

/** A full sync that began at `now` confirms the ends that were proven before this moment: what comes is no echo. */
export function confirmedBy(now: Date): Date {
  return new Date(now.getTime() - SETTLED_AFTER_MS);
}
