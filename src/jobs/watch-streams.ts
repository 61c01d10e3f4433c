/** Counts what is being watched, for the messages that show it. */
import type { App } from '../app/app.ts';
import type { Log } from '../app/ports/log.ts';
import type { Clock } from '../app/ports/time.ts';

/** As often as a panel may be edited. */
const EVERY_MS = 30_000;

/** Counts until `stopping`. Resolves when it has ended. */
export async function watchStreams(deps: {
  readonly streams: Pick<App['streams'], 'look'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopping: AbortSignal;
}): Promise<void> {
  const { streams, clock, log, stopping } = deps;
  while (!stopping.aborted) {
    await streams.look(stopping).catch((err) => log.error({ err }, 'panels could not be listed'));
    await clock.sleep(EVERY_MS, stopping);
  }
}
