/**
 * Every request to Discord passes here, whichever client sends it, before discord.js sees the answer. discord.js waits
 * as long as a header says, without a word and through a stop, and not at all when the time stands only in the body
 * (measured). So nothing of a limit reaches it: how long is waited is decided here (discord.md 1.7).
 */
import { DefaultRestOptions, DiscordAPIError, type RESTOptions } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { isJsonObject, type JsonObject } from './json-reader.ts';

/** Shorter waits are waited out where the request is made, longer ones are thrown: the caller tries later. */
const PATIENCE_MS = 5_000;
/** Even if Discord says nothing, or zero. */
const SHORTEST_WAIT_MS = 500;
/** What a longer wait would be is asked again. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** Discord locks an address out after 10,000 refused requests in ten minutes (discord.md 1.7). */
const WINDOW_MS = 10 * 60_000;
const SLOW_AFTER = 500;
const SLOW_EVERY_MS = 1_000;
const STOP_AFTER = 2_500;

/** Discord, or who stands before it, wants to be left alone for so long. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';
  readonly waitMs: number;
  readonly method: string;
  readonly route: string;
  constructor(waitMs: number, { method, route }: { readonly method: string; readonly route: string }) {
    super(`Discord is to be left alone for ${waitMs} ms`);
    this.waitMs = waitMs;
    this.method = method;
    this.route = route;
  }
}

/**
 * The answer is not Discord's: a proxy, a login page, half of a body. It says nothing about what was asked for, so it
 * means "later", whatever its status is.
 */
export class NotFromDiscord extends Error {
  override readonly name = 'NotFromDiscord';
  readonly status: number;
  readonly method: string;
  readonly route: string;
  constructor(status: number, { method, route }: { readonly method: string; readonly route: string }) {
    super(`the answer with status ${status} is not from Discord`);
    this.status = status;
    this.method = method;
    this.route = route;
  }
}

type MakeRequest = RESTOptions['makeRequest'];
type Answer = Awaited<ReturnType<MakeRequest>>;

interface Sending {
  /** For one request, without what is waited before it. */
  readonly timeoutMs: number;
  /**
   * Somebody waits for it: not slowed down because others were refused, and a limit is told at once, because only the
   * caller knows how much time is left.
   */
  readonly urgent: boolean;
}

export interface Requests {
  /** What a client is to send its requests with, and the timeout of discord.js around it. */
  sending(how: Sending): Pick<RESTOptions, 'makeRequest' | 'timeout' | 'rejectOnRateLimit'>;
}

export interface RequestsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Ends all waiting. */
  readonly stopping: AbortSignal;
}

/** Of one process: limits and refusals count for the bot and its address, not for a client. */
export function createRequests({ clock, log, stopping }: RequestsOptions): Requests {
  const holds = createHolds(clock);
  const refusals = createRefusals(clock, log);

  const send = async (url: string, init: Parameters<MakeRequest>[1], how: Sending): Promise<Answer> => {
    const method = init.method ?? 'GET';
    const about = { method, route: routeOf(url), keys: keysOf(method, url) };
    let patience = how.urgent ? 0 : PATIENCE_MS;
    for (;;) {
      const waitMs = Math.max(holds.waitMs(about.keys), refusals.waitMs(how.urgent));
      if (waitMs > 0) {
        if (waitMs > patience) throw new RateLimited(waitMs, about);
        patience -= waitMs;
        await clock.sleep(waitMs, stopping);
        if (stopping.aborted) throw new RateLimited(waitMs, about);
        continue;
      }
      const signals = [init.signal, AbortSignal.timeout(how.timeoutMs)].filter(
        (signal) => signal !== undefined && signal !== null,
      );
      const answer = await DefaultRestOptions.makeRequest(url, { ...init, signal: AbortSignal.any(signals) });
      const text = await answer.text();
      const body = parse(text);
      if (answer.status === 429) {
        const limit = readLimit(answer, body, clock.now());
        if (limit.scope !== 'shared') refusals.count();
        holds.hold(keyOf(limit.scope, about.keys), limit.waitMs);
        log.warn({ method, route: about.route, ...limit }, 'Discord limits our requests');
        continue;
      }
      if (answer.status === 401 || answer.status === 403) refusals.count();
      noteUsedUp(answer, about.keys);
      return normal(answer, { text, body, url, init, about });
    }
  };

  /** The last request of a bucket was answered: the next one would be refused. */
  function noteUsedUp({ headers }: Answer, { bucket }: Keys): void {
    const resetMs = millis(headers.get('x-ratelimit-reset-after'));
    if (headers.get('x-ratelimit-remaining') === '0' && resetMs !== undefined) holds.hold(bucket, resetMs);
  }

  return {
    sending: (how) => ({
      makeRequest: (url, init) => send(url, init, how),
      timeout: how.timeoutMs + 2 * PATIENCE_MS,
      // Of the 50 requests a second, which discord.js counts by itself.
      rejectOnRateLimit: ({ timeToReset }) => timeToReset > PATIENCE_MS,
    }),
  };
}

interface Keys {
  /** This route and what it is about. */
  readonly bucket: string;
  /** What else may be limited: all of the bot, or the address. */
  readonly wider: readonly string[];
}

const BOT = 'bot';
const ADDRESS = 'address';

function keysOf(method: string, url: string): Keys {
  const path = pathOf(url);
  const major = /\/(?:channels|guilds)\/\d+|\/(?:webhooks|interactions)\/[^/]+\/[^/]+/.exec(path)?.[0] ?? '';
  const bucket = `${method} ${routeOf(url)} ${major}`;
  // Answers to interactions do not count against the limit of the bot (discord.md 1.1).
  const isAnswer = /\/(?:webhooks|interactions)\//.test(path);
  return { bucket, wider: isAnswer ? [ADDRESS] : [BOT, ADDRESS] };
}

/** Always a key of this request, so that it waits itself. */
function keyOf(scope: Limit['scope'], { bucket, wider }: Keys): string {
  if (scope === 'address') return ADDRESS;
  return scope === 'global' && wider.includes(BOT) ? BOT : bucket;
}

/** Until when nothing is sent, by bucket, bot and address. */
function createHolds(clock: Clock) {
  const holds = new Map<string, number>();
  return {
    hold(key: string, ms: number): void {
      const now = clock.steadyMs();
      // Each interaction has a bucket of its own, so old ones would pile up.
      if (holds.size > 1_000) for (const [old, until] of holds) if (until <= now) holds.delete(old);
      holds.set(key, Math.max(holds.get(key) ?? Number.NEGATIVE_INFINITY, now + ms));
    },
    waitMs({ bucket, wider }: Keys): number {
      const until = Math.max(...[bucket, ...wider].map((key) => holds.get(key) ?? Number.NEGATIVE_INFINITY));
      return Math.max(0, until - clock.steadyMs());
    },
  };
}

/** Counts what Discord refused, and slows down long before it would lock the address out. */
function createRefusals(clock: Clock, log: Log) {
  const moments: number[] = [];
  let nextSlot = Number.NEGATIVE_INFINITY;
  const recent = (): number => {
    const since = clock.steadyMs() - WINDOW_MS;
    const gone = moments.findIndex((at) => at > since);
    moments.splice(0, gone < 0 ? moments.length : gone);
    return moments.length;
  };
  return {
    count(): void {
      moments.push(clock.steadyMs());
      const refused = recent();
      if (refused === SLOW_AFTER || refused === STOP_AFTER)
        log.error({ refused, inMs: WINDOW_MS }, 'Discord refuses many requests; fewer are sent');
    },
    waitMs(urgent: boolean): number {
      const refused = recent();
      const now = clock.steadyMs();
      if (refused >= STOP_AFTER) return (moments[refused - STOP_AFTER] ?? now) + WINDOW_MS - now;
      if (refused < SLOW_AFTER || urgent) return 0;
      const waitMs = Math.max(0, nextSlot - now);
      if (waitMs === 0) nextSlot = now + SLOW_EVERY_MS;
      return waitMs;
    },
  };
}

interface Limit {
  readonly waitMs: number;
  /** `shared`: others used it up. `address`: not said by Discord but by what stands before it. */
  readonly scope: 'user' | 'shared' | 'global' | 'address';
}

/**
 * The longest of what is said. The description of Discord's API requires `retry_after` in the body and lists no
 * Retry-After; what stands before Discord sends only that.
 */
function readLimit({ headers }: Answer, body: unknown, now: Date): Limit {
  const said = isJsonObject(body) && typeof body.retry_after === 'number' ? body : undefined;
  const waits = [
    said && millis(said.retry_after),
    millis(headers.get('retry-after')) ?? untilDate(headers.get('retry-after'), now),
    millis(headers.get('x-ratelimit-reset-after')),
  ];
  const waitMs = Math.max(SHORTEST_WAIT_MS, ...waits.filter((wait) => wait !== undefined));
  return { waitMs: Math.min(Math.ceil(waitMs), LONGEST_WAIT_MS), scope: scopeOf(headers, said) };
}

function scopeOf(headers: Answer['headers'], said: JsonObject | undefined): Limit['scope'] {
  if (!said) return 'address';
  if (said.global === true || headers.has('x-ratelimit-global')) return 'global';
  const scope = headers.get('x-ratelimit-scope');
  return scope === 'global' || scope === 'shared' ? scope : 'user';
}

/** Seconds, as Discord writes them. */
function millis(seconds: unknown): number | undefined {
  if (typeof seconds !== 'number' && typeof seconds !== 'string') return undefined;
  if (seconds === '') return undefined;
  const ms = Number(seconds) * 1000;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function untilDate(text: string | null, now: Date): number | undefined {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

const NOT_JSON = Symbol('not JSON');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}

interface Exchange {
  readonly text: string;
  readonly body: unknown;
  readonly url: string;
  readonly init: Parameters<MakeRequest>[1];
  readonly about: { readonly method: string; readonly route: string };
}

/**
 * The answer as discord.js is to see it: without limits, and certainly from Discord.
 * @throws {NotFromDiscord}
 */
function normal(answer: Answer, { text, body, url, init, about }: Exchange): Answer {
  const { status } = answer;
  // Nobody asks what is in an outage, and discord.js does not look.
  if (status === 204 || status >= 500) return plain(status, '');
  const isOk = status >= 200 && status < 300 && body !== NOT_JSON;
  if (!isOk && !(status >= 400 && isRefusal(body))) throw new NotFromDiscord(status, about);
  if (status === 401 && isRefusal(body)) {
    // Thrown before discord.js sees it, because it would forget the token: one 401 is not believed (discord.md 1.6).
    const sent = { body: undefined, files: undefined };
    throw new DiscordAPIError(body, body.code, status, init.method ?? 'GET', url, sent);
  }
  return plain(status, text);
}

/** Without a content type discord.js does not look for JSON, which an empty answer has not. */
function plain(status: number, text: string): Answer {
  if (text === '') return new Response(null, { status });
  return new Response(text, { status, headers: { 'content-type': 'application/json' } });
}

/** What Discord answers when it refuses something. */
function isRefusal(body: unknown): body is { readonly code: number; readonly message: string } {
  return isJsonObject(body) && typeof body.code === 'number' && typeof body.message === 'string';
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** Removes ids and tokens, so that only the route is left. */
export function routeOf(url: string): string {
  return pathOf(url)
    .replace(/\/interactions\/[^/]+\/[^/]+/, '/interactions/:id/:token')
    .replace(/\/webhooks\/([^/]+)\/[^/]+/, '/webhooks/:id/:token')
    .replace(/\d{15,20}/g, ':id');
}
