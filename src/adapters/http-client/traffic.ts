/**
 * How many requests a server gets at once, whose turn it is, which are sent again, and when a server is left alone
 * (media-servers.md D3). Guilds that ask the same server share what it can bear and take turns there; what one of them
 * meets, such as no answer or a request for a pause, is that guild's alone: it may come of its address or its key.
 */
import { ConstantBackoff, handleWhenResult, retry } from 'cockatiel';
import type { Clock } from '../../app/ports/time.ts';
import { createKeyedSemaphore } from '../../concurrency/keyed-semaphore.ts';

const READS_AT_ONCE = 4;
const WRITES_AT_ONCE = 2;
/** At a vendor, which all guilds ask: of reads and of writes, and how many of them a single guild may have there. */
const AT_VENDOR = { all: 16, guild: 8 } as const;
/** After this many tries in a row without any answer, a server is left alone. */
const GIVE_UP_AFTER = 5;
/** As long as the first pause between two probes of an offline server. */
const LEFT_ALONE_MS = 5_000;
const AGAIN_AFTER_MS = 100;
const TOO_MANY = 429;
/** How long to pause after a 429 that does not say it (media-servers.md E17). */
const USUAL_PAUSE_MS = 10_000;
/** Addresses that nobody asks any more would pile up. */
const REMEMBERED = 10_000;

interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

interface Failure {
  readonly kind: 'failure';
  readonly why: { readonly kind: string };
  readonly sent: boolean;
}

/** One request: who asks, and what it shares with others. */
export interface Asking {
  readonly guildId: string;
  /** What can bear only so much: a server, or an owner at a vendor. */
  readonly place: string;
  /** The vendor, where one is asked: all owners together ask it for no more than it can bear. */
  readonly vendor: string | undefined;
  readonly isRead: boolean;
  /** A person waits for it: also a server that is left alone is asked. */
  readonly isAsked?: boolean;
}

/** Places in which requests run, by place or vendor and by kind; there for as long as somebody uses them. */
class Lines {
  readonly #lines = new Map<
    string,
    { readonly line: ReturnType<typeof createKeyedSemaphore>; users: number }
  >();

  /** Runs `work` when the guild has its turn, `all` at once and `each` of one guild. */
  async take<T>(
    key: string,
    guildId: string,
    { all, each }: { readonly all: number; readonly each: number },
    work: () => Promise<T>,
  ): Promise<T> {
    const entry = this.#lines.get(key) ?? { line: createKeyedSemaphore(all, each), users: 0 };
    this.#lines.set(key, entry);
    entry.users += 1;
    try {
      return await entry.line.take(guildId, work);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) this.#lines.delete(key);
    }
  }
}

/** What a guild has met at a place. */
interface Met<A, F> {
  /** Tries in a row without any answer. */
  readonly failures: number;
  /** The failure because of which it is left alone, and until when (steady milliseconds). */
  readonly alone: { readonly failure: F; readonly until: number } | undefined;
  /** The 429 that asked for a pause, and until when. */
  readonly pause: { readonly answer: A; readonly until: number } | undefined;
}

/** One per process. */
export class Traffic<A extends Answer, F extends Failure> {
  readonly #lines = new Lines();
  readonly #met = new Map<string, Met<A, F>>();
  readonly #clock: Pick<Clock, 'steadyMs'>;
  readonly #leftAloneMs: number;

  constructor(clock: Pick<Clock, 'steadyMs'>, leftAloneMs = LEFT_ALONE_MS) {
    this.#clock = clock;
    this.#leftAloneMs = leftAloneMs;
  }

  /**
   * Sends a request by calling `once`. A read whose connection was cut is sent once more, because often only an
   * idle connection had been closed. A write is never sent twice. A server that gave a guild no answer five times in a
   * row is left alone by it for five seconds, and its requests are answered with the last failure. After a 429, the
   * guild sends nothing until the pause is over.
   */
  async send(
    { guildId, place, vendor, isRead, isAsked }: Asking,
    once: () => Promise<A | F>,
  ): Promise<A | F> {
    const key = `${guildId} ${place}`;
    // Checked again here, because a 429 may have arrived while this request waited in line.
    const sendUnlessPaused = () => this.#pausedAnswer(key) ?? once();
    const send = async () => {
      const alone = this.#met.get(key)?.alone;
      if (alone && !isAsked && this.#clock.steadyMs() < alone.until) return { ...alone.failure, sent: false };
      const outcome = isRead ? await again.execute(sendUnlessPaused) : await sendUnlessPaused();
      this.#note(key, outcome);
      return outcome;
    };
    const kind = isRead ? 'reads' : 'writes';
    const atOnce = isRead ? READS_AT_ONCE : WRITES_AT_ONCE;
    // There is no limit for waiting in line: every request has its own time-out once it is sent.
    return await this.#lines.take(`${kind} ${place}`, guildId, { all: atOnce, each: atOnce }, () => {
      if (vendor === undefined) return send();
      const shared = { all: AT_VENDOR.all, each: AT_VENDOR.guild };
      return this.#lines.take(`${kind} of all at ${vendor}`, guildId, shared, send);
    });
  }

  /** Once it was left alone, the next failure is enough to leave it alone again; an answer is proof that it lives. */
  #note(key: string, outcome: A | F): void {
    const before = this.#met.get(key);
    const failed = outcome.kind === 'failure' && isFailure(outcome);
    const failures = failed ? (before?.failures ?? 0) + 1 : 0;
    const alone =
      failed && failures >= GIVE_UP_AFTER
        ? { failure: outcome, until: this.#clock.steadyMs() + this.#leftAloneMs }
        : undefined;
    const pause = this.#pauseAfter(before?.pause, outcome);
    this.#met.delete(key);
    if (!failed && !pause) return;
    this.#met.set(key, { failures, alone, pause });
    for (const oldest of this.#met.keys()) {
      if (this.#met.size <= REMEMBERED) break;
      this.#met.delete(oldest);
    }
  }

  /** The last 429 with the rest of its pause; undefined when the pause is over. */
  #pausedAnswer(key: string): Promise<A> | undefined {
    const pause = this.#met.get(key)?.pause;
    const left = pause ? pause.until - this.#clock.steadyMs() : 0;
    return pause && left > 0 ? Promise.resolve({ ...pause.answer, retryAfterMs: left }) : undefined;
  }

  #pauseAfter(before: Met<A, F>['pause'], outcome: A | F): Met<A, F>['pause'] {
    const now = this.#clock.steadyMs();
    const rest = before && before.until > now ? before : undefined;
    if (outcome.kind !== 'answer' || outcome.status !== TOO_MANY) return rest;
    const until = now + (outcome.retryAfterMs ?? USUAL_PAUSE_MS);
    return rest && rest.until >= until ? rest : { answer: outcome, until };
  }
}

const again = retry(
  handleWhenResult((outcome) => isFailure(outcome, 'cut')),
  { maxAttempts: 1, backoff: new ConstantBackoff(AGAIN_AFTER_MS) },
);

/** Failures without any answer. An answer of any status shows that the server is alive. */
const NO_ANSWER = new Set(['refused', 'timeout', 'cut', 'dns', 'tls']);

function isFailure(outcome: unknown, kind?: string): boolean {
  if (typeof outcome !== 'object' || outcome === null || !('why' in outcome)) return false;
  const { why } = outcome;
  if (typeof why !== 'object' || why === null || !('kind' in why)) return false;
  return kind === undefined ? NO_ANSWER.has(String(why.kind)) : why.kind === kind;
}
