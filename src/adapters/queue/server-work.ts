/** Exclusive work in one process. For several processes, a lock that they share can implement the same port. */
import type { ServerWork } from '../../app/ports/server-work.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';

export function createServerWork(): ServerWork {
  const guilds = new KeyedMutex();
  const servers = new KeyedMutex();
  const accounts = new KeyedMutex();
  // Only this decides which works exclude each other.
  const keyOf = (...ids: readonly string[]) => ids.join(':');
  return {
    exclusive: (guildId, { id, kind, identity }, work) =>
      guilds.run(keyOf(guildId, id), () => servers.run(keyOf(kind, identity), work)),
    isBusy: (guildId, serverId) => guilds.isBusy(keyOf(guildId, serverId)),
    exclusiveFor: (guildId, serverId, memberId, work) =>
      accounts.run(keyOf(guildId, serverId, memberId), work),
    get size() {
      return guilds.size + accounts.size;
    },
    async idle() {
      await Promise.all([guilds.idle(), accounts.idle()]);
    },
  };
}
