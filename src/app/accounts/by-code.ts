/**
 * A member proves which account on a server is theirs by a code (Quick Connect of Jellyfin), and it is linked by its
 * id. What it has becomes a grant. The session has served its only purpose when it showed whose account it is: it is
 * ended then, and not kept.
 */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { inTheWayOf } from '../observe/account-room.ts';
import { touchedElsewhere } from '../observe/elsewhere.ts';
import { seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { CodeSignIn } from '../ports/sign-in.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { linkAccount } from './link.ts';
import type { SignInEnd, Way, WhoSignedIn } from './sign-in-end.ts';

export function byCode(
  deps: Deps,
  enforce: Enforce,
  {
    guildId,
    server: begun,
    signIn,
  }: { readonly guildId: GuildId; readonly server: Server; readonly signIn: CodeSignIn },
): Way {
  return {
    place: { kind: begun.kind, server: begun },

    async begin() {
      const started = await signIn.start(begun);
      if (started.kind === 'unknown') return started;
      const { secret, code, lifeMs } = started.value;
      const expiresAt = new Date(deps.clock.now().getTime() + lifeMs);
      return { kind: 'known', value: { secret, clientIdentifier: null, shown: code, expiresAt } };
    },

    async poll({ secret }) {
      const answer = await signIn.poll(begun, secret);
      if (answer.kind !== 'approved') return answer;
      await signIn.forget(begun, answer.token);
      return { kind: 'approved', token: null, who: { externalId: answer.userId, name: answer.name } };
    },

    async who() {
      throw new Error('an approved code says whose it is');
    },

    async link(memberId, { who }) {
      return { end: await link(memberId, who), again: false };
    },

    async forget() {},
  };

  async function link(memberId: MemberId, { externalId, name }: WhoSignedIn): Promise<SignInEnd> {
    const stores = deps.stores.of(guildId);
    // It may have been edited or removed while the code was waited for.
    const server = await stores.servers.find(begun.id);
    if (!server) return { kind: 'expired' };
    const media = await openServer(deps, stores, server);
    const reading = await media.readAccess({ of: [externalId] });
    // What the account has becomes a grant by linking, so it has to be known first; otherwise it would be lost.
    if (reading.kind === 'unknown') {
      await noteFailure(deps, guildId, { server, media }, reading.why);
      return { kind: 'failed', why: reading.why };
    }
    const seen = seenIn(reading.value, externalId);
    const unread = seen ? undefined : unreadIn(reading.value, externalId);
    if (unread) return { kind: 'failed', why: { kind: 'not-understood', message: unread.message } };
    const elsewhere = await touchedElsewhere(deps, guildId, server, externalId);
    const refused = await deps.stores.transaction(guildId, async (tx) => {
      const wanted = { server, memberId, externalId, name, emailMasked: null, seen, elsewhere };
      const linked = await linkAccount(deps, tx, wanted, deps.clock.now());
      if (linked === 'linked' || linked === 'already') return undefined;
      const other = linked === 'has-another' ? await inTheWayOf(tx, wanted) : undefined;
      return { kind: 'refused', why: linked, account: name, ...(other && { has: other.name }) } as const;
    });
    if (refused) return refused;
    await enforce.servers(guildId, [server.id]);
    return { kind: 'connected', account: name };
  }
}
