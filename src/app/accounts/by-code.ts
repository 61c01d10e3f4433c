/**
 * A member proves which account on a server is theirs by a code (Quick Connect of Jellyfin), and it is linked by its
 * id. What it has becomes a grant; the session is forgotten. A restart in between forgets the code, and the button is
 * pressed again.
 */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { tellMember } from '../ledger/tell-member.ts';
import { touchedElsewhere } from '../observe/elsewhere.ts';
import { seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { CodeSignIn } from '../ports/sign-in.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { awaitApproval } from './await-approval.ts';
import { type LinkRefusal, linkAccount } from './link.ts';

export type CodeConnection =
  | { readonly kind: 'connected'; readonly server: Server; readonly account: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'refused'; readonly why: LinkRefusal; readonly account: string }
  | { readonly kind: 'failed'; readonly server: Server; readonly why: Trouble };

export interface StartedCode {
  readonly server: Server;
  readonly code: string;
  readonly expiresAt: Date;
  readonly finished: Promise<CodeConnection>;
  /** Whether somebody has typed the code. */
  readonly isApproved: () => boolean;
  /** From now on nobody hears `finished`: the end is told by direct message. */
  readonly leave: () => void;
}

export type StartCode =
  | { readonly kind: 'started'; readonly value: StartedCode }
  | Extract<CodeConnection, { kind: 'failed' }>;

/** Who wants to connect an account, and of which server. */
interface Connecting {
  readonly guildId: GuildId;
  readonly memberId: MemberId;
  readonly server: Server;
}

/** A code that somebody is to type in. */
interface TypedCode {
  readonly signIn: CodeSignIn;
  readonly secret: string;
  readonly latest: Date;
  readonly approved: () => void;
}

export function makeConnectByCode(deps: Deps, enforce: Enforce, stopping: AbortSignal) {
  /** Undefined when there is no such server in the guild, or nothing to type a code into. */
  return async (
    guildId: GuildId,
    memberId: MemberId,
    serverId: string,
    /** Called when somebody has typed the code, and what follows from it begins. */
    approved: (server: Server) => void = () => {},
  ): Promise<StartCode | undefined> => {
    const server = await deps.stores.of(guildId).servers.find(serverId);
    const signIn = server && deps.media.kinds[server.kind].signIn;
    if (!server || signIn?.by !== 'code') return undefined;
    const outside = await outsiderTrouble(deps, guildId, memberId);
    if (outside) return { kind: 'failed', server, why: outside };
    const started = await signIn.start(server);
    if (started.kind === 'unknown') return { kind: 'failed', server, why: started.why };
    const { secret, code, lifeMs } = started.value;
    const expiresAt = new Date(deps.clock.now().getTime() + lifeMs);
    let [isApproved, left] = [false, false];
    const note = () => {
      isApproved = true;
      approved(server);
    };
    const connecting = { guildId, memberId, server };
    const end = follow(connecting, { signIn, secret, latest: expiresAt, approved: note });
    const finished = end.then(async (connection) => {
      if (left) await tellLater(connecting, connection);
      return connection;
    });
    const leave = () => {
      left = true;
    };
    return {
      kind: 'started',
      value: { server, code, expiresAt, finished, isApproved: () => isApproved, leave },
    };
  };

  async function tellLater({ guildId, memberId, server }: Connecting, end: CodeConnection): Promise<void> {
    if (end.kind === 'expired') return;
    const text =
      end.kind === 'connected'
        ? `Your account ${end.account} on ${server.name} is linked. /my access shows what you have.`
        : `Your account on ${server.name} could not be linked. Run /my accounts and press the button again, or ask the staff.`;
    await deps.stores.transaction(guildId, (tx) =>
      tellMember(deps, tx, { memberId, text }, deps.clock.now()),
    );
  }

  async function follow(
    connecting: Connecting,
    { signIn, secret, latest, approved }: TypedCode,
  ): Promise<CodeConnection> {
    const { clock } = deps;
    const { server } = connecting;
    const end = await awaitApproval({ poll: () => signIn.poll(server, secret), latest, clock, stopping });
    if (end.kind === 'failed') return { ...end, server };
    if (end.kind !== 'approved') return { kind: 'expired' };
    approved();
    // The session has served its only purpose: it showed whose account it is.
    await signIn.forget(server, end.token);
    return await link(connecting, end);
  }

  async function link(
    { guildId, memberId, server }: Connecting,
    { userId: externalId, name }: { readonly userId: string; readonly name: string },
  ): Promise<CodeConnection> {
    // Who left while the code was open gets nothing for it.
    const outside = await outsiderTrouble(deps, guildId, memberId);
    if (outside) return { kind: 'failed', server, why: outside };
    const media = await openServer(deps, deps.stores.of(guildId), server);
    const reading = await media.readAccess({ of: [externalId] });
    // What the account has becomes a grant by linking, so it has to be known first; otherwise it would be lost.
    if (reading.kind === 'unknown') {
      await noteFailure(deps, guildId, { server, media }, reading.why);
      return { kind: 'failed', server, why: reading.why };
    }
    const seen = seenIn(reading.value, externalId);
    const unread = seen ? undefined : unreadIn(reading.value, externalId);
    if (unread) return { kind: 'failed', server, why: { kind: 'not-understood', message: unread.message } };
    const elsewhere = await touchedElsewhere(deps, guildId, server, externalId);
    const linked = await deps.stores.transaction(guildId, (tx) =>
      linkAccount(
        deps,
        tx,
        { server, memberId, externalId, name, emailMasked: null, seen, elsewhere },
        deps.clock.now(),
      ),
    );
    if (linked !== 'linked' && linked !== 'already') return { kind: 'refused', why: linked, account: name };
    await enforce.servers(guildId, [server.id]);
    return { kind: 'connected', server, account: name };
  }
}
