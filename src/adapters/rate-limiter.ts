import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiter } from '../app/ports/secrets.ts';

/** Five tries in ten minutes per key (discord.md 3.6). Kept in memory, so a restart clears it. */
export function createRateLimiter(): RateLimiter {
  const limiter = new RateLimiterMemory({ points: 5, duration: 600 });
  return {
    async take(key) {
      try {
        await limiter.consume(key);
        return true;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return false;
        throw refusal;
      }
    },
    async clear(key) {
      await limiter.delete(key);
    },
  };
}
