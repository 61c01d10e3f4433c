/**
 * SQLite answers at once, without ever going back to the event loop: a loop over a thousand grants would keep
 * everything else waiting, such as what somebody has just typed, until it is done. So statements give way.
 */
import type { Clock } from '../../app/ports/time.ts';

/** How long statements may follow each other before everything else gets its turn, in ms. */
const TURN_MS = 10;

/** Runs a statement at once, or after everything else had its turn, when that was long ago. */
export type GiveWay = <T>(statement: () => Promise<T>) => Promise<T>;

export function createGiveWay(clock: Pick<Clock, 'steadyMs'>): GiveWay {
  let since = clock.steadyMs();
  let giving: Promise<void> | undefined;
  return async (statement) => {
    // Asked again after the turn: of many that waited for it, those before may have taken long.
    while (clock.steadyMs() - since >= TURN_MS) {
      giving ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        giving = undefined;
        since = clock.steadyMs();
      });
      await giving;
    }
    return await statement();
  };
}
