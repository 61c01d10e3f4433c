import type { Clock } from '../../../app/ports/time.ts';
import { inSteps } from '../../../concurrency/back-off.ts';

/** From one line to the next, as long as it goes on. */
const pauseAfter = inSteps(5 * 60_000, 15 * 60_000, 60 * 60_000);
/** After such a quiet time it is news again. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;

/** For what may happen twice a second for hours: says it once, and then rarely, with how often it happened. */
export function createRarely(clock: Clock) {
  const kinds = new Map<string, { saidAt: number; lastAt: number; lines: number; unsaid: number }>();
  /** Whether it is to be said now; then with how many times since the last line. */
  return (kind: string): { readonly times: number } | undefined => {
    const now = clock.steadyMs();
    const known = kinds.get(kind);
    if (!known || now - known.lastAt > FORGOTTEN_AFTER_MS) {
      kinds.set(kind, { saidAt: now, lastAt: now, lines: 1, unsaid: 0 });
      return { times: 1 };
    }
    known.lastAt = now;
    known.unsaid += 1;
    if (now - known.saidAt < pauseAfter(known.lines)) return undefined;
    const times = known.unsaid;
    Object.assign(known, { saidAt: now, lines: known.lines + 1, unsaid: 0 });
    return { times };
  };
}
