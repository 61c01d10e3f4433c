/** When an invitation is looked for again: most people accept within minutes, and nobody tells Usher when they do. */
import type { Account } from './model.ts';

/** After the invitation was written. Later on every sync and every pass over the account sees it. */
const LOOKS_AFTER_MS: readonly number[] = [60_000, 300_000, 900_000];

/** The next look at an account that waits to accept; null after the last one, and for invitations by somebody else. */
export function nextAcceptanceLook({ writtenAt }: Pick<Account, 'writtenAt'>, now: Date): Date | null {
  if (writtenAt === null) return null;
  const next = LOOKS_AFTER_MS.map((ms) => writtenAt.getTime() + ms).find((at) => at > now.getTime());
  return next === undefined ? null : new Date(next);
}
