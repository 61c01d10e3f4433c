/** The adapters of all kinds of media server: for each line of src/domain/media-kinds.ts one here. */

import type { MediaServers } from '../app/ports/media.ts';
import type { HttpClients } from './http-client/http-client.ts';
import { jellyfin } from './jellyfin/kind.ts';
import { plex } from './plex/kind.ts';

/** What all adapters are made from; each takes of it what it needs. */
interface MediaWire {
  /** Of this installation: who Usher is at plex.tv and as a device of Jellyfin. */
  readonly clientIdentifier: string;
  /** Of Usher. */
  readonly version: string;
  readonly plexTvUrl?: string;
  readonly clientsUrl?: string;
}

export function createMediaServers({
  http,
  ...wire
}: MediaWire & { readonly http: HttpClients }): MediaServers {
  const [asPlex, asJellyfin] = [plex(wire), jellyfin(wire)];
  return {
    of(guildId) {
      const guild = { guildId, http: http.of(guildId) };
      return {
        plex: asPlex(guild),
        jellyfin: asJellyfin(guild),
      };
    },
  };
}
