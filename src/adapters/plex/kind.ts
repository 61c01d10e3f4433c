import type { MediaKind } from '../../app/ports/media.ts';
import { listPlexAddresses } from './addresses.ts';
import type { PlexOptions } from './client.ts';
import { createPlexDrill } from './drill.ts';
import { createPlexServer } from './media-server.ts';
import { OwnerLists } from './owner-lists.ts';
import { ServerTokens } from './server-tokens.ts';
import { createPlexSignIn } from './sign-in.ts';

/** One of each for the process: the servers of an owner share the owner's lists, and what opens them. */
export function plex(wire: Omit<PlexOptions, 'lists' | 'tokens'>): MediaKind {
  const options = { ...wire, lists: new OwnerLists(), tokens: new ServerTokens() };
  return {
    at: (address) => createPlexServer(address, options),
    drillAt: (address) => createPlexDrill(address, options),
    signIn: createPlexSignIn(options),
    listAddresses: (as) => listPlexAddresses(options, as),
  };
}
