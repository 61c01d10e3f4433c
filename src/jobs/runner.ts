/**
 * Finds what is due and puts it into the queue. A timer is armed for the next due time; a tick catches whatever the
 * timer missed (a suspended machine, a clock that was set). What is due is always asked of the database, so work may
 * be late but is never lost (style.md 13). Timers of Node go on evenly, whatever the clock is set to; those of a cron
 * would be late by as much as it was set back.
 */

import type { Log } from '../app/ports/log.ts';
import type { Queue, QueuedJob } from '../app/ports/queue.ts';
import type { Stores } from '../app/ports/stores.ts';
import type { Clock } from '../app/ports/time.ts';
import { CHECK_EVERY_MS } from '../app/record/check.ts';
import type { GuildId } from '../domain/ids.ts';
import { PURGE_EVERY_MS } from '../domain/schedule.ts';
import type { WatchedClock } from './clock-hold.ts';
import type { Jobs } from './jobs.ts';
import { noteBelieved } from './last-believed.ts';

/**
 * The shortest time between two queries for what is due. Each reads all that is due, and every transaction asks for
 * one: while ten thousand grants end, more often would take longer than ending them.
 */
const MIN_PAUSE_MS = 250;
/** The timer is never armed for longer, because setTimeout overflows at 24.8 days and clocks get set. */
const MAX_WAIT_MS = 60 * 60 * 1000;
/** How often to query for other due work while some is still running. */
const BUSY_LOOK_MS = 500;
const TICK_MS = 30_000;
/** How often to look at a clock that is about to be set. */
const WAITING_LOOK_MS = 5_000;
const NOTE_EVERY_MS = 60_000;
/** What is done once a day or a week need not be looked for with all that is due: nobody waits for the minute. */
const RARE_LOOK_MS = 60_000;

export interface Runner {
  /** Something has changed: queries again for what is due next. */
  wake(): void;
  /** For how many milliseconds nobody has found out what is due: half a minute at most while all is well. */
  sinceLookMs(): number;
  /** Takes no more work, and resolves when running work has ended. */
  stop(): Promise<void>;
}

export function startRunner(deps: {
  readonly stores: Pick<Stores, 'due' | 'installation'>;
  readonly clock: Clock;
  readonly clockHold: WatchedClock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly queue: Queue;
}): Runner {
  const { stores, clock, clockHold, log, jobs, queue } = deps;
  const told = new Set<string>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let lookedMs = Number.NEGATIVE_INFINITY;
  /** When what is due was last found out. */
  let foundMs = clock.steadyMs();
  /** Armed while it is too early for another look. */
  let pausing: NodeJS.Timeout | undefined;

  /** Keys that are queued or running. They are not added again: when such a job ends, everything is looked up again. */
  const asked = new Set<string>();
  const add = (task: QueuedJob['task'], guildId: GuildId) => {
    const key = `${task}:${guildId}`;
    if (asked.has(key)) return;
    asked.add(key);
    queue.add({ task, guildId, key });
  };

  const look = async () => {
    const now = clock.now();
    if (clockHold.isHeld()) return await hold(now);
    told.clear();
    // What waits for another try waits for a moment of the clock as it was.
    if (clockHold.wasSetBack()) for (const guildId of await stores.due.listAll()) add('retry', guildId);
    note(now);
    for (const guildId of await stores.due.listGuilds(now)) add('enforce', guildId);
    for (const guildId of await stores.due.listSyncs(now)) add('sync', guildId);
    if (clock.steadyMs() - rareLookedMs >= RARE_LOOK_MS) await lookForRare(now);
    for (const guildId of await stores.due.listReminders(now)) add('remind', guildId);
    const [next] = [await stores.due.nextMoment(), await stores.due.nextReminder()]
      .filter((moment) => moment !== undefined)
      .toSorted((one, other) => one.getTime() - other.getTime());
    if (stopped || !next) return;
    clearTimeout(timer);
    // Work that is due already is running, maybe for long. What falls due meanwhile must not wait until it ends.
    const wait = next > now ? next.getTime() - clock.now().getTime() : BUSY_LOOK_MS;
    timer = setTimeout(wake, Math.min(Math.max(wait, MIN_PAUSE_MS), MAX_WAIT_MS));
  };

  let rareLookedMs = Number.NEGATIVE_INFINITY;
  const lookForRare = async (now: Date) => {
    const ago = (ms: number) => new Date(now.getTime() - ms);
    for (const guildId of await stores.due.listPurges(ago(PURGE_EVERY_MS))) add('purge', guildId);
    for (const guildId of await stores.due.listRecordChecks(ago(CHECK_EVERY_MS))) add('record', guildId);
    for (const guildId of await stores.due.listDigests(now)) add('remind', guildId);
    rareLookedMs = clock.steadyMs();
  };

  let noted = Number.NEGATIVE_INFINITY;
  let noting: Promise<void> | undefined;
  /** Nobody waits for it: the database may be busy, and what is due is not. */
  const note = (now: Date) => {
    if (noting || Math.abs(now.getTime() - noted) < NOTE_EVERY_MS) return;
    noting = noteBelieved(stores.installation, now)
      .then(() => {
        noted = now.getTime();
      })
      .catch((err) => log.error({ err }, 'the time could not be noted'))
      .finally(() => {
        noting = undefined;
      });
  };

  /** A wrong clock would start and end grants at the wrong time. Each guild that has something due is told once. */
  const hold = async (now: Date) => {
    if (clockHold.isWaiting()) {
      log.warn(
        { clock: now.toISOString() },
        'the clock is behind what it was before the start; nothing is enforced until it is set',
      );
      clearTimeout(timer);
      timer = setTimeout(wake, WAITING_LOOK_MS);
      return;
    }
    log.error({ clock: now.toISOString() }, 'the clock jumped by more than a day; enforcement is held');
    for (const guildId of await stores.due.listGuilds(now)) {
      if (told.has(guildId)) continue;
      told.add(guildId);
      add('hold', guildId);
    }
  };

  function wake(): void {
    if (stopped) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    if (pausing) return;
    const pauseMs = lookedMs + MIN_PAUSE_MS - clock.steadyMs();
    if (pauseMs > 0) {
      pausing = setTimeout(() => {
        pausing = undefined;
        wake();
      }, pauseMs);
      return;
    }
    looking = look()
      .then(() => {
        foundMs = clock.steadyMs();
      })
      .catch((err) => log.error({ err }, 'what is due could not be looked up'))
      .finally(() => {
        looking = undefined;
        lookedMs = clock.steadyMs();
        if (!lookAgain) return;
        lookAgain = false;
        wake();
      });
  }

  /** When a job ends, more may be due, or the next due time may have changed. */
  const thenLook = (work: (guildId: GuildId) => Promise<void>) => async (job: QueuedJob) => {
    try {
      await work(job.guildId);
    } finally {
      asked.delete(job.key);
      wake();
    }
  };

  /** It may have waited in the queue since the clock was looked at. Nothing is lost: what is due stays due. */
  const byTheClock =
    (work: (guildId: GuildId) => Promise<void>) =>
    async (guildId: GuildId): Promise<void> => {
      if (!clockHold.isHeld()) await work(guildId);
    };

  queue.start({
    enforce: thenLook(byTheClock((guildId) => jobs.enforce(guildId))),
    sync: thenLook(byTheClock((guildId) => jobs.sync(guildId))),
    remind: thenLook(byTheClock((guildId) => jobs.remind(guildId))),
    purge: thenLook(byTheClock((guildId) => jobs.purge(guildId))),
    record: thenLook(byTheClock((guildId) => jobs.record(guildId))),
    hold: thenLook((guildId) => jobs.hold(guildId)),
    retry: thenLook((guildId) => jobs.retry(guildId)),
  });
  const net = setInterval(wake, TICK_MS);
  wake();
  return {
    wake,
    sinceLookMs: () => clock.steadyMs() - foundMs,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(pausing);
      clearInterval(net);
      await looking;
      await noting;
      await queue.stop();
    },
  };
}
