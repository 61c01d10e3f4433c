/**
 * Answers that were refused because they were too large, by server and by what was asked of it. After three in a row it
 * is not asked for that again until a pause is over, which grows. Kept on disk, because such an answer may end the
 * process: what was being read then counts as refused, so that no start after start asks for it at once.
 */
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../app/ports/time.ts';
import { inSteps } from '../../concurrency/back-off.ts';
import { keptText, readKeptText } from '../../domain/kept-text.ts';
import { type Guard, isFlag, isNumber, isText, listOf, oneOf, orNull, shape } from '../../domain/shape.ts';
import { say, type Text } from '../../words/say.ts';
import type { HttpAnswer, HttpCall, HttpFailure } from './call.ts';

const REFUSED_BEFORE_PAUSE = 3;
const pauseAfter = inSteps(60_000, 300_000, 900_000, 3_600_000, 21_600_000);
/** As long as reading waits until it is on disk that it begins: a database may be locked for long. */
const KEPT_WITHIN_MS = 1_000;
/** More than anybody has servers of that kind; the oldest is forgotten. */
const MOST = 500;

/** Is awaited before a long answer is read. */
export type OnLong = () => Promise<void>;

/** Where a text is kept that outlives the process. */
export interface Memory {
  find(): Promise<string | undefined>;
  set(text: string): Promise<void>;
}

interface Refused {
  readonly times: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was wrong with the last one, as it is kept; null where the process ended. */
  readonly message: string | null;
  readonly kind: 'too-large' | 'not-understood';
  /** It is being read. */
  readonly isUnderWay?: boolean;
}

const isRefused = shape(
  {
    times: isNumber,
    at: isNumber,
    message: orNull(isText),
    kind: oneOf('too-large', 'not-understood'),
  },
  { isUnderWay: isFlag },
);
const isEntry: Guard<readonly [string, Refused]> = (value): value is readonly [string, Refused] =>
  Array.isArray(value) && isText(value[0]) && isRefused(value[1]);

interface LeftAlone extends Pick<Refused, 'kind'> {
  readonly what: Text;
  readonly retryAfterMs: number;
}

const NOWHERE: Memory = { find: async () => undefined, set: async () => {} };
const ENDED_USHER = say('trouble.tooMuch.endedUsher');

export class Refusals {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #memory: Memory;
  #known: Promise<Map<string, Refused>> | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(clock: Pick<Clock, 'now'>, memory: Memory = NOWHERE) {
    this.#clock = clock;
    this.#memory = memory;
  }

  /**
   * Asks a server by calling `send`, unless what the call is about is left alone there. Nothing is noted of a call
   * without a reader: what it may bring is short.
   */
  async ask(
    server: string,
    { base, reader, isAsked }: Pick<HttpCall, 'base' | 'reader' | 'isAsked'>,
    send: (onLong: OnLong) => Promise<HttpAnswer | HttpFailure>,
  ): Promise<HttpAnswer | HttpFailure> {
    if (!reader) return await send(async () => {});
    const what = `${server} ${reader.at.name}`;
    const host = URL.parse(base)?.host ?? '';
    const alone = isAsked ? undefined : await this.leftAlone(what);
    if (alone) {
      const { what: said, ...why } = alone;
      const message = say('trouble.http.leftAlone', { host, what: said });
      return { kind: 'failure', why: { ...why, message }, sent: false };
    }
    const outcome = await send(() => this.begin(what));
    const refused = refusalOf(outcome);
    if (refused) await this.refuse(what, refused);
    else await this.over(what, outcome.kind === 'failure' ? 'lost' : 'read');
    return outcome;
  }

  /** Why it is left alone, after the name of the host; undefined when it may be asked. */
  async leftAlone(what: string): Promise<LeftAlone | undefined> {
    const refused = (await this.#all()).get(hash(what));
    if (!refused || refused.times < REFUSED_BEFORE_PAUSE) return undefined;
    const pause = pauseAfter(refused.times - REFUSED_BEFORE_PAUSE + 1);
    const left = refused.at + pause - this.#clock.now().getTime();
    // A clock that was set back does not make it longer.
    if (left <= 0 || left > pause) return undefined;
    const said = refused.message === null ? ENDED_USHER : readKeptText(refused.message);
    return { kind: refused.kind, what: said, retryAfterMs: left };
  }

  /** A long answer is about to be read; resolves when that is on disk. */
  async begin(what: string): Promise<void> {
    const at = this.#clock.now().getTime();
    const nothing = { times: 0, at, message: null, kind: 'too-large' } as const;
    const kept = this.#change(what, (before = nothing) => ({ ...before, isUnderWay: true }));
    const over = new AbortController();
    const late = setTimeout(KEPT_WITHIN_MS, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([kept, late]);
    over.abort();
  }

  /** It was read, or the network failed: then what was known of it before still holds. */
  async over(what: string, how: 'read' | 'lost'): Promise<void> {
    if (!(await this.#all()).has(hash(what))) return;
    await this.#change(what, (before) => {
      if (!before || how === 'read' || before.times === 0) return undefined;
      const { isUnderWay: _, ...rest } = before;
      return rest;
    });
  }

  async refuse(what: string, refused: Pick<LeftAlone, 'kind' | 'what'>): Promise<void> {
    const at = this.#clock.now().getTime();
    const now = { at, kind: refused.kind, message: keptText(refused.what) };
    await this.#change(what, (before) => ({ times: (before?.times ?? 0) + 1, ...now }));
  }

  #all(): Promise<Map<string, Refused>> {
    this.#known ??= this.#memory
      .find()
      .catch(() => undefined)
      .then((text) => {
        const now = this.#clock.now().getTime();
        // What was under way when the process ended.
        return new Map(
          parsed(text).map(([what, { isUnderWay, ...refused }]) => [
            what,
            isUnderWay ? { ...refused, times: refused.times + 1, at: now } : refused,
          ]),
        );
      });
    return this.#known;
  }

  async #change(what: string, after: (before: Refused | undefined) => Refused | undefined): Promise<void> {
    const known = await this.#all();
    const key = hash(what);
    const now = after(known.get(key));
    known.delete(key);
    if (now) known.set(key, now);
    for (const oldest of known.keys()) {
      if (known.size <= MOST) break;
      known.delete(oldest);
    }
    // One after another; the database may be locked, and nobody is refused for that.
    const text = () => JSON.stringify([...known]);
    this.#keeping = this.#keeping.then(() => this.#memory.set(text())).catch(() => {});
    await this.#keeping;
  }
}

/** What of an outcome is no answer that anybody should ask for again and again; undefined where it is fine. */
function refusalOf(outcome: HttpAnswer | HttpFailure): Pick<LeftAlone, 'kind' | 'what'> | undefined {
  if (outcome.kind === 'failure' && outcome.why.kind === 'too-large')
    return { kind: 'too-large', what: tooMuchIn(outcome.why) };
  if (outcome.kind === 'answer' && outcome.read?.kind === 'not-accepted' && outcome.read.isLong)
    return { kind: 'not-understood', what: say('trouble.tooMuch.unread') };
  return undefined;
}

/** What it does, without where it is. */
function tooMuchIn({ message }: HttpFailure['why']): Text {
  if (typeof message === 'string') return message;
  const what = message.values?.what;
  return what !== undefined && typeof what === 'object' && 'key' in what ? what : message;
}

/** Nothing of an address is kept. */
const hash = (what: string): string => createHash('sha256').update(what).digest('base64url').slice(0, 22);

function parsed(text: string | undefined): readonly (readonly [string, Refused])[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return listOf(isEntry)(value) ? value : [];
  } catch {
    return [];
  }
}
