/** What a failed delivery means, by the table in discord.md 1.6. Pure. */
import { doubling, inSteps } from '../../../concurrency/back-off.ts';
import type { DiscordFailure } from '../wire/rest.ts';

export type Verdict =
  /**
   * Discord refuses it. `closed`: this person accepts no direct messages from us. `about`: another message to the same
   * place may be taken, or none.
   */
  | {
      readonly kind: 'final';
      readonly message: string;
      readonly closed: boolean;
      readonly about: 'content' | 'place';
    }
  | { readonly kind: 'later'; readonly message: string; readonly afterMs: number | undefined }
  /** Discord asks us to send no new direct messages for a while. */
  | { readonly kind: 'too-many-dms'; readonly message: string }
  /** Discord refuses the token: the process has to stop. */
  | { readonly kind: 'fatal' }
  /** We sent something wrong. */
  | { readonly kind: 'bug'; readonly message: string; readonly about: 'content' | 'place' };

export type Refused = Extract<Verdict, { kind: 'final' | 'bug' }>;

export function isRefusal(verdict: Verdict): verdict is Refused {
  return verdict.kind === 'final' || verdict.kind === 'bug';
}

const DMS_CLOSED = 50007;

const CONTENT: Readonly<Record<number, string>> = {
  20009: 'Discord refused the content as explicit',
  200000: 'AutoMod refused the content',
  200001: 'AutoMod refused the content',
  240000: 'Discord refused a link in the content',
};

const PLACE: Readonly<Record<number, string>> = {
  10003: 'the channel is gone',
  10004: 'the server is gone',
  10007: 'the person is not in the server any more',
  10008: 'the message is gone',
  10011: 'the role is gone',
  10013: 'the account is gone',
  40058: 'the channel is a forum and wants a thread',
  40067: 'the channel is a forum and wants a tag',
  50001: 'Usher may not see the channel',
  50013: 'Usher may not do that there: a permission is missing, or its role is too low',
  50024: 'the channel is of a kind that takes no messages',
  50007: 'they take no direct messages from Usher',
  50033: 'the account cannot get direct messages',
  50083: 'the thread is archived',
  50278: 'they share no server with Usher',
  160005: 'the thread is locked',
};

/** Passing problems that we did not cause: rate limits of channels and servers, and outages that have a code. */
const LATER: ReadonlySet<number> = new Set([20016, 20022, 20028, 20029, 40004, 40006, 40062, 40333, 130000]);
const TOO_MANY_DMS = 40003;
const TOKEN_DEAD: ReadonlySet<number> = new Set([40001, 50014]);

/** Unknown refusals count as bugs of ours: what Discord refuses now it will refuse again. */
export function judge(failure: DiscordFailure): Verdict {
  const { kind, status = 0 } = failure;
  const code = typeof failure.errorCode === 'number' ? failure.errorCode : 0;
  const number = code ? ` (${code})` : '';
  if (kind === 'limited') return { kind: 'later', message: 'a rate limit', afterMs: failure.retryAfterMs };
  if (kind === 'unreached')
    return { kind: 'later', message: 'Discord could not be reached', afterMs: undefined };
  // A proxy, half an answer, a 200 without an id: that says nothing about the message.
  if (kind === 'foreign')
    return { kind: 'later', message: 'something else than Discord answered', afterMs: undefined };
  if (kind === 'bug') return { kind: 'bug', message: 'the message could not be made', about: 'content' };
  if (code === TOO_MANY_DMS)
    return { kind: 'too-many-dms', message: `too many new direct messages${number}` };
  if (status === 401 || TOKEN_DEAD.has(code)) return { kind: 'fatal' };
  for (const [about, table] of [
    ['content', CONTENT],
    ['place', PLACE],
  ] as const) {
    const why = table[code];
    if (why) return { kind: 'final', message: `${why}${number}`, closed: code === DMS_CLOSED, about };
  }
  // Without a code of its own, a refusal is about the route and not about what was asked for.
  const isVague = code === 0 && status !== 400;
  if (status === 429 || status >= 500 || isVague || LATER.has(code)) {
    return { kind: 'later', message: `Discord answered ${status}${number}`, afterMs: failure.retryAfterMs };
  }
  const about = status === 400 ? 'content' : 'place';
  return { kind: 'bug', message: `Discord does not take the message: ${status}${number}`, about };
}

const backOff = doubling({ firstMs: 2_000, lastMs: 15 * 60_000 });

/** How long to wait when Discord refuses a channel; a change that we hear of is tried at once. */
export const refusedBackOff = inSteps(30_000, 60_000, 5 * 60_000, 15 * 60_000, 30 * 60_000);

/** How long to wait after one more failure than `attempts`, spread so that not all come at once. `random` is 0 to 1. */
export function backOffMs(attempts: number, random: number): number {
  return Math.round(backOff(attempts + 1) * (0.5 + random / 2));
}
