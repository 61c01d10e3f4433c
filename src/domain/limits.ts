/** Limits that are promises. How much one run may take away without asking is rule 5. */

const ALWAYS_ALLOWED = 3;
const SHARE_ALLOWED = 0.2;

/**
 * Whether a run would take something from too many managed accounts of a server: from more than 3 and from more
 * than 20 %. Losses that an end date or a typed command explains are not counted. Such a run is held and an admin
 * is asked.
 */
export function takesTooMuch(losing: number, managed: number): boolean {
  return losing > ALWAYS_ALLOWED && losing > managed * SHARE_ALLOWED;
}

/** How much a media server may list: with more, its list is not read at all, and staff are told which limit it is. */
export const MOST_LIBRARIES = 2_000;
export const MOST_ACCOUNTS = 50_000;
