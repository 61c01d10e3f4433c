/** Looks after the database: without one that takes writes nothing ends, and nothing that is said is kept. */
import type { Log } from '../app/ports/log.ts';
import type { StorageCheck } from '../app/ports/storage.ts';
import type { Clock } from '../app/ports/time.ts';

const EVERY_MS = 30_000;
/** While it fails. A backup that has the file for a moment is over by then. */
const AGAIN_MS = 6_000;

/**
 * Looks until `stopping`. `onWell` is called at every look that finds all well. `onLost` is called at every look that
 * fails again, so that staff are told who could not be told before; `onBack` once after that, with since when it
 * failed. Resolves when it has ended.
 */
export async function watchStorage(deps: {
  readonly storage: StorageCheck;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopping: AbortSignal;
  readonly onWell: () => Promise<unknown>;
  readonly onLost: () => Promise<unknown>;
  readonly onBack: (since: Date) => Promise<unknown>;
}): Promise<void> {
  const { storage, clock, log, stopping } = deps;
  const settled = (work: Promise<unknown>) =>
    work.catch((err) => log.error({ err }, 'what became of the database could not be told'));
  let failures = 0;
  let since = clock.now();
  while (!stopping.aborted) {
    const why = await storage.look();
    if (why !== undefined) {
      if (failures === 0) since = clock.now();
      failures += 1;
      if (failures === 1) log.error({ why }, 'the database takes no writes; nothing ends until it does');
      else await settled(deps.onLost());
    } else {
      await settled(deps.onWell());
      if (failures > 0) log.info({}, 'the database takes writes again');
      if (failures > 1) await settled(deps.onBack(since));
      failures = 0;
    }
    await clock.sleep(failures > 0 ? AGAIN_MS : EVERY_MS, stopping);
  }
}
