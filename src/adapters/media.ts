/** The adapters of all kinds of media server: for each line of src/domain/media-kinds.ts one here. */

import type { MediaServers } from '../app/ports/media.ts';
import type { HttpClient } from './http-client/http-client.ts';
import { jellyfin } from './jellyfin/kind.ts';
import { plex } from './plex/kind.ts';

/** What adapters are made from; each takes of it what it needs. */
export interface MediaWire {
  readonly http: HttpClient;
  /** Of this installation: who Usher is at plex.tv and as a device of Jellyfin. */
  readonly clientIdentifier: string;
  /** Of Usher. */
  readonly version: string;
  readonly plexTvUrl?: string;
  readonly clientsUrl?: string;
}

export function createMediaServers(wire: MediaWire): MediaServers {
  return {
    kinds: {
      plex: plex(wire),
      jellyfin: jellyfin(wire),
    },
  };
}
