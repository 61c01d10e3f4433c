/** Plex members watch in this web app, whatever the address of the server. */
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Server } from './model.ts';

/**
 * The address to show to members: the public one if it is set, else the one that the bot uses if that is HTTPS. A
 * plain HTTP address usually belongs to a home network and is not shown. Null: staff have to pass the address on.
 */
export function memberAddress(server: Pick<Server, 'kind' | 'url' | 'publicUrl'>): string | null {
  if (server.publicUrl !== null) return server.publicUrl;
  const { watchedAt } = MEDIA_KINDS[server.kind];
  if (watchedAt !== null) return watchedAt;
  return server.url.startsWith('https://') ? server.url : null;
}
