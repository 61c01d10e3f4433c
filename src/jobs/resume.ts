import type { App } from '../app/app.ts';
import type { Log } from '../app/ports/log.ts';
import type { Stores } from '../app/ports/stores.ts';

/** At the start: what an earlier run left half done, open sign-ins, accounts that were being made, drills (rule 11). */
export async function resume(
  app: Pick<App, 'serverAccounts' | 'signIns' | 'drills'>,
  { due }: Pick<Stores, 'due'>,
  log: Log,
): Promise<void> {
  const guildIds = await due.listUnfinished();
  await Promise.all(
    guildIds.flatMap((guildId) =>
      [app.serverAccounts.resume(guildId), app.signIns.resume(guildId), app.drills.resume(guildId)].map(
        (work) =>
          work.catch((err) => log.error({ guildId, err }, 'what was left half done could not be finished')),
      ),
    ),
  );
}
