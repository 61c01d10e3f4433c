/**
 * What follows when a backup was put back. It does not know what was done since: whoever was shown out meanwhile has a
 * grant in it that gives access. So nothing is given on any media server until an admin has looked; what has ended
 * by then ends all the same.
 */
import { say } from '../../words/say.ts';
import { RESTORED_FROM } from '../ports/backups.ts';
import type { Deps } from '../ports/deps.ts';
import { freeze } from './freeze.ts';

/** To be done before anything else is. Killed in the middle, it goes on at the next start. */
export function makeAfterRestore(deps: Deps) {
  return async (): Promise<void> => {
    const { stores, log } = deps;
    const madeAt = await stores.installation.find(RESTORED_FROM);
    if (!madeAt) return;
    const day = madeAt.slice(0, 16).replace('T', ' ');
    for (const guildId of await stores.due.listAll())
      await stores.transaction(guildId, async (tx) => {
        for (const server of await tx.servers.list())
          await freeze(deps, tx, server, {
            why: `the database was restored from a backup of ${day} UTC, which does not know what was done since.`,
            look: say('alert.frozen.look.restored'),
          });
      });
    await stores.installation.set(RESTORED_FROM, '');
    log.warn({ madeAt }, 'the database was restored; nothing is given until an admin has looked');
  };
}
