/**
 * A member proves which account on a Jellyfin server is theirs (Quick Connect), and it is linked by its id. What it has becomes a grant;
 * the session is forgotten. A restart in between forgets the code, and the button is pressed again.
 */
import type { Server } from '../../domain/model.ts';
import { seenIn } from '../observe/reading.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { Known, Trouble } from '../ports/media-server.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { type LinkRefusal, linkAccount } from './link.ts';

const POLL_MS = 2_000;

export type QuickConnection =
  | { readonly kind: 'connected'; readonly server: Server; readonly account: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'refused'; readonly why: LinkRefusal; readonly account: string }
  | { readonly kind: 'failed'; readonly why: Trouble };

export interface StartedQuickConnect {
  readonly server: Server;
  readonly code: string;
  readonly expiresAt: Date;
  readonly finished: Promise<QuickConnection>;
}

export function makeConnectQuick(deps: Deps, enforce: Enforce, stopping: AbortSignal) {
  /** Undefined when there is no such Jellyfin server in the guild. */
  return async (
    guildId: string,
    memberId: string,
    serverId: string,
  ): Promise<Known<StartedQuickConnect> | undefined> => {
    const server = await deps.stores.of(guildId).servers.find(serverId);
    if (server?.kind !== 'jellyfin') return undefined;
    const asked = await deps.quickConnect.start(server);
    if (asked.kind === 'unknown') return asked;
    const { secret, code, lifeMs } = asked.value;
    const expiresAt = new Date(deps.clock.now().getTime() + lifeMs);
    const finished = follow(guildId, memberId, server, secret, expiresAt);
    return { kind: 'known', value: { server, code, expiresAt, finished } };
  };

  async function follow(
    guildId: string,
    memberId: string,
    server: Server,
    secret: string,
    expiresAt: Date,
  ): Promise<QuickConnection> {
    while (!stopping.aborted && deps.clock.now() < expiresAt) {
      const answer = await deps.quickConnect.poll(server, secret);
      if (answer.kind === 'expired') break;
      if (answer.kind === 'approved') {
        // Who it is was all that the session was for.
        await deps.quickConnect.forget(server, answer.token);
        return await link(guildId, memberId, server, answer.userId, answer.name);
      }
      await deps.clock.sleep(POLL_MS, stopping);
    }
    return { kind: 'expired' };
  }

  async function link(
    guildId: string,
    memberId: string,
    server: Server,
    externalId: string,
    name: string,
  ): Promise<QuickConnection> {
    const media = await openServer(deps, deps.stores.of(guildId), server);
    const reading = await media.readAccess({ of: [externalId] });
    // What it has must be known before it is managed, or it could not be kept.
    if (reading.kind === 'unknown') return { kind: 'failed', why: reading.why };
    const seen = seenIn(reading.value, externalId);
    const linked = await deps.stores.transaction(guildId, (tx) =>
      linkAccount(
        deps,
        tx,
        { server, memberId, externalId, name, emailMasked: null, seen },
        deps.clock.now(),
      ),
    );
    if (linked !== 'linked' && linked !== 'already') return { kind: 'refused', why: linked, account: name };
    await enforce.servers(guildId, [server.id]);
    return { kind: 'connected', server, account: name };
  }
}
