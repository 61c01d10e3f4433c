import type { MediaKind } from '../../app/ports/media.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { HttpClient } from '../http-client/http-client.ts';
import { listPlexAddresses } from './addresses.ts';
import type { PlexOptions } from './client.ts';
import { createPlexDrill } from './drill.ts';
import { createPlexServer } from './media-server.ts';
import { OwnerLists } from './owner-lists.ts';
import { ServerTokens } from './server-tokens.ts';
import { createPlexSignIn } from './sign-in.ts';

/** One for the process: the servers of a guild share the lists of their owner, and what opens them. */
export function plex(wire: Omit<PlexOptions, 'lists' | 'tokens' | 'http'>) {
  const [lists, tokens] = [new OwnerLists(), new ServerTokens()];
  return ({ guildId, http }: { readonly guildId: GuildId; readonly http: HttpClient }): MediaKind => {
    const options = { ...wire, http, lists: lists.of(guildId), tokens: tokens.of(guildId) };
    return {
      at: (address) => createPlexServer(address, options),
      drillAt: (address) => createPlexDrill(address, options),
      signIn: createPlexSignIn(options),
      listAddresses: (as) => listPlexAddresses(options, as),
    };
  };
}
