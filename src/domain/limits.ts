/** Not too much at once (design rule 5). */

const ALWAYS_ALLOWED = 3;
const SHARE_ALLOWED = 0.2;

/**
 * Whether a run would take something from too many of a server's managed accounts, for a cause other than an end date or a
 * typed command: more than 3 and more than 20 %. Then it stops and asks an admin.
 */
export function takesTooMuch(losing: number, managed: number): boolean {
  return losing > ALWAYS_ALLOWED && losing > managed * SHARE_ALLOWED;
}
