/** Looking again at what a server may show late (media-servers.md E8, E43). */
import type { Known } from '../../ports/media-server.ts';
import type { Clock } from '../../ports/time.ts';

const LOOK_EVERY_MS = 2_000;

export interface Patience {
  /** For how long the server may show what was before a write. */
  readonly shownAfterMs: number;
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly stopping: AbortSignal;
}

/** The first answer that is as it should be, or the last one when the server has had time enough. */
export async function until<T>(
  { shownAfterMs, clock, stopping }: Patience,
  ask: () => Promise<Known<T>>,
  isSo: (value: T) => boolean,
): Promise<Known<T>> {
  const endsMs = clock.steadyMs() + shownAfterMs;
  for (;;) {
    const answer = await ask();
    if (answer.kind === 'known' && isSo(answer.value)) return answer;
    if (stopping.aborted || clock.steadyMs() >= endsMs) return answer;
    await clock.sleep(LOOK_EVERY_MS, stopping);
  }
}
