import type { Answer } from '../../http.ts';
import { rateLimited } from '../faults.ts';

/**
 * Rate limits. `generous` sends the headers and never refuses, so that tests need not wait. `like-discord` allows
 * 50 requests a second in all, 5 messages in 5 s per channel, and 5 requests in 2 s per webhook (discord.md 1.7).
 */
export type RateLimits = 'generous' | 'like-discord';

interface Bucket {
  used: number;
  resetAt: number;
}

export class Buckets {
  readonly #mode: RateLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(mode: RateLimits) {
    this.#mode = mode;
  }

  /**
   * Counts one request. Returns the headers to send, or the 429. Uses real time, because the client waits in real
   * time.
   */
  take(
    method: string,
    path: string,
    params: Readonly<Record<string, string>>,
  ): { readonly headers: Record<string, string>; readonly refused?: Answer } {
    const { limit, windowMs } = this.#limitOf(method, path);
    // A bucket per route and major parameter. Each interaction has a token of its own, so its bucket limits
    // nothing.
    const major = params.channel ?? params.guild ?? params.token ?? '';
    const name = `${method} ${path}`;
    const bucket = this.#bucket(`${name} ${major}`, windowMs);
    if (this.#mode === 'like-discord' && !path.startsWith('/interactions')) {
      const all = this.#bucket('global', 1000);
      const wait = (until: Bucket) => Math.max(1, until.resetAt - performance.now());
      if (all.used >= 50) {
        return { headers: {}, refused: rateLimited({ retryAfterMs: wait(all), scope: 'global' }) };
      }
      if (bucket.used >= limit) return { headers: {}, refused: rateLimited({ retryAfterMs: wait(bucket) }) };
      all.used += 1;
    }
    bucket.used += 1;
    const resetAfter = Math.max(0, bucket.resetAt - performance.now()) / 1000;
    return {
      headers: {
        'x-ratelimit-bucket': Buffer.from(name).toString('hex').slice(0, 32),
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(this.#mode === 'generous' ? 1 : 0, limit - bucket.used)),
        'x-ratelimit-reset-after': resetAfter.toFixed(3),
        'x-ratelimit-reset': (Date.now() / 1000 + resetAfter).toFixed(3),
      },
    };
  }

  #limitOf(method: string, path: string): { limit: number; windowMs: number } {
    if (this.#mode === 'generous') return { limit: 1000, windowMs: 1000 };
    if (method === 'POST' && path === '/channels/:channel/messages') return { limit: 5, windowMs: 5000 };
    if (path.startsWith('/webhooks')) return { limit: 5, windowMs: 2000 };
    return { limit: 50, windowMs: 1000 };
  }

  #bucket(key: string, windowMs: number): Bucket {
    const now = performance.now();
    const found = this.#buckets.get(key);
    if (found && found.resetAt > now) return found;
    const fresh = { used: 0, resetAt: now + windowMs };
    this.#buckets.set(key, fresh);
    // Each interaction token has a bucket; in a benchmark these would accumulate.
    if (this.#buckets.size > 5_000)
      for (const [old, bucket] of this.#buckets) if (bucket.resetAt <= now) this.#buckets.delete(old);
    return fresh;
  }
}
