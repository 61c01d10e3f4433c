/**
 * Discord over HTTP. There are three clients because their time limits differ: first answers have three seconds,
 * edits of answers have fifteen minutes, and the bot's own requests can wait in a queue (discord.md 0.7, 1.7, 4).
 */
import { DiscordAPIError, HTTPError, RateLimitError, type RawFile, REST, Routes } from 'discord.js';
import { inSteps } from '../../../concurrency/back-off.ts';
import { NotAsDocumented } from './json-reader.ts';
import {
  createRequests,
  NotFromDiscord,
  RateLimited,
  type Requests,
  type RequestsOptions,
  routeOf,
} from './requests.ts';

const UNLIMITED = 1_000_000;
/**
 * How often a client forgets what it keeps for routes that are idle. The answer to an interaction has a route of
 * its own, which is of no use any more when it was sent; by itself discord.js keeps it for an hour.
 */
const FORGET_EVERY_MS = 60_000;
/** 8 MiB at half a megabit a second. */
const UPLOAD_MS = 150_000;
/** Somebody is looking at the answer that has to be edited. */
const editBackOff = inSteps(0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000);

export interface Rests {
  /**
   * First answers to interactions: one try of two seconds each. The caller repeats them, because it must interpret
   * a repetition.
   */
  readonly callbacks: REST;
  /** Edits and follow-ups of answers, authorised by the token of the interaction. */
  readonly answers: REST;
  /** The same with files, which take their time on the way out of a home. */
  readonly uploads: REST;
  /**
   * Requests with the bot token: registration, messages, DMs. They are not repeated, and long rate limits are
   * thrown.
   */
  readonly bot: REST;
  /** What all of them are sent with. */
  readonly requests: Requests;
}

interface RestsOptions extends RequestsOptions {
  /** The base without a version, as in DISCORD_API_URL. */
  readonly apiUrl: string;
  readonly token: string;
}

export function createRests({ apiUrl, token, ...options }: RestsOptions): Rests {
  const api = apiUrl.replace(/\/+$/, '');
  const requests = createRequests(options);
  const answering = (timeoutMs: number) =>
    // Interaction endpoints do not count against the global limit (discord.md 1.1), but discord.js would count
    // them.
    new REST({
      api,
      retries: 0,
      globalRequestsPerSecond: UNLIMITED,
      handlerSweepInterval: FORGET_EVERY_MS,
      ...requests.sending({ timeoutMs, urgent: true }),
    });
  return {
    callbacks: answering(2_000),
    answers: answering(10_000),
    uploads: answering(UPLOAD_MS),
    bot: new REST({
      api,
      retries: 0,
      handlerSweepInterval: FORGET_EVERY_MS,
      ...requests.sending({ timeoutMs: 10_000, urgent: false }),
    }).setToken(token),
    requests,
  };
}

/** JSON and files of one message. */
export interface Outgoing {
  readonly body: object;
  readonly files?: readonly RawFile[];
}

/** The requests that answer an interaction. `withinMs`: how long the answer can still be used. */
export interface InteractionApi {
  /** One try. */
  callback(
    interaction: { readonly id: string; readonly token: string },
    body: Outgoing,
    withinMs: number,
  ): Promise<void>;
  /** Tried again for as long as the answer can be used; once only with 0. */
  editOriginal(interaction: Answerable, message: Outgoing, withinMs: number): Promise<void>;
  followUp(interaction: Answerable, message: Outgoing, withinMs: number): Promise<void>;
}

interface Answerable {
  readonly applicationId: string;
  readonly token: string;
}

export function createInteractionApi(
  rests: Pick<Rests, 'callbacks' | 'answers' | 'uploads'>,
  { clock, stopping }: Omit<RequestsOptions, 'log'>,
): InteractionApi {
  const request = ({ body, files }: Outgoing) => ({
    body,
    ...(files && files.length > 0 && { files: [...files] }),
    auth: false,
  });

  const clientFor = ({ files = [] }: Outgoing): REST => (files.length > 0 ? rests.uploads : rests.answers);

  // Editing twice has the same effect as editing once, and a second copy of a private message is better than none:
  // without an answer the person sees "thinking" for fifteen minutes, although what they wanted was done.
  async function untilReached(withinMs: number, send: () => Promise<unknown>): Promise<void> {
    const endsAt = clock.steadyMs() + withinMs;
    for (let failures = 1; ; failures += 1) {
      try {
        await send();
        return;
      } catch (error) {
        const failure = describeDiscordError(error);
        const waitMs = failure.retryAfterMs ?? (isPassing(failure) ? editBackOff(failures) : undefined);
        if (waitMs === undefined || clock.steadyMs() + waitMs > endsAt) throw error;
        // A stop waits a little for answers (discord.md 4), but not for a limit to end.
        if (waitMs > 0) await clock.sleep(waitMs, failure.kind === 'limited' ? stopping : undefined);
        if (failure.kind === 'limited' && stopping.aborted) throw error;
      }
    }
  }

  return {
    async callback({ id, token }, message, withinMs) {
      const signal = AbortSignal.timeout(Math.max(0, withinMs));
      await rests.callbacks.post(Routes.interactionCallback(id, token), { ...request(message), signal });
    },
    async editOriginal({ applicationId, token }, message, withinMs) {
      const route = Routes.webhookMessage(applicationId, token, '@original');
      await untilReached(withinMs, () => clientFor(message).patch(route, request(message)));
    },
    async followUp({ applicationId, token }, message, withinMs) {
      const route = Routes.webhook(applicationId, token);
      await untilReached(withinMs, () => clientFor(message).post(route, request(message)));
    },
  };
}

/** What is known about a failed request, without anything that must not be logged. */
export interface DiscordFailure {
  /**
   * `answered` by Discord, `foreign` when something else answered, `limited` by Discord or by the client, `unreached`
   * after a timeout or a broken connection.
   */
  readonly kind: 'answered' | 'foreign' | 'limited' | 'unreached' | 'bug';
  readonly status?: number;
  /** The code of Discord or of the network. Not called `code`, because the log would redact it as an invite code. */
  readonly errorCode?: number | string;
  readonly method?: string;
  readonly route?: string;
  readonly retryAfterMs?: number;
  /** Paths and codes of the fields that Discord refused, without their values. */
  readonly fields?: string;
}

/**
 * Describes an error for the log. The error itself must not be logged: the `url` of a DiscordAPIError contains the
 * token of the interaction, and its `requestBody` contains the message (discord.md 3.1).
 */
export function describeDiscordError(error: unknown): DiscordFailure {
  if (error instanceof DiscordAPIError) {
    const { status, code, method, url, rawError } = error;
    const fields = 'errors' in rawError ? fieldCodes(rawError.errors).join(' ') : '';
    return {
      kind: 'answered',
      status,
      errorCode: code,
      method,
      route: routeOf(url),
      ...(fields && { fields }),
    };
  }
  if (error instanceof HTTPError) {
    return { kind: 'answered', status: error.status, method: error.method, route: routeOf(error.url) };
  }
  if (error instanceof RateLimited) {
    const { method, route, waitMs } = error;
    return { kind: 'limited', status: 429, method, route, retryAfterMs: waitMs };
  }
  if (error instanceof NotFromDiscord) {
    const { status, method, route } = error;
    return { kind: 'foreign', status, method, route };
  }
  // The status was fine and the body was JSON, but what was asked for is not in it.
  if (error instanceof NotAsDocumented)
    return { kind: 'foreign', errorCode: error.name, fields: error.message };
  if (error instanceof RateLimitError) {
    const { method, route, retryAfter, timeToReset } = error;
    return { kind: 'limited', status: 429, method, route, retryAfterMs: Math.max(retryAfter, timeToReset) };
  }
  if (isNetworkError(error)) return { kind: 'unreached', errorCode: codeOf(error) ?? nameOf(error) };
  return { kind: 'bug', errorCode: nameOf(error) };
}

/** Whether the same request may succeed later, and may even have arrived: an outage, not a refusal. */
export function isPassing({ kind, status = 0 }: DiscordFailure): boolean {
  return kind === 'unreached' || kind === 'foreign' || (kind === 'answered' && status >= 500);
}

/** For the log. Beside an interaction, whose `kind` says what was typed, the kind of a failure has its own name. */
export function failureFields(error: unknown): Readonly<Record<string, unknown>> {
  const { kind: failure, ...rest } = describeDiscordError(error);
  return { failure, ...rest };
}

function fieldCodes(errors: unknown, path = ''): readonly string[] {
  if (typeof errors !== 'object' || errors === null) return [];
  return Object.entries(errors).flatMap(([key, value]) => {
    if (key !== '_errors') return fieldCodes(value, path ? `${path}.${key}` : key);
    return Array.isArray(value) ? value.map((item) => `${path}:${codeOf(item) ?? '?'}`) : [];
  });
}

/** Error codes of undici, the operating system, the HTTP parser and TLS. */
const NETWORK_CODE = /^(UND_ERR|E[A-Z]{3,}|HPE_|CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS|ERR_SSL)/;

function isNetworkError(error: unknown): boolean {
  if (nameOf(error) === 'AbortError' || nameOf(error) === 'TimeoutError') return true;
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined);
  return code !== undefined && NETWORK_CODE.test(code);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/**
 * An error in a form that may be logged: an error of Discord's REST client, even as a cause, is replaced by its
 * description.
 */
export function loggable(error: unknown): unknown {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (describeDiscordError(inner).kind !== 'bug') return describeDiscordError(inner);
  }
  return error;
}
