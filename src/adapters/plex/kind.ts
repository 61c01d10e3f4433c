import type { MediaKind } from '../../app/ports/media.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { HttpClient } from '../http-client/http-client.ts';
import { listPlexAddresses } from './addresses.ts';
import type { PlexOptions } from './client.ts';
import { createPlexDrill } from './drill.ts';
import { createPlexServer } from './media-server.ts';
import { OwnerLists } from './owner-lists.ts';
import { createPlexSignIn } from './sign-in.ts';

/** One for the process: servers of a guild that are read at the same time share the lists of their owner. */
export function plex(wire: Omit<PlexOptions, 'lists' | 'http'>) {
  const all = new OwnerLists();
  return ({ guildId, http }: { readonly guildId: GuildId; readonly http: HttpClient }): MediaKind => {
    const options = { ...wire, http, lists: all.of(guildId) };
    return {
      at: (address) => createPlexServer(address, options),
      drillAt: (address) => createPlexDrill(address, options),
      signIn: createPlexSignIn(options),
      listAddresses: (as) => listPlexAddresses(options, as),
    };
  };
}
