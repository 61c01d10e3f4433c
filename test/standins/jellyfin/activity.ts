import type { JellyfinState, JellyfinUser } from './state.ts';

/** Somebody who was silent for longer counts as new, and is saved with the moment (M1). */
const SILENT_MS = 60_000;

/** Policy writes that a sign of life of the same account is to undo. */
export interface LostWrites {
  /** How many that can be undone are left alone first. */
  after: number;
  /** How many are undone then. */
  times: number;
  /** Whether the new policy is seen by one reading before the old one comes back. */
  readonly shownOnce: boolean;
  /** How many were undone so far. */
  lost: number;
}

/**
 * A player reports something: the server loads the whole user, and saves it with the moment of the report if the one
 * before is over a minute ago (M1). Returns the saving, which puts back whatever was changed in between; a player
 * of somebody who was disabled meanwhile is not heard any more. Undefined when nothing is saved.
 */
export function signOfLife(state: JellyfinState, user: JellyfinUser): (() => void) | undefined {
  const now = state.now();
  if (now.getTime() - (user.lastActivityAt?.getTime() ?? 0) <= SILENT_MS) return undefined;
  const loaded = structuredClone(user);
  return () => {
    if (!state.users.has(user.id) || user.policy.IsDisabled) return;
    const { id: _same, ...rest } = loaded;
    Object.assign(user, rest, { lastActivityAt: now });
  };
}

/**
 * Runs a policy write, and the sign of life that is to coincide with it, if one is and can: the account is silent
 * for over a minute and signed in, and is not being disabled, which was never seen undone (M1).
 */
export function writeBetween(
  state: JellyfinState,
  user: JellyfinUser,
  disables: boolean,
  write: () => void,
): void {
  const isSignedIn = state.tokens.values().some(({ userId }) => userId === user.id);
  const save = isSignedIn && !disables ? signOfLife(state, user) : undefined;
  const wanted = save && state.lostWrites.find(({ times, lost }) => lost < times);
  write();
  if (!save || !wanted) return;
  if (wanted.after > 0) {
    wanted.after -= 1;
    return;
  }
  wanted.lost += 1;
  if (wanted.shownOnce) state.afterRead.set(user.id, save);
  else save();
}
