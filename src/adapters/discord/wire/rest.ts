/**
 * Discord over HTTP. There are three clients because their time limits differ: first answers have three seconds,
 * edits of answers have fifteen minutes, and the bot's own requests can wait in a queue (discord.md 0.7, 1.7, 4).
 */
import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import { DiscordAPIError, HTTPError, RateLimitError, type RawFile, REST, Routes } from 'discord.js';
import { doubling } from '../../../concurrency/back-off.ts';

/** The client waits out shorter rate limits. A longer one is thrown, so that the caller can try later. */
const PATIENCE_MS = 5_000;
const UNLIMITED = 1_000_000;
/** Somebody is looking at the answer that has to be edited. */
const EDITS_AGAIN = 3;
const editBackOff = doubling({ firstMs: 100, lastMs: 1_000 });

export interface Rests {
  /**
   * First answers to interactions: one try of two seconds each. The caller repeats them, because it must interpret
   * a repetition.
   */
  readonly callbacks: REST;
  /** Edits and follow-ups of answers, authorised by the token of the interaction. */
  readonly answers: REST;
  /**
   * Requests with the bot token: registration, messages, DMs. They are not repeated, and long rate limits are
   * thrown.
   */
  readonly bot: REST;
}

/** `apiUrl` is the base without a version, as in DISCORD_API_URL. */
export function createRests(options: { readonly apiUrl: string; readonly token: string }): Rests {
  const api = options.apiUrl.replace(/\/+$/, '');
  return {
    // Interaction endpoints do not count against the global limit (discord.md 1.1), but discord.js would count
    // them.
    callbacks: new REST({ api, timeout: 2_000, retries: 0, globalRequestsPerSecond: UNLIMITED }),
    answers: new REST({ api, timeout: 10_000, retries: 2, globalRequestsPerSecond: UNLIMITED }),
    bot: new REST({
      api,
      timeout: 10_000,
      retries: 0,
      rejectOnRateLimit: ({ timeToReset }) => timeToReset > PATIENCE_MS,
    }).setToken(options.token),
  };
}

/** JSON and files of one message. */
export interface Outgoing {
  readonly body: object;
  readonly files?: readonly RawFile[];
}

/** The requests that answer an interaction. */
export interface InteractionApi {
  callback(interaction: { readonly id: string; readonly token: string }, body: Outgoing): Promise<void>;
  editOriginal(interaction: Answerable, message: Outgoing): Promise<void>;
  followUp(interaction: Answerable, message: Outgoing): Promise<void>;
}

interface Answerable {
  readonly applicationId: string;
  readonly token: string;
}

export function createInteractionApi(rests: Pick<Rests, 'callbacks' | 'answers'>): InteractionApi {
  const request = ({ body, files }: Outgoing) => ({
    body,
    ...(files && files.length > 0 && { files: [...files] }),
    auth: false,
  });
  // Editing twice has the same effect as editing once, and without an answer the person would see "thinking" for
  // fifteen minutes.
  const untilReached = retry(
    handleWhen((error) => describeDiscordError(error).kind === 'unreached'),
    {
      maxAttempts: EDITS_AGAIN,
      backoff: new DelegateBackoff(({ attempt }: { readonly attempt: number }) => editBackOff(attempt)),
    },
  );
  return {
    async callback({ id, token }, message) {
      await rests.callbacks.post(Routes.interactionCallback(id, token), request(message));
    },
    async editOriginal({ applicationId, token }, message) {
      const route = Routes.webhookMessage(applicationId, token, '@original');
      await untilReached.execute(() => rests.answers.patch(route, request(message)));
    },
    async followUp({ applicationId, token }, message) {
      await rests.answers.post(Routes.webhook(applicationId, token), request(message));
    },
  };
}

/** What is known about a failed request, without anything that must not be logged. */
export interface DiscordFailure {
  /**
   * `answered` by Discord, `limited` by Discord or by the client, `unreached` after a timeout or a broken
   * connection.
   */
  readonly kind: 'answered' | 'limited' | 'unreached' | 'bug';
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
  if (error instanceof RateLimitError) {
    const { method, route, retryAfter, timeToReset } = error;
    return { kind: 'limited', status: 429, method, route, retryAfterMs: Math.max(retryAfter, timeToReset) };
  }
  if (isNetworkError(error)) return { kind: 'unreached', errorCode: codeOf(error) ?? nameOf(error) };
  return { kind: 'bug', errorCode: nameOf(error) };
}

/** Removes ids and tokens, so that only the route is left. */
function routeOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path
    .replace(/\/interactions\/[^/]+\/[^/]+/, '/interactions/:id/:token')
    .replace(/\/webhooks\/([^/]+)\/[^/]+/, '/webhooks/:id/:token')
    .replace(/\d{15,20}/g, ':id');
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
