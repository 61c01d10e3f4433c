/** How much a server is asked at once, what is asked again, and when it is left alone for a while (media-servers.md D3). */
import {
  BrokenCircuitError,
  bulkhead,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleWhenResult,
  type IPolicy,
  retry,
} from 'cockatiel';
import type { Clock } from '../app/ports/time.ts';

const READS_AT_ONCE = 4;
const WRITES_AT_ONCE = 2;
/** Tries without any answer in a row after which a server is left alone. */
const GIVE_UP_AFTER = 5;
/** As long as the first pause between the engine's own probes. */
const LEFT_ALONE_MS = 5_000;
const AGAIN_AFTER_MS = 100;
const TOO_MANY = 429;
/** The pause of a 429 that does not say how long (media-servers.md E17). */
const USUAL_PAUSE_MS = 10_000;

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

interface Server<A, F> {
  readonly reads: IPolicy;
  readonly writes: IPolicy;
  readonly breaker: ReturnType<typeof circuitBreaker>;
  /** The failure that made it be left alone. */
  last: F | undefined;
  /** The 429 that asked for a pause, and until when: milliseconds since 1970. */
  pause: { readonly answer: A; readonly until: number } | undefined;
}

/** One per process; servers are told apart by key, so that one that is slow or down holds up no other. */
export class Traffic<A extends Answer, F extends Failure> {
  readonly #servers = new Map<string, Server<A, F>>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #leftAloneMs: number;

  constructor(clock: Pick<Clock, 'now'>, leftAloneMs = LEFT_ALONE_MS) {
    this.#clock = clock;
    this.#leftAloneMs = leftAloneMs;
  }

  /**
   * Sends by `once`. A read whose connection was cut is sent once more: often it was only an old one. A write is never sent twice.
   * After five tries without any answer the server is left alone for five seconds; meanwhile the answer is the last failure. One that
   * asked for a pause (429) is not asked before it is over.
   */
  async send(key: string, isRead: boolean, once: () => Promise<A | F>): Promise<A | F> {
    const server = this.#server(key);
    const places = isRead ? server.reads : server.writes;
    // What waits in line behind a 429 would only make it worse.
    const sendUnlessPaused = () => this.#pausedAnswer(server) ?? once();
    try {
      const outcome = await places.execute(() =>
        server.breaker.execute(async () =>
          isRead ? await again.execute(sendUnlessPaused) : await sendUnlessPaused(),
        ),
      );
      this.#notePause(server, outcome);
      if (outcome.kind === 'failure') server.last = outcome;
      return outcome;
    } catch (error) {
      if (error instanceof BrokenCircuitError && server.last) return { ...server.last, sent: false };
      throw error;
    }
  }

  /** The 429 again, with what is left of its pause, while it lasts. */
  #pausedAnswer({ pause }: Server<A, F>): Promise<A> | undefined {
    const left = pause ? pause.until - this.#clock.now().getTime() : 0;
    return pause && left > 0 ? Promise.resolve({ ...pause.answer, retryAfterMs: left }) : undefined;
  }

  #notePause(server: Server<A, F>, outcome: A | F): void {
    if (outcome.kind !== 'answer' || outcome.status !== TOO_MANY) return;
    const until = this.#clock.now().getTime() + (outcome.retryAfterMs ?? USUAL_PAUSE_MS);
    if (until > (server.pause?.until ?? 0)) server.pause = { answer: outcome, until };
  }

  #server(key: string): Server<A, F> {
    const known = this.#servers.get(key);
    if (known) return known;
    const made: Server<A, F> = {
      // People wait in line as long as it takes: every request has its own time-out.
      reads: bulkhead(READS_AT_ONCE, Number.POSITIVE_INFINITY),
      writes: bulkhead(WRITES_AT_ONCE, Number.POSITIVE_INFINITY),
      breaker: circuitBreaker(
        handleWhenResult((outcome) => isFailure(outcome)),
        { halfOpenAfter: this.#leftAloneMs, breaker: new ConsecutiveBreaker(GIVE_UP_AFTER) },
      ),
      last: undefined,
      pause: undefined,
    };
    this.#servers.set(key, made);
    return made;
  }
}

const again = retry(
  handleWhenResult((outcome) => isFailure(outcome, 'cut')),
  { maxAttempts: 1, backoff: new ConstantBackoff(AGAIN_AFTER_MS) },
);

/** No answer at all; an answer of any status is a sign of life. */
const NO_ANSWER = new Set(['refused', 'timeout', 'cut', 'dns', 'tls']);

function isFailure(outcome: unknown, kind?: string): boolean {
  if (typeof outcome !== 'object' || outcome === null || !('why' in outcome)) return false;
  const { why } = outcome;
  if (typeof why !== 'object' || why === null || !('kind' in why)) return false;
  return kind === undefined ? NO_ANSWER.has(String(why.kind)) : why.kind === kind;
}
