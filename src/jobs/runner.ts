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
/** While something that is due is being worked on, other work is looked for this often. */
const BUSY_LOOK_MS = 500;
/** Before a job that threw is tried again. */
const AFTER_FAILURE_MS = 10_000;
/** Guilds at a time, for each kind of job: syncs, which wait for media servers, take no place of the others. */
const GUILDS_AT_ONCE = 8;
/** A clock that jumps by more than this between two looks is not believed (design rule 5). */
const CLOCK_JUMP_MS = 24 * 60 * 60 * 1000;

export interface Jobs {
  /** Begins everything that is due in a guild; soon done, whatever media servers do. */
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
  readonly steadyMs: () => number;
}): Runner {
  const { stores, clock, log, jobs, steadyMs } = deps;
  /** How far the clock is ahead of the steady time; a restart is the confirmation that a new one is right. */
  const lead = clock.now().getTime() - steadyMs();
  const told = new Set<string>();
  const running = new Set<string>();
  const work = new Set<Promise<boolean>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let lookAgain = false;

  const run = (key: string, job: () => Promise<void>) => {
    // A guild whose job is still running is found again when it ends: nothing is queued twice.
    const kind = key.slice(0, key.indexOf(':') + 1);
    const places = GUILDS_AT_ONCE - [...running].filter((other) => other.startsWith(kind)).length;
    if (stopping.signal.aborted || running.has(key) || places <= 0) return;
    running.add(key);
    const done = job().then(
      () => true,
      (err) => {
        log.error({ job: key, err }, 'a job broke off');
        return false;
      },
    );
    work.add(done);
    void done.then(async (well) => {
      work.delete(done);
      await clock.sleep(well ? MIN_PAUSE_MS : AFTER_FAILURE_MS, stopping.signal);
      running.delete(key);
      wake();
    });
  };

  const look = async () => {
    const now = clock.now();
    if (Math.abs(now.getTime() - steadyMs() - lead) > CLOCK_JUMP_MS) return await hold(now);
    told.clear();
    for (const guildId of await stores.due.listGuilds(now))
      run(`enforce:${guildId}`, () => jobs.enforce(guildId));
    for (const guildId of await stores.due.listSyncs(now)) run(`sync:${guildId}`, () => jobs.sync(guildId));
    const next = await stores.due.nextMoment();
    if (stopping.signal.aborted || !next) return;
    clearTimeout(timer);
    // What is due already is being worked on, maybe for long; what falls due meanwhile must not wait for its end.
    const wait = next > now ? next.getTime() - clock.now().getTime() : BUSY_LOOK_MS;
    timer = setTimeout(wake, Math.min(Math.max(wait, MIN_PAUSE_MS), MAX_WAIT_MS));
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
    if (stopping.signal.aborted) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = look()
      .catch((err) => log.error({ err }, 'what is due could not be looked up'))
      .finally(() => {
        looking = undefined;
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
      stopping.abort();
      clearTimeout(timer);
      await net.stop();
      await looking;
      await Promise.all(work);
    },
  };
}
