import type { Answer } from '../http.ts';

/**
 * Answers in Discord's form, for `discord.http.fault({ path, answer })`.
 * @example discord.http.fault({ path: /\/messages$/, answer: rateLimited({ retryAfterMs: 50 }) });
 */
export function rateLimited(options: {
  readonly retryAfterMs: number;
  /**
   * `user`: this bot on this route. `shared`: others used up the limit; does not count as invalid. `global`: all of
   * this bot.
   */
  readonly scope?: 'user' | 'shared' | 'global';
}): Answer {
  const scope = options.scope ?? 'user';
  const seconds = options.retryAfterMs / 1000;
  return {
    status: 429,
    headers: {
      'retry-after': String(seconds),
      'x-ratelimit-scope': scope,
      ...(scope === 'global'
        ? { 'x-ratelimit-global': 'true' }
        : { 'x-ratelimit-bucket': 'limited-on-demand' }),
      ...(scope !== 'global' && {
        'x-ratelimit-limit': '5',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset-after': String(seconds),
        'x-ratelimit-reset': String(Date.now() / 1000 + seconds),
      }),
    },
    body: { message: 'You are being rate limited.', retry_after: seconds, global: scope === 'global' },
  };
}

/** A refusal with one of Discord's codes. */
export function discordError(status: number, code: number, message: string): Answer {
  return { status, body: { message, code } };
}

/** What Discord's front end (Cloudflare) answers while Discord itself is down: HTML instead of JSON. */
export function badGateway(status: 502 | 503 | 504 = 502): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html><head><title>${status}</title></head></html>`,
  };
}

/** A 429 as Discord's own description has it: the time stands in the body only. */
export function rateLimitedInBody(retryAfterSeconds: number, global = false): Answer {
  return {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: retryAfterSeconds, global },
  };
}

/** A page of whatever stands between the bot and Discord: a proxy, a firewall, a login of a hotel. */
export function proxyPage(status: number, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html', ...headers },
    body: `<html><head><title>${status}</title></head><body>Ask your administrator.</body></html>`,
  };
}
