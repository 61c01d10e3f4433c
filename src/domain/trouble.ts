/** Trouble with a media server in words: all of it for staff, and what concerns them for members. Pure. */

/** What a write or a step of a sign-in was refused with. */
export interface Worded {
  readonly kind: string;
  readonly message: string;
  /** The other side's own words, sanitised. */
  readonly reason?: string;
  readonly refusal?: Refusal;
}

/**
 * The other side will not do it. `final`: trying again does not mend that, a person has to act. `perhaps`: what we
 * knew may have been too old, so that it is asked a few times before it counts as final.
 */
export type Refusal = 'final' | 'perhaps';

/** For staff: what is wrong, and what the other side itself says about it. */
export function staffSentence({ message, reason }: Pick<Worded, 'message' | 'reason'>): string {
  return reason === undefined ? message : `${message} It says: “${reason}”`;
}

/** Kinds that last until somebody changes something. */
const NEEDS_STAFF: ReadonlySet<string> = new Set([
  ...[
    'unauthorised',
    'forbidden',
    'not-possible',
    'not-this-kind',
    'other-server',
    'redirected',
    'tls',
    'dns',
  ],
]);

/** Whether it goes away only when a person changes something. */
export function needsStaff({ kind, refusal }: Pick<Worded, 'kind' | 'refusal'>): boolean {
  return refusal === 'final' || NEEDS_STAFF.has(kind);
}

/** For members: no host, no status, no words of a server, and nothing that asks them to do what only staff can. */
export function memberSentence(why: Pick<Worded, 'kind' | 'refusal'>): string {
  if (needsStaff(why)) return 'It cannot be done right now: the staff have to put something right first.';
  return 'It cannot be done right now, because the other side does not answer as it should.';
}
