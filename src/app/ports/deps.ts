/** What use cases are given, and how they reach a server with it. */

import type { GuildLimits } from '../../domain/guild-limits.ts';
import type { Server } from '../../domain/model.ts';
import type { DrillSide } from './drill.ts';
import type { Guilds } from './guilds.ts';
import type { Log } from './log.ts';
import type { MediaServers } from './media.ts';
import type { MediaServer } from './media-server.ts';
import type { Codes, RateLimiter, Secrets } from './secrets.ts';
import type { ServerWork } from './server-work.ts';
import type { GuildStores, Stores } from './stores.ts';
import type { Clock, ClockHold, DateParser } from './time.ts';

export interface Deps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly media: MediaServers;
  readonly guilds: Guilds;
  readonly secrets: Secrets;
  readonly codes: Codes;
  readonly dateParser: DateParser;
  readonly rateLimiter: RateLimiter;
  readonly clockHold: ClockHold;
  readonly servers: ServerWork;
  readonly limits: GuildLimits;
  readonly log: Log;
}

/** The adapter for a stored server. @throws {Error} when the stored token cannot be opened with this key. */
export async function openServer(deps: Deps, stores: GuildStores, server: Server): Promise<MediaServer> {
  return deps.media.kinds[server.kind].at(await addressOf(deps, stores, server));
}

/** What a drill needs beside; undefined where none can be played. @throws {Error} like `openServer`. */
export async function openDrillSide(
  deps: Deps,
  stores: GuildStores,
  server: Server,
): Promise<DrillSide | undefined> {
  return deps.media.kinds[server.kind].drillAt?.(await addressOf(deps, stores, server));
}

async function addressOf(deps: Deps, stores: GuildStores, server: Server) {
  const sealed = await stores.servers.getTokenCipher(server.id);
  const token = deps.secrets.open(sealed, { guildId: stores.guildId, column: 'Server.token' });
  const { kind, url, certificate, clientIdentifier, identity } = server;
  return { kind, url, certificate, token, clientIdentifier, identity };
}
