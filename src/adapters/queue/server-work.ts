/** Exclusive work in one process. For several processes, a lock that they share can implement the same port. */
import type { ServerWork } from '../../app/ports/server-work.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';

export function createServerWork(): ServerWork {
  const servers = new KeyedMutex();
  const accounts = new KeyedMutex();
  // Only this decides which works exclude each other. If guilds shared a server, its key would have to change here.
  const keyOf = (...ids: readonly string[]) => ids.join(':');
  return {
    exclusive: (guildId, serverId, work) => servers.run(keyOf(guildId, serverId), work),
    isBusy: (guildId, serverId) => servers.isBusy(keyOf(guildId, serverId)),
    exclusiveFor: (guildId, serverId, memberId, work) =>
      accounts.run(keyOf(guildId, serverId, memberId), work),
    get size() {
      return servers.size + accounts.size;
    },
    async idle() {
      await Promise.all([servers.idle(), accounts.idle()]);
    },
  };
}
