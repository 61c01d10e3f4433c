import type { App } from '../app/app.ts';
import type { Log } from '../app/ports/log.ts';
import type { Stores } from '../app/ports/stores.ts';
import type { Clock, ClockHold } from '../app/ports/time.ts';
import { inParallel } from '../concurrency/in-parallel.ts';

/** What becomes due so soon is waited for: who starts Usher again may be late, or nobody does. */
const SOON_MS = 15_000;
const GUILDS_AT_ONCE = 8;
/** The shortest time between two queries for what is due. */
const MIN_PAUSE_MS = 250;

interface Parts {
  readonly app: Pick<App, 'enforce'>;
  readonly stores: Pick<Stores, 'due'>;
  readonly clock: Clock;
  readonly clockHold: ClockHold;
  readonly log: Log;
}

/** Does what is due in every guild, and resolves when the passes over the servers have ended, whatever came of them. */
export async function enforceDue({ app, stores, clock, clockHold, log }: Parts): Promise<void> {
  if (clockHold.isHeld()) return;
  await inParallel(await stores.due.listGuilds(clock.now()), GUILDS_AT_ONCE, (guildId) =>
    app.enforce.guild(guildId).catch((err) => log.error({ guildId, err }, 'a guild could not be enforced')),
  );
}

/**
 * Before an end that lasts until a person acts: does what is due, and what is due soon. Never rejects; `stopping` ends
 * it early.
 */
export async function lastPass(
  parts: Parts & { readonly app: Pick<App, 'idle'> },
  stopping: AbortSignal,
): Promise<void> {
  const { app, stores, clock, log } = parts;
  const until = clock.now().getTime() + SOON_MS;
  try {
    while (!stopping.aborted) {
      await enforceDue(parts);
      const next = await stores.due.nextMoment();
      const now = clock.now().getTime();
      if (!next || Math.max(next.getTime(), now) > until) break;
      await clock.sleep(Math.max(next.getTime() - now, MIN_PAUSE_MS), stopping);
    }
  } catch (err) {
    log.error({ err }, 'what is due could not be looked up');
  }
  // What the runner has begun meanwhile.
  if (!stopping.aborted) await app.idle('servers');
}
