/**
 * The queue of one process. Nothing of it outlives the process: what is due is a query, and a start adds it again
 * (at least once). On PostgreSQL the same port can be filled by a queue that many processes share.
 */
import type { Log } from '../../app/ports/log.ts';
import type { Queue, QueuedJob } from '../../app/ports/queue.ts';
import type { Clock } from '../../app/ports/time.ts';
import { doubling } from '../../concurrency/back-off.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { createKeyedSemaphore } from '../../concurrency/keyed-semaphore.ts';

/** A job never follows one of its key faster than this. */
const MIN_PAUSE_MS = 250;
/** Before a job that failed is tried again. */
const backOff = doubling({ firstMs: 10_000, lastMs: 10 * 60 * 1000 });
/** Jobs of one task at a time: one kind of work takes no place of another. */
const PLACES = 8;

export function createInProcessQueue({ clock, log }: { readonly clock: Clock; readonly log: Log }): Queue {
  /** Keys that were added and have not begun. */
  const waiting = new Set<string>();
  /** What a key runs, and its rest afterwards, before it runs again. */
  const turns = new KeyedMutex();
  const places = {
    enforce: createKeyedSemaphore(PLACES),
    sync: createKeyedSemaphore(PLACES),
    hold: createKeyedSemaphore(PLACES),
  };
  /** In a row, by key. */
  const failures = new Map<string, number>();
  const stopping = new AbortController();
  /** Nothing when it is stopped before it is started. */
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
    // Without a place: a key that rests for long keeps no other from running.
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
      // It is still to be done.
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
