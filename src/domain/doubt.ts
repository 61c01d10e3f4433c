/** What one reading of a server is worth. A list may be short or old for a while, so it takes another to confirm it. */
import type { Account } from './model.ts';

/** What confirms a reading is at least this much later: plex.tv may show an old state for half a minute. */
export const SECOND_LOOK_MS = 30_000;

/** What was written may show late, or land late, for this long. Until then a difference is not somebody else's. */
const SETTLED_AFTER_MS = 600_000;

/** Whether a reading at `now` is a second one, for an account that was seen before. */
export function isSecondLook({ seenAt }: Pick<Account, 'seenAt'>, now: Date): boolean {
  return seenAt !== null && now.getTime() - seenAt.getTime() >= SECOND_LOOK_MS;
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
