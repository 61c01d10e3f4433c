/**
 * Runs what is due: a timer armed for the next due moment, and a cron tick as the safety net for whatever the timer missed
 * (a suspended machine, a clock that was set). One pass at a time per guild; late is fine, lost is not: what is due is a query.
 */
import { CronJob } from 'cron';
import type { Clock, Log, Stores } from '../app/ports.ts';

/** Passes never follow each other faster than this, whatever is due. */
const MIN_PAUSE_MS = 250;
/** The timer is never armed for longer: setTimeout overflows at 24.8 days, and clocks get set. */
const MAX_WAIT_MS = 60 * 60 * 1000;
const GUILDS_AT_ONCE = 8;
/** A clock that jumps by more than this between two looks is not believed (design rule 5). */
const CLOCK_JUMP_MS = 24 * 60 * 60 * 1000;

export interface Jobs {
  /** Everything that is due in a guild. */
  enforce(guildId: string): Promise<void>;
  /** A full sync of a guild, and when the next one is due. */
  sync(guildId: string): Promise<void>;
  /** The clock cannot be believed: says so to the guild, whose due work is held. */
  hold(guildId: string): Promise<void>;
}

export interface Runner {
  /** Something changed: the next due moment is looked up again. */
  wake(): void;
  /** Takes no more work, and resolves when what runs has ended. */
  stop(): Promise<void>;
}

export function startRunner(deps: {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  /** Milliseconds that only ever go forward, whatever is done to the clock. */
  readonly steadyMs?: () => number;
}): Runner {
  const { stores, clock, log, jobs } = deps;
  const steadyMs = deps.steadyMs ?? (() => performance.now());
  /** How far the clock is ahead of the steady time; a restart is the confirmation that a new one is right. */
  const lead = clock.now().getTime() - steadyMs();
  const told = new Set<string>();
  const running = new Set<string>();
  const work = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let looking = false;
  let lookAgain = false;

  const run = (key: string, job: () => Promise<void>) => {
    // A guild whose pass is still running is found again when it ends: nothing is queued twice.
    if (running.has(key) || running.size >= GUILDS_AT_ONCE) return;
    running.add(key);
    const done = job()
      .catch((err) => log.error({ job: key, err }, 'a job broke off'))
      .then(() => clock.sleep(MIN_PAUSE_MS))
      .finally(() => {
        running.delete(key);
        work.delete(done);
        wake();
      });
    work.add(done);
  };

  const look = async () => {
    const now = clock.now();
    if (Math.abs(now.getTime() - steadyMs() - lead) > CLOCK_JUMP_MS) return await hold(now);
    told.clear();
    for (const guildId of await stores.due.listGuilds(now))
      run(`enforce:${guildId}`, () => jobs.enforce(guildId));
    for (const guildId of await stores.due.listSyncs(now)) run(`sync:${guildId}`, () => jobs.sync(guildId));
    const next = await stores.due.nextMoment();
    if (stopped || !next) return;
    clearTimeout(timer);
    const wait = Math.min(Math.max(next.getTime() - clock.now().getTime(), MIN_PAUSE_MS), MAX_WAIT_MS);
    // What is due already is being worked on; its end wakes the runner again.
    if (next > now || running.size === 0) timer = setTimeout(wake, wait);
  };

  /** Ends and starts by a wrong clock would be wrong: nothing is enforced until it is right again, or Usher is restarted. */
  const hold = async (now: Date) => {
    log.error({ clock: now.toISOString() }, 'the clock jumped by more than a day; enforcement is held');
    for (const guildId of await stores.due.listGuilds(now)) {
      if (told.has(guildId)) continue;
      told.add(guildId);
      run(`hold:${guildId}`, () => jobs.hold(guildId));
    }
  };

  function wake(): void {
    if (stopped) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    void look()
      .catch((err) => log.error({ err }, 'what is due could not be looked up'))
      .finally(() => {
        looking = false;
        if (!lookAgain) return;
        lookAgain = false;
        wake();
      });
  }

  const net = CronJob.from({ cronTime: '*/30 * * * * *', onTick: wake, start: true });
  wake();
  return {
    wake,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await net.stop();
      await Promise.all(work);
    },
  };
}
