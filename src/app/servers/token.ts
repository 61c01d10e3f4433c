/**
 * What becomes of the token of a server that is removed or given another one. What a sign-in made for Usher is revoked,
 * so that no key is left behind that nobody knows of; what somebody typed is theirs and stays.
 */
import type { GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { MediaServer, Trouble } from '../ports/media-server.ts';

/** `shared`: another row of a server in this installation lives on it. */
export type TokenFate = 'revoked' | 'typed' | 'shared';

export type TokenEnd =
  | { readonly kind: TokenFate }
  /** It could not be revoked, or nobody knows whether it was. */
  | { readonly kind: 'stays'; readonly why: Trouble };

export async function fateOfToken(deps: Deps, guildId: GuildId, server: Server): Promise<TokenFate> {
  if (!server.tokenMade) return 'typed';
  return (await deps.stores.sharesToken(guildId, server)) ? 'shared' : 'revoked';
}

/** `open` makes the adapter with the token of `server`; it is called only for a token that is revoked. */
export async function endToken(
  deps: Deps,
  guildId: GuildId,
  server: Server,
  open: () => Promise<MediaServer>,
): Promise<TokenEnd> {
  const fate = await fateOfToken(deps, guildId, server);
  if (fate !== 'revoked') return { kind: fate };
  const media = await open();
  const outcome = await media.revokeToken();
  return outcome.kind === 'done' ? { kind: 'revoked' } : { kind: 'stays', why: outcome.why };
}
