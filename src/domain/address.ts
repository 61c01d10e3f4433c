/** Plex members watch in this web app, whatever the address of the server. */
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Server } from './model.ts';
import { LONGEST_LINK } from './typed-address.ts';

/** Where members open a server and ask for media, as links that a button can have. */
export interface MemberLinks {
  readonly open: string | null;
  readonly ask: string | null;
}

export function memberLinks(server: Pick<Server, 'kind' | 'url' | 'publicUrl' | 'requestsUrl'>): MemberLinks {
  return { open: asLink(memberAddress(server)), ask: asLink(server.requestsUrl) };
}

/** Older versions took longer addresses than a button can have. */
const asLink = (url: string | null): string | null =>
  url !== null && url.length <= LONGEST_LINK && URL.canParse(url) ? url : null;

/**
 * The address to show to members: the public one if it is set, else the one that the bot uses if that is HTTPS. A
 * plain HTTP address usually belongs to a home network and is not shown. Null: staff are asked for it.
 */
export function memberAddress(server: Pick<Server, 'kind' | 'url' | 'publicUrl'>): string | null {
  if (server.publicUrl !== null) return server.publicUrl;
  const { watchedAt } = MEDIA_KINDS[server.kind];
  if (watchedAt !== null) return watchedAt;
  return server.url.startsWith('https://') ? server.url : null;
}
