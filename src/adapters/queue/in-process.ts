/**
 * The queue of one process. It forgets its jobs when the process ends: what is due is asked of the database, and
 * the next start adds it again (style.md 13). On PostgreSQL, a queue shared by many processes can implement the
 * same port.
 */
import type { Log } from '../../app/ports/log.ts';
import type { Queue, QueuedJob } from '../../app/ports/queue.ts';
import type { Clock } from '../../app/ports/time.ts';
import { doubling } from '../../concurrency/back-off.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { createKeyedSemaphore } from '../../concurrency/keyed-semaphore.ts';

/** The shortest pause between two jobs of the same key. */
const MIN_PAUSE_MS = 250;
/** The pause before a failed job is tried again. */
const backOff = doubling({ firstMs: 10_000, lastMs: 10 * 60 * 1000 });
/**
 * How many jobs of one task run at once, each of another guild. Counted per task, so that one kind of work cannot crowd
 * out another. Of what is due many, because such a job waits for the database only, where guilds take turns.
 */
const PLACES = { enforce: 64, sync: 8, remind: 8, hold: 8, retry: 8, purge: 2, record: 1 };

export function createInProcessQueue({ clock, log }: { readonly clock: Clock; readonly log: Log }): Queue {
  /** Keys of jobs that were added and have not begun. */
  const waiting = new Set<string>();
  /** One turn of a key is a job and the rest after it. */
  const turns = new KeyedMutex();
  const places = {
    enforce: createKeyedSemaphore(PLACES.enforce),
    sync: createKeyedSemaphore(PLACES.sync),
    remind: createKeyedSemaphore(PLACES.remind),
    hold: createKeyedSemaphore(PLACES.hold),
    retry: createKeyedSemaphore(PLACES.retry),
    purge: createKeyedSemaphore(PLACES.purge),
    record: createKeyedSemaphore(PLACES.record),
  };
  /** How many times in a row the job of a key has failed. */
  const failures = new Map<string, number>();
  const stopping = new AbortController();
  /** Undefined when the queue is stopped before it is started. */
  const started = Promise.withResolvers<Parameters<Queue['start']>[0] | undefined>();

  function add(job: QueuedJob): void {
    if (stopping.signal.aborted || waiting.has(job.key)) return;
    waiting.add(job.key);
    void turns.run(job.key, () => takeTurn(job));
  }

  async function takeTurn(job: QueuedJob): Promise<void> {
    const handlers = await started.promise;
    if (!handlers) return;
    await places[job.task].take(job.key, () => run(job, handlers[job.task]));
    // The place is free meanwhile: a key that rests for long keeps no other from running.
    const failed = failures.get(job.key);
    await clock.sleep(failed === undefined ? MIN_PAUSE_MS : backOff(failed), stopping.signal);
  }

  /** Never throws. */
  async function run(job: QueuedJob, handle: (job: QueuedJob) => Promise<void>): Promise<void> {
    const { key } = job;
    if (stopping.signal.aborted) return;
    // From now on the key can be added again.
    waiting.delete(key);
    try {
      await handle(job);
      failures.delete(key);
    } catch (err) {
      log.error({ job: key, err }, 'a job broke off');
      failures.set(key, (failures.get(key) ?? 0) + 1);
      // The job still has to be done.
      add(job);
    }
  }

  return {
    start: started.resolve,
    add,
    async stop() {
      stopping.abort();
      started.resolve(undefined);
      await turns.idle();
    },
  };
}
