import type { Sleeper } from './patience.ts';

/** Work that is done once nothing has happened for a while. */
export interface WhenQuiet {
  /** Something has happened: the wait begins anew. */
  disturb(): void;
  /** Waits no more. */
  stop(): void;
}

/** `work` must not throw. */
export function whenQuiet(clock: Sleeper, ms: number, work: () => Promise<void>): WhenQuiet {
  let waiting = new AbortController();
  return {
    disturb() {
      waiting.abort();
      waiting = new AbortController();
      const { signal } = waiting;
      void clock.sleep(ms, signal).then(() => (signal.aborted ? undefined : work()));
    },
    stop: () => waiting.abort(),
  };
}
