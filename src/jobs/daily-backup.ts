/** Makes a backup a day. When the last one was made is read from the folder, so that a restart changes nothing. */
import type { Backups } from '../app/ports/backups.ts';
import type { Clock } from '../app/ports/time.ts';
import { BACKUP_EVERY_MS } from '../domain/schedule.ts';

/** A start has other things to do, and a process that ends again at once need not be backed up. */
const FIRST_LOOK_MS = 10 * 60_000;
const LOOK_EVERY_MS = 60 * 60_000;

/** Looks until `stopping`. `onFailed` is called for each that could not be made, with a sentence. */
export async function backUpDaily(deps: {
  readonly backups: Backups;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  readonly onFailed: () => Promise<void>;
  readonly onMade: () => Promise<void>;
}): Promise<void> {
  const { backups, clock, stopping } = deps;
  await clock.sleep(FIRST_LOOK_MS, stopping);
  while (!stopping.aborted) {
    const newest = await backups.newest();
    // A clock that was set back makes the newest one of tomorrow.
    const age = newest ? Math.abs(clock.now().getTime() - newest.madeAt.getTime()) : BACKUP_EVERY_MS;
    if (age >= BACKUP_EVERY_MS) {
      const outcome = await backups.make();
      if (outcome.kind === 'not ours') return;
      await (outcome.kind === 'made' ? deps.onMade() : deps.onFailed());
    }
    await clock.sleep(LOOK_EVERY_MS, stopping);
  }
}
