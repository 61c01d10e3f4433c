import type { MediaKind } from '../../app/ports/media.ts';
import { listPlexAddresses } from './addresses.ts';
import type { PlexOptions } from './client.ts';
import { createPlexDrill } from './drill.ts';
import { createPlexServer } from './media-server.ts';
import { OwnerLists } from './owner-lists.ts';
import { createPlexSignIn } from './sign-in.ts';

/** One for the process: servers that are read at the same time share the lists of their owner. */
export function plex(wire: Omit<PlexOptions, 'lists'>): MediaKind {
  const options = { ...wire, lists: new OwnerLists() };
  return {
    at: (address) => createPlexServer(address, options),
    drillAt: (address) => createPlexDrill(address, options),
    signIn: createPlexSignIn(options),
    listAddresses: (as) => listPlexAddresses(options, as),
  };
}
