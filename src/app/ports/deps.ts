/** What use cases are given, and how they reach a server with it. */

import type { GuildLimits } from '../../domain/guild-limits.ts';
import type { Server } from '../../domain/model.ts';
import type { Backups } from './backups.ts';
import type { DrillSide } from './drill.ts';
import type { Guilds } from './guilds.ts';
import type { HeadSigner } from './head-signer.ts';
import type { ImportFiles } from './imports.ts';
import type { Log } from './log.ts';
import type { LogLines } from './log-lines.ts';
import type { MediaServers } from './media.ts';
import type { MediaServer } from './media-server.ts';
import type { Operator } from './operator.ts';
import type { Codes, RateLimits, Secrets } from './secrets.ts';
import type { ServerWork } from './server-work.ts';
import { shutServer } from './shut-server.ts';
import type { GuildStores, Stores } from './stores.ts';
import type { Clock, ClockHold, DateParser } from './time.ts';
import type { WebhookSender } from './webhooks.ts';

export interface Deps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly media: MediaServers;
  readonly guilds: Guilds;
  readonly imports: ImportFiles;
  readonly secrets: Secrets;
  readonly codes: Codes;
  readonly headSigner: HeadSigner;
  readonly dateParser: DateParser;
  readonly rateLimiter: RateLimits;
  readonly clockHold: ClockHold;
  readonly servers: ServerWork;
  readonly limits: GuildLimits;
  readonly backups: Backups;
  readonly operator: Operator;
  readonly logLines: LogLines;
  readonly webhooks: WebhookSender;
  readonly log: Log;
}

/** The adapter for a stored server. One whose token cannot be opened answers everything with that. */
export async function openServer(deps: Deps, stores: GuildStores, server: Server): Promise<MediaServer> {
  const kind = deps.media.of(stores.guildId)[server.kind];
  const token = await openToken(deps, stores, server.id);
  return token === undefined ? shutServer(kind.at(addressOf(server, ''))) : kind.at(addressOf(server, token));
}

/** What a drill needs beside; undefined where none can be played, or the token cannot be opened. */
export async function openDrillSide(
  deps: Deps,
  stores: GuildStores,
  server: Server,
): Promise<DrillSide | undefined> {
  const token = await openToken(deps, stores, server.id);
  return token === undefined
    ? undefined
    : deps.media.of(stores.guildId)[server.kind].drillAt?.(addressOf(server, token));
}

/** The stored token; undefined when it cannot be opened. */
export async function openToken(
  { secrets }: Pick<Deps, 'secrets'>,
  { servers, guildId }: GuildStores,
  serverId: string,
): Promise<string | undefined> {
  const sealed = await servers.getTokenCipher(serverId);
  return secrets.open(sealed, { guildId, column: 'Server.token', row: serverId });
}

function addressOf(server: Server, token: string) {
  const { kind, url, certificate, plainHttp, clientIdentifier, identity } = server;
  return { kind, url, certificate, plainHttp, token, clientIdentifier, identity };
}
