import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiter, RateLimits } from '../app/ports/secrets.ts';

const TEN_MINUTES = 600;

/**
 * In ten minutes: five tries by a member, fifty wrong codes in a guild, five hundred by strangers (discord.md 3.6).
 * Kept in memory, so a restart clears it.
 */
export function createRateLimiter(): RateLimits {
  return { member: limiterOf(5), guild: limiterOf(50), strangers: limiterOf(500) };
}

function limiterOf(points: number): RateLimiter {
  const limiter = new RateLimiterMemory({ points, duration: TEN_MINUTES });
  return {
    async take(key) {
      try {
        const { remainingPoints } = await limiter.consume(key);
        return remainingPoints === 0 ? 'last' : 'taken';
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return 'none-left';
        throw refusal;
      }
    },
    async isSpent(key) {
      return ((await limiter.get(key))?.consumedPoints ?? 0) >= points;
    },
    async giveBack(key) {
      await limiter.reward(key);
    },
    async clear(key) {
      await limiter.delete(key);
    },
  };
}
