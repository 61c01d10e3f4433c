/**
 * When a new session may be begun. Discord allows 1,000 a day and takes the token away after that (discord.md 1.8), and
 * discord.js begins the next one half a second after the last one ended.
 */
import type { Log } from '../../../app/ports/log.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { doubling } from '../../../concurrency/back-off.ts';
import { isJsonObject } from '../wire/json-reader.ts';

const FACT = 'discord.identifies';
const DAY_MS = 86_400_000;
/** A session that ends sooner did not last. */
const LASTS_MS = 10 * 60_000;
/** From one identify to the next, after so many sessions in a row that did not last. */
const pauseAfter = doubling({ firstMs: 5_000, lastMs: 15 * 60_000 });
const SPACING_MS = 5_000;
const SAID_AT = 0.5;
const LEFT_ALONE_AT = 0.9;

/** What Discord says of a day's sessions. */
interface SessionLimit {
  readonly total: number;
  readonly remaining: number;
  readonly resetAfterMs: number;
  /** How many shards may identify within the same five seconds. */
  readonly atOnce: number;
}

export interface IdentifyBudget {
  /** Discord's own count, which knows of other processes with this token. */
  learn(limit: SessionLimit): Promise<void>;
  /** Resolves when this shard may identify, and counts it. @throws when `signal` aborts before. */
  take(shard: number, signal: AbortSignal): Promise<void>;
}

export interface BudgetOptions {
  /** Keeps the count of the day over restarts. */
  readonly facts: Stores['installation'];
  readonly clock: Clock;
  readonly log: Log;
}

interface Session {
  readonly at: number;
  /** How many before it, in a row, did not last. */
  readonly short: number;
  /** When the next one was asked for first; what is waited then is no part of it. */
  endedAt?: number;
}

interface Day {
  readonly since: Date;
  readonly count: number;
}

export function createIdentifyBudget({ facts, clock, log }: BudgetOptions): IdentifyBudget {
  let total = 1_000;
  let atOnce = 1;
  /** When the last shard of each group of Discord's identified. */
  const groups = new Map<number, number>();
  const last = new Map<number, Session>();

  /** What could not be kept: a database that takes no writes is no reason to stay away from Discord. */
  let unkept: Day | undefined;

  async function today(): Promise<Day> {
    const now = clock.now();
    const kept = unkept ?? readDay(await facts.find(FACT).catch(() => undefined));
    return kept && now.getTime() - kept.since.getTime() < DAY_MS ? kept : { since: now, count: 0 };
  }

  async function keep({ since, count }: Day): Promise<void> {
    try {
      await facts.set(FACT, JSON.stringify({ since, count }));
      unkept = undefined;
    } catch (err) {
      unkept = { since, count };
      log.error({ err, count }, 'the number of gateway sessions could not be kept');
    }
  }

  async function wait(ms: number, signal: AbortSignal): Promise<void> {
    await clock.sleep(ms, signal);
    signal.throwIfAborted();
  }

  /** How long this shard has to wait because its last sessions did not last. */
  const pauseMs = (before: Session | undefined): number =>
    before ? before.at + pauseAfter(before.short + 1) - clock.steadyMs() : 0;

  return {
    async learn(limit) {
      ({ total, atOnce } = limit);
      const used = limit.total - limit.remaining;
      const day = await today();
      if (used <= day.count) return;
      await keep({ since: new Date(clock.now().getTime() + limit.resetAfterMs - DAY_MS), count: used });
    },

    async take(shard, signal) {
      const before = last.get(shard);
      if (before) before.endedAt ??= clock.steadyMs();
      const pause = pauseMs(before);
      if (pause > 0) {
        log.warn({ shard, waitMs: pause }, 'the last gateway session did not last; the next one waits');
        await wait(pause, signal);
      }
      const group = shard % Math.max(1, atOnce);
      const spacing = (groups.get(group) ?? Number.NEGATIVE_INFINITY) + SPACING_MS - clock.steadyMs();
      if (spacing > 0) await wait(spacing, signal);
      groups.set(group, clock.steadyMs());
      let day = await today();
      if (day.count >= total * LEFT_ALONE_AT) {
        const until = new Date(day.since.getTime() + DAY_MS);
        log.error(
          { ...day, total, until },
          'nearly all gateway sessions of the day are used; the rest is left alone',
        );
        await wait(until.getTime() - clock.now().getTime(), signal);
        day = await today();
      }
      const count = day.count + 1;
      // Before it is sent: a process that is killed now has used it up.
      await keep({ since: day.since, count });
      if (count === Math.ceil(total * SAID_AT))
        log.warn({ count, total, since: day.since }, 'half of the gateway sessions of the day are used');
      const isShort = before?.endedAt !== undefined && before.endedAt - before.at < LASTS_MS;
      last.set(shard, { at: clock.steadyMs(), short: isShort ? before.short + 1 : 0 });
    },
  };
}

function readDay(text: string | undefined): Day | undefined {
  if (text === undefined) return undefined;
  try {
    const kept: unknown = JSON.parse(text);
    if (!isJsonObject(kept) || typeof kept.since !== 'string' || typeof kept.count !== 'number')
      return undefined;
    const since = new Date(kept.since);
    return Number.isNaN(since.getTime()) ? undefined : { since, count: kept.count };
  } catch {
    return undefined;
  }
}
