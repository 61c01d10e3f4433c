import type { MediaKind } from '../../app/ports/media.ts';
import type { JellyfinOptions } from './client.ts';
import { createJellyfinDrill } from './drill.ts';
import { createJellyfinServer } from './media-server.ts';
import { createQuickConnect } from './quick-connect.ts';

export function jellyfin(options: JellyfinOptions): MediaKind {
  const sizes = new Map<string, number>();
  return {
    at: (address) => createJellyfinServer(address, { ...options, sizes }),
    drillAt: (address) => createJellyfinDrill(address, options),
    signIn: createQuickConnect(options),
  };
}
