/**
 * The queue of one process. It forgets its jobs when the process ends: what is due is asked of the database, and
 * the next start adds it again (style.md 13). On PostgreSQL, a queue shared by many processes can implement the
 * same port.
 */

import type { Log } from '../../app/ports/log.ts';
import type { Queue, QueuedJob } from '../../app/ports/queue.ts';
import type { Clock } from '../../app/ports/time.ts';

/** The shortest pause between two jobs of the same key. */
const MIN_PAUSE_MS = 250;
/** The pause before a failed job is tried again. It doubles with each failure in a row. */
const AFTER_FAILURE_MS = 10_000;
const MAX_AFTER_FAILURE_MS = 10 * 60 * 1000;
/** How many jobs of one task run at once. Counted per task, so that one kind of work cannot crowd out another. */
const PLACES = 8;

export function createInProcessQueue({ clock, log }: { readonly clock: Clock; readonly log: Log }): Queue {
  /** Jobs by key that were added and have not begun, in the order of arrival. */
  const waiting = new Map<string, QueuedJob>();
  /** Keys of jobs that run, or that rest after running. */
  const taken = new Set<string>();
  const busyLanes = new Set<string>();
  const running = new Map<Promise<unknown>, QueuedJob>();
  const failures = new Map<string, number>();
  const stopping = new AbortController();
  let handlers: Parameters<Queue['start']>[0] | undefined;
  let alarm = new AbortController();

  const isReady = ({ key, task, lane, runAt }: QueuedJob): boolean =>
    !taken.has(key) &&
    (lane === undefined || !busyLanes.has(lane)) &&
    (runAt === undefined || runAt <= clock.now()) &&
    [...running.values()].filter((other) => other.task === task).length < PLACES;

  /** Begins every job that can begin, and sets the alarm for the next one that waits for its time. */
  function pump(): void {
    if (stopping.signal.aborted || !handlers) return;
    for (const job of [...waiting.values()]) {
      if (!isReady(job)) continue;
      waiting.delete(job.key);
      void run(job, handlers[job.task]);
    }
    alarm.abort();
    const next = Math.min(...[...waiting.values()].flatMap(({ runAt }) => runAt?.getTime() ?? []));
    const wait = next - clock.now().getTime();
    if (!Number.isFinite(wait) || wait <= 0) return;
    alarm = new AbortController();
    const { signal } = alarm;
    void clock.sleep(wait, AbortSignal.any([signal, stopping.signal])).then(() => {
      if (!signal.aborted) pump();
    });
  }

  async function run(job: QueuedJob, handle: (job: QueuedJob) => Promise<void>): Promise<void> {
    const { key, lane } = job;
    taken.add(key);
    if (lane !== undefined) busyLanes.add(lane);
    const done = handle(job).then(
      () => failures.delete(key),
      (err) => {
        log.error({ job: key, err }, 'a job broke off');
        failures.set(key, (failures.get(key) ?? 0) + 1);
        // The job still has to be done, unless it was added again meanwhile.
        if (!waiting.has(key)) waiting.set(key, job);
      },
    );
    running.set(done, job);
    await done;
    running.delete(done);
    if (lane !== undefined) busyLanes.delete(lane);
    pump();
    await clock.sleep(restAfter(failures.get(key) ?? 0), stopping.signal);
    taken.delete(key);
    pump();
  }

  return {
    start(byTask) {
      handlers = byTask;
      pump();
    },
    add(job) {
      const before = waiting.get(job.key);
      if (!before || isEarlier(job, before)) waiting.set(job.key, job);
      pump();
    },
    async stop() {
      stopping.abort();
      alarm.abort();
      await Promise.all(running.keys());
    },
  };
}

const isEarlier = (one: QueuedJob, other: QueuedJob): boolean =>
  (one.runAt?.getTime() ?? 0) < (other.runAt?.getTime() ?? 0);

const restAfter = (failed: number): number =>
  failed === 0 ? MIN_PAUSE_MS : Math.min(AFTER_FAILURE_MS * 2 ** (failed - 1), MAX_AFTER_FAILURE_MS);
