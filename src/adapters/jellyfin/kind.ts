import type { MediaKind } from '../../app/ports/media.ts';
import type { HttpClient } from '../http-client/http-client.ts';
import type { JellyfinOptions } from './client.ts';
import { createJellyfinDrill } from './drill.ts';
import { createJellyfinServer } from './media-server.ts';
import { createQuickConnect } from './quick-connect.ts';

export function jellyfin(wire: Omit<JellyfinOptions, 'http'>) {
  const sizes = new Map<string, number>();
  return ({ http }: { readonly http: HttpClient }): MediaKind => {
    const options = { ...wire, http, sizes };
    return {
      at: (address) => createJellyfinServer(address, options),
      drillAt: (address) => createJellyfinDrill(address, options),
      signIn: createQuickConnect(options),
    };
  };
}
