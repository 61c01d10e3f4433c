/**
 * How many requests a server gets at once, which are sent again, and when a server is left alone (media-servers.md
 * D3).
 */
import { bulkhead, ConstantBackoff, handleWhenResult, type IPolicy, retry } from 'cockatiel';
import type { Clock } from '../../app/ports/time.ts';

const READS_AT_ONCE = 4;
const WRITES_AT_ONCE = 2;
/** After this many tries in a row without any answer, a server is left alone. */
const GIVE_UP_AFTER = 5;
/** As long as the first pause between two probes of an offline server. */
const LEFT_ALONE_MS = 5_000;
const AGAIN_AFTER_MS = 100;
const TOO_MANY = 429;
/** How long to pause after a 429 that does not say it (media-servers.md E17). */
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
  /** Tries in a row without any answer. */
  failures: number;
  /** The failure because of which it is left alone, and until when (steady milliseconds). */
  alone: { readonly failure: F; readonly until: number } | undefined;
  /** The 429 that asked for a pause, and until when. */
  pause: { readonly answer: A; readonly until: number } | undefined;
}

/** One per process. Limits are kept per server, so a slow or broken one holds up no other. */
export class Traffic<A extends Answer, F extends Failure> {
  readonly #servers = new Map<string, Server<A, F>>();
  readonly #clock: Pick<Clock, 'steadyMs'>;
  readonly #leftAloneMs: number;

  constructor(clock: Pick<Clock, 'steadyMs'>, leftAloneMs = LEFT_ALONE_MS) {
    this.#clock = clock;
    this.#leftAloneMs = leftAloneMs;
  }

  /**
   * Sends a request by calling `once`. A read whose connection was cut is sent once more, because often only an
   * idle connection had been closed. A write is never sent twice. A server that gave no answer five times in a row
   * is left alone for five seconds, and requests are answered with its last failure. After a 429, nothing is sent
   * until the pause is over.
   */
  async send(key: string, isRead: boolean, once: () => Promise<A | F>): Promise<A | F> {
    const server = this.#server(key);
    const places = isRead ? server.reads : server.writes;
    // Checked again here, because a 429 may have arrived while this request waited in line.
    const sendUnlessPaused = () => this.#pausedAnswer(server) ?? once();
    return await places.execute(async () => {
      const { alone } = server;
      if (alone && this.#clock.steadyMs() < alone.until) return { ...alone.failure, sent: false };
      const outcome = isRead ? await again.execute(sendUnlessPaused) : await sendUnlessPaused();
      this.#note(server, outcome);
      return outcome;
    });
  }

  /** Once it was left alone, the next failure is enough to leave it alone again; an answer is proof that it lives. */
  #note(server: Server<A, F>, outcome: A | F): void {
    const failed = outcome.kind === 'failure' && isFailure(outcome);
    server.failures = failed ? server.failures + 1 : 0;
    server.alone =
      failed && server.failures >= GIVE_UP_AFTER
        ? { failure: outcome, until: this.#clock.steadyMs() + this.#leftAloneMs }
        : undefined;
    this.#notePause(server, outcome);
  }

  /** The last 429 with the rest of its pause; undefined when the pause is over. */
  #pausedAnswer({ pause }: Server<A, F>): Promise<A> | undefined {
    const left = pause ? pause.until - this.#clock.steadyMs() : 0;
    return pause && left > 0 ? Promise.resolve({ ...pause.answer, retryAfterMs: left }) : undefined;
  }

  #notePause(server: Server<A, F>, outcome: A | F): void {
    if (outcome.kind !== 'answer' || outcome.status !== TOO_MANY) return;
    const until = this.#clock.steadyMs() + (outcome.retryAfterMs ?? USUAL_PAUSE_MS);
    if (until > (server.pause?.until ?? Number.NEGATIVE_INFINITY)) server.pause = { answer: outcome, until };
  }

  #server(key: string): Server<A, F> {
    const known = this.#servers.get(key);
    if (known) return known;
    const made: Server<A, F> = {
      // There is no limit for waiting in line: every request has its own time-out once it is sent.
      reads: bulkhead(READS_AT_ONCE, Number.POSITIVE_INFINITY),
      writes: bulkhead(WRITES_AT_ONCE, Number.POSITIVE_INFINITY),
      failures: 0,
      alone: undefined,
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

/** Failures without any answer. An answer of any status shows that the server is alive. */
const NO_ANSWER = new Set(['refused', 'timeout', 'cut', 'dns', 'tls']);

function isFailure(outcome: unknown, kind?: string): boolean {
  if (typeof outcome !== 'object' || outcome === null || !('why' in outcome)) return false;
  const { why } = outcome;
  if (typeof why !== 'object' || why === null || !('kind' in why)) return false;
  return kind === undefined ? NO_ANSWER.has(String(why.kind)) : why.kind === kind;
}
