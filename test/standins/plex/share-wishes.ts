import { type Answer, Refused } from '../http.ts';
import type { PlexServer } from './server.ts';
import type { Invitee } from './shares.ts';
import type { PlexAccount, PlexState } from './state.ts';

/** The owner's server with that machine identifier. Answers `otherwise` for anything else. */
export function ownServer(state: PlexState, owner: PlexAccount, mid: unknown, otherwise: Answer): PlexServer {
  const server = typeof mid === 'string' ? state.servers.get(mid) : undefined;
  if (server?.owner !== owner) throw new Refused(otherwise);
  return server;
}

/**
 * The requested cloud ids. Answers `otherwise`, which looks like a wrong address, for local keys, ids of another
 * server and malformed lists (A6.3, edge case 2). A missing list counts as an empty one, which means every library
 * (A6).
 */
export function librariesWanted(server: PlexServer, sent: unknown, otherwise: Answer): readonly number[] {
  const list = sent ?? [];
  const known = new Set(server.libraries.map(({ cloudId }) => cloudId));
  if (!Array.isArray(list) || !list.every((id) => known.has(id))) throw new Refused(otherwise);
  return list;
}

/** The requested person: either an id or an e-mail, not both. The e-mail field accepts user names too (A5.5). */
export function inviteeWanted(state: PlexState, id: unknown, email: unknown, otherwise: Answer): Invitee {
  if (typeof id === 'number' && email === undefined) {
    const account = state.accounts.get(id);
    if (account) return { account, email: null };
  }
  if (typeof email === 'string' && email !== '' && id === undefined) {
    const wanted = email.toLowerCase();
    const account =
      state.findAccount((each) => each.email.toLowerCase() === wanted) ??
      state.findAccount((each) => each.username.toLowerCase() === wanted);
    if (account) return { account, email };
    if (wanted.includes('@')) return { account: null, email };
  }
  throw new Refused(otherwise);
}
