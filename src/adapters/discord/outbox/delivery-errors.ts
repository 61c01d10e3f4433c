/** What a failed delivery means, by the table in discord.md 1.6. Pure. */
import { doubling, inSteps } from '../../../concurrency/back-off.ts';
import { type Sentence, say } from '../../../words/say.ts';
import type { DiscordFailure } from '../wire/rest.ts';

export type Verdict =
  /**
   * Discord refuses it. `closed`: this person accepts no direct messages from us. `about`: another message to the same
   * place may be taken, or none.
   */
  | {
      readonly kind: 'final';
      readonly message: Sentence;
      readonly closed: boolean;
      readonly about: 'content' | 'place';
    }
  | { readonly kind: 'later'; readonly message: Sentence; readonly afterMs: number | undefined }
  /** Discord asks us to send no new direct messages for a while. */
  | { readonly kind: 'too-many-dms'; readonly message: Sentence }
  /** Discord refuses the token: the process has to stop. */
  | { readonly kind: 'fatal' }
  /** We sent something wrong. */
  | { readonly kind: 'bug'; readonly message: Sentence; readonly about: 'content' | 'place' };

export type Refused = Extract<Verdict, { kind: 'final' | 'bug' }>;

export function isRefusal(verdict: Verdict): verdict is Refused {
  return verdict.kind === 'final' || verdict.kind === 'bug';
}

const DMS_CLOSED = 50007;

const CONTENT: Readonly<Record<number, Sentence>> = {
  20009: say('trouble.delivery.explicit'),
  200000: say('trouble.delivery.autoMod'),
  200001: say('trouble.delivery.autoMod'),
  240000: say('trouble.delivery.link'),
};

const PLACE: Readonly<Record<number, Sentence>> = {
  10003: say('trouble.delivery.channelGone'),
  10004: say('trouble.delivery.serverGone'),
  10007: say('trouble.delivery.personGone'),
  10008: say('trouble.delivery.messageGone'),
  10011: say('trouble.delivery.roleGone'),
  10013: say('trouble.delivery.accountGone'),
  40058: say('trouble.delivery.wantsThread'),
  40067: say('trouble.delivery.wantsTag'),
  50001: say('trouble.delivery.unseen'),
  50013: say('trouble.delivery.notAllowed'),
  50024: say('trouble.delivery.noMessages'),
  50007: say('trouble.delivery.closed'),
  50033: say('trouble.delivery.noDms'),
  50083: say('trouble.delivery.archived'),
  50278: say('trouble.delivery.noSharedServer'),
  160005: say('trouble.delivery.locked'),
};

/** Passing problems that we did not cause: rate limits of channels and servers, and outages that have a code. */
const LATER: ReadonlySet<number> = new Set([20016, 20022, 20028, 20029, 40004, 40006, 40062, 40333, 130000]);
const TOO_MANY_DMS = 40003;
const TOKEN_DEAD: ReadonlySet<number> = new Set([40001, 50014]);

/** Unknown refusals count as bugs of ours: what Discord refuses now it will refuse again. */
export function judge(failure: DiscordFailure): Verdict {
  const { kind, status = 0 } = failure;
  const code = typeof failure.errorCode === 'number' ? failure.errorCode : 0;
  const numbered = (what: Sentence) => (code ? say('trouble.delivery.numbered', { what, code }) : what);
  if (kind === 'limited')
    return { kind: 'later', message: say('trouble.delivery.limit'), afterMs: failure.retryAfterMs };
  if (kind === 'unreached')
    return { kind: 'later', message: say('trouble.delivery.unreached'), afterMs: undefined };
  // A proxy, half an answer, a 200 without an id: that says nothing about the message.
  if (kind === 'foreign')
    return { kind: 'later', message: say('trouble.delivery.foreign'), afterMs: undefined };
  if (kind === 'bug') return { kind: 'bug', message: say('trouble.delivery.unmade'), about: 'content' };
  if (code === TOO_MANY_DMS)
    return { kind: 'too-many-dms', message: numbered(say('trouble.delivery.tooMany')) };
  if (status === 401 || TOKEN_DEAD.has(code)) return { kind: 'fatal' };
  for (const [about, table] of [
    ['content', CONTENT],
    ['place', PLACE],
  ] as const) {
    const why = table[code];
    if (why) return { kind: 'final', message: numbered(why), closed: code === DMS_CLOSED, about };
  }
  // Without a code of its own, a refusal is about the route and not about what was asked for.
  const isVague = code === 0 && status !== 400;
  if (status === 429 || status >= 500 || isVague || LATER.has(code)) {
    return {
      kind: 'later',
      message: numbered(say('trouble.delivery.answered', { status })),
      afterMs: failure.retryAfterMs,
    };
  }
  const about = status === 400 ? 'content' : 'place';
  return { kind: 'bug', message: numbered(say('trouble.delivery.notTaken', { status })), about };
}

const backOff = doubling({ firstMs: 2_000, lastMs: 15 * 60_000 });

/** How long to wait when Discord refuses a channel; a change that we hear of is tried at once. */
export const refusedBackOff = inSteps(30_000, 60_000, 5 * 60_000, 15 * 60_000, 30 * 60_000);

/** How long to wait after one more failure than `attempts`, spread so that not all come at once. `random` is 0 to 1. */
export function backOffMs(attempts: number, random: number): number {
  return Math.round(backOff(attempts + 1) * (0.5 + random / 2));
}
