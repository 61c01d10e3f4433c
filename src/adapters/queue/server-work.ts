/** Exclusive work in one process. With many of them the same port is filled by a lock that all of them share. */
import type { ServerWork } from '../../app/ports/server-work.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';

export function createServerWork(): ServerWork {
  const servers = new KeyedMutex();
  const accounts = new KeyedMutex();
  // The only place that knows what makes two works the same: a server that several guilds share would be keyed here.
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
