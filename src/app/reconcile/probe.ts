/** Asks unreachable servers whether they answer again; when one does, whatever waited for it is done. */

import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { GuildId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server } from '../../domain/model.ts';
import { note, noteReading } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { Enforce } from './enforce.ts';

export interface ProbeOffline {
  /**
   * Begins a probe of each unreachable server of a guild whose time has come; what waited for one that answers goes
   * ahead. Does not wait for them: a server that hangs holds up nothing else.
   */
  begin(guildId: GuildId): Promise<void>;
  /** Asks a server at once, whatever its time, and does what waited for it; resolves when that has ended. */
  now(guildId: GuildId, server: Server): Promise<void>;
  /** How many servers are being probed. */
  readonly size: number;
  /** Resolves when no probe runs any more. */
  idle(): Promise<void>;
}

export function makeProbeOffline(deps: Deps, enforce: Enforce): ProbeOffline {
  const probes = new KeyedMutex();
  const run = (probed: Probed) =>
    probes.run(`${probed.guildId}:${probed.server.id}`, () => probe(deps, enforce, probed));
  return {
    now: (guildId, server) => run({ guildId, server, isAsked: true }),
    async begin(guildId) {
      for (const server of await deps.stores.of(guildId).servers.listProbesDue(deps.clock.now())) {
        if (probes.isBusy(`${guildId}:${server.id}`)) continue;
        run({ guildId, server }).catch((err) => {
          deps.log.error({ guildId, serverId: server.id, err }, 'a probe could not be written down');
        });
      }
    },
    get size() {
      return probes.size;
    },
    idle: () => probes.idle(),
  };
}

interface Probed {
  readonly guildId: GuildId;
  readonly server: Server;
  /** A person waits for it. */
  readonly isAsked?: boolean;
}

async function probe(deps: Deps, enforce: Enforce, { guildId, server, isAsked }: Probed): Promise<void> {
  const media = await openServer(deps, deps.stores.of(guildId), server);
  const alive = await media.ping(isAsked ? { isAsked } : {});
  const closed = alive.kind === 'known' ? alive.value.closed : undefined;
  await note(deps, guildId, server, {
    machine: alive.kind === 'known' ? 'works' : alive.why,
    ...(closed && { sharing: closed }),
  });
  if (closed) return;
  // A ping proves less than a reading. Where work is waiting, the pass is the proof, and it counts its own failures.
  if (alive.kind === 'known') {
    const waiting = await deps.stores.transaction(guildId, (tx) =>
      tx.accounts.hasten(server.id, deps.clock.now()),
    );
    if (waiting > 0) return await enforce.servers(guildId, [server.id]);
  }
  // Anything that listens there answers a ping, also when the key was revoked meanwhile: only what is read with it
  // vouches for access.
  const apart = MEDIA_KINDS[server.kind].accessReadFrom === 'vendor';
  if (alive.kind === 'unknown' && (!apart || server.sharingFailedChecks === 0)) return;
  const reading = await media.readAccess({ of: [] });
  if (reading.kind === 'known') return await noteReading(deps, guildId, server);
  await note(deps, guildId, server, { sharing: reading.why });
}
