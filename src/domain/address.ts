/** Where members go to watch. */
import type { Server } from './model.ts';

const PLEX_APP = 'https://app.plex.tv';

/**
 * The address to show to members: the public one if it is set, else the one that the bot uses if that is HTTPS. A
 * plain HTTP address usually belongs to a home network and is not shown. Null: staff have to pass the address on.
 */
export function memberAddress(server: Pick<Server, 'kind' | 'url' | 'publicUrl'>): string | null {
  if (server.publicUrl !== null) return server.publicUrl;
  if (server.kind === 'plex') return PLEX_APP;
  return server.url.startsWith('https://') ? server.url : null;
}
