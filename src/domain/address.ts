/** Where members go to watch. */
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Server } from './model.ts';

/**
 * The address to show to members: the public one; else the bot's own when it is HTTPS, because a plain HTTP address is
 * usually one of the home network, which is nobody's business. Null: staff have to tell.
 */
export function memberAddress(server: Pick<Server, 'kind' | 'url' | 'publicUrl'>): string | null {
  if (server.publicUrl !== null) return server.publicUrl;
  const { watchedAt } = MEDIA_KINDS[server.kind];
  if (watchedAt !== null) return watchedAt;
  return server.url.startsWith('https://') ? server.url : null;
}
