/**
 * Removes a server from Usher. Everybody keeps what they have on the media server itself; withdrawing them is a step of
 * its own, before.
 */

import { overlap, without } from '../../domain/access.ts';
import { NOT_ENDED, RUNNING } from '../../domain/grant.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { isOpen } from '../../domain/invite.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Grant, Library, Server } from '../../domain/model.ts';
import { type Sentence, say, type Text, timeOf } from '../../words/say.ts';
import { over, tell } from '../ledger/alerts.ts';
import { inLedger } from '../ledger/ledger.ts';
import { settle } from '../ledger/settle.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import { endToken, fateOfToken, type TokenEnd, type TokenFate } from './token.ts';

/** Grants changed in one transaction while everyone is withdrawn. */
const BATCH = 50;

/** What is removed, or loses something, together with a server. */
export interface ServerRemoval {
  readonly server: Server;
  readonly libraries: number;
  /** Linked accounts: the members stay, their accounts here are forgotten. */
  readonly accounts: number;
  /** Grants that lose libraries and go on with those of other servers, and grants that end. */
  readonly grants: { readonly shrink: number; readonly end: number };
  /** Invites that can still be redeemed, and plans, that name libraries of it. */
  readonly invites: number;
  readonly plans: number;
  /** Linked accounts that were last seen to have something there. */
  readonly withAccess: number;
  readonly token: TokenFate;
}

export interface RemovedServer {
  readonly server: Server;
  readonly token: TokenEnd;
}

export interface StillOpen {
  readonly account: string;
  readonly why: Text;
}

export function makeRemoveServer(deps: Deps, applyNow: ApplyNow) {
  return {
    /** What would go; undefined when the server is not there. */
    async preview(guildId: GuildId, serverId: string): Promise<ServerRemoval | undefined> {
      const found = await previewIn(deps.stores.of(guildId), serverId, deps.clock.now());
      return found && { ...found, token: await fateOfToken(deps, guildId, found.server) };
    },

    /**
     * Removes the server with its libraries and accounts. Grants lose what it gave; one that gives nothing else ends,
     * and says that what the account has there stays. Undefined when it is not there any more.
     */
    async remove(guildId: GuildId, actorId: ActorId, serverId: string): Promise<RemovedServer | undefined> {
      const stores = deps.stores.of(guildId);
      const found = await stores.servers.find(serverId);
      if (!found) return undefined;
      // Before the row goes: after a kill in between, the command is run again and finds the token worthless, while
      // without the row nobody would know of it any more.
      const token = await endToken(deps, guildId, found, () => openServer(deps, stores, found));
      return await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        const [server, libraries] = await Promise.all([
          tx.servers.find(serverId),
          tx.libraries.list(serverId),
        ]);
        if (!server) return undefined;
        const grants = await tx.grants.list({ serverId, states: NOT_ENDED });
        const memberIds = [...new Set(grants.map(({ memberId }) => memberId))];
        const detail = say('audit.note.serverRemoved', { server: server.name });
        const how = { actorId, cause: 'removed', detail } as const;
        await inLedger(deps, tx, { memberIds, asFound: true }, async (ledger) => {
          await ledger.take(grants, idsOf(libraries), how);
          await forgetInPlansAndInvites(tx, libraries, actorId, now);
        });
        await tellOfDrills(deps, tx, server, now);
        await tx.servers.remove(serverId);
        await closeAlerts(deps, tx, server, now);
        // Without accounts there, nothing is left to be confirmed.
        await settle(deps, tx, memberIds, now);
        await tx.audit.append({
          action: 'server.removed',
          actorId,
          facts: {
            server: server.name,
            detail: [say('audit.note.libraries', { count: libraries.length }), ...tokenDetail(server, token)],
          },
          at: now,
        });
        return { server, token };
      });
    },

    /**
     * Takes everything that Usher gave on a server from the members, and waits as long as people do. Returns who
     * still has something there; undefined when the server is not there.
     */
    async withdrawEveryone(
      guildId: GuildId,
      actorId: ActorId,
      serverId: string,
      progress?: (done: number, total: number) => Promise<void>,
    ): Promise<readonly StillOpen[] | undefined> {
      const stores = deps.stores.of(guildId);
      if (!(await stores.servers.find(serverId))) return undefined;
      const grants = await stores.grants.list({ serverId, states: RUNNING });
      for (let start = 0; start < grants.length; start += BATCH) {
        const batch = grants.slice(start, start + BATCH);
        await withdrawBatch(guildId, actorId, serverId, batch);
        await progress?.(start + batch.length, grants.length);
      }
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        const server = await tx.servers.find(serverId);
        if (server?.defaultLibraryId) {
          // Otherwise everybody would keep the default library (rule 6).
          await tx.servers.update(serverId, { defaultLibraryId: null });
          const facts = { server: server.name, detail: say('audit.note.noDefault') };
          await tx.audit.append({ action: 'server.edited', actorId, facts, at: now });
        }
        await tx.accounts.makeDue({ serverId }, now, 'decided');
      });
      const accounts = await stores.accounts.list({ serverId });
      await applyNow(guildId, [...new Set(accounts.flatMap(({ memberId }) => memberId ?? []))]);
      return stillOpen(stores, serverId);
    },

    stillOpen: (guildId: GuildId, serverId: string) => stillOpen(deps.stores.of(guildId), serverId),
  };

  async function withdrawBatch(
    guildId: GuildId,
    actorId: ActorId,
    serverId: string,
    batch: readonly Grant[],
  ): Promise<void> {
    const memberIds = batch.map(({ memberId }) => memberId);
    const how = { actorId, cause: 'revoked', reason: 'everyone is withdrawn from the server' } as const;
    await deps.stores.transaction(guildId, async (tx) => {
      const libraryIds = idsOf(await tx.libraries.list(serverId));
      await inLedger(deps, tx, { memberIds }, (ledger) => ledger.take(batch, libraryIds, how));
    });
  }
}

/** What is told of the server has no end but this one. */
async function closeAlerts(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { id, name }: Pick<Server, 'id' | 'name'>,
  now: Date,
): Promise<void> {
  const text = say('alert.gone', { server: name, at: timeOf(now) });
  for (const { topic } of await tx.posts.list())
    if (topic.endsWith(` ${id}`)) await over(deps, tx, topic, { text, now });
}

/** What a drill has left there nobody takes away any more. */
async function tellOfDrills(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  server: Pick<Server, 'id' | 'name'>,
  now: Date,
): Promise<void> {
  for (const { serverId, name } of await tx.drills.list()) {
    if (serverId !== server.id) continue;
    const text = say('alert.drillOrphan', { server: server.name, account: name });
    await tell(deps, tx, { text }, now);
  }
}

async function previewIn(
  stores: GuildStores,
  serverId: string,
  now: Date,
): Promise<Omit<ServerRemoval, 'token'> | undefined> {
  const [server, libraries, accounts, grants, invites, plans] = await Promise.all([
    stores.servers.find(serverId),
    stores.libraries.list(serverId),
    stores.accounts.list({ serverId }),
    stores.grants.list({ serverId, states: NOT_ENDED }),
    stores.invites.list(),
    stores.plans.list(),
  ]);
  if (!server) return undefined;
  const ids = idsOf(libraries);
  const names = ({ libraryIds }: { readonly libraryIds: readonly string[] }) =>
    overlap(libraryIds, ids).length > 0;
  const ending = grants.filter(({ libraryIds }) => without(libraryIds, ids).length === 0).length;
  const linked = accounts.filter(({ memberId }) => memberId !== null);
  return {
    server,
    libraries: libraries.filter(({ goneAt }) => goneAt === null).length,
    accounts: linked.length,
    grants: { shrink: grants.length - ending, end: ending },
    invites: invites.filter((invite) => isOpen(invite, now) && names(invite)).length,
    plans: plans.filter(names).length,
    withAccess: linked.filter(({ seenAccess }) => seenAccess === 'libraries' || seenAccess === 'all').length,
  };
}

/** For the record: what was typed is nobody's business but that of whoever typed it. */
function tokenDetail({ kind }: Server, token: TokenEnd): readonly Sentence[] {
  if (token.kind === 'typed' || MEDIA_KINDS[kind].signIn === null) return [];
  return [say(token.kind === 'revoked' ? 'audit.note.tokenRevoked' : 'audit.note.tokenKept')];
}

const idsOf = (libraries: readonly Library[]): readonly string[] => libraries.map(({ id }) => id);

/** Invites that would give nothing any more are revoked; plans keep what they have elsewhere. */
async function forgetInPlansAndInvites(
  tx: GuildStores,
  libraries: readonly Library[],
  actorId: ActorId,
  now: Date,
): Promise<void> {
  const ids = idsOf(libraries);
  for (const plan of await tx.plans.list()) {
    if (overlap(plan.libraryIds, ids).length > 0)
      await tx.plans.update(plan.id, { libraryIds: without(plan.libraryIds, ids) });
  }
  for (const invite of await tx.invites.list()) {
    const named = overlap(invite.libraryIds, ids).length > 0;
    if (!named || without(invite.libraryIds, ids).length > 0 || invite.revokedAt !== null) continue;
    if (!(await tx.invites.revoke(invite.id, now))) continue;
    const facts = { invite: invite.prefix, detail: say('audit.note.itsServerRemoved') };
    await tx.audit.append({ action: 'invite.revoked', actorId, targetId: invite.memberId, facts, at: now });
  }
}

/** Linked accounts of which it is not confirmed that they have nothing any more. */
async function stillOpen(stores: GuildStores, serverId: string): Promise<readonly StillOpen[]> {
  const accounts = await stores.accounts.list({ serverId });
  return accounts
    .filter(({ memberId, protection }) => memberId !== null && protection === null)
    .flatMap((account) => {
      if (account.dueAt !== null)
        return [{ account: account.name, why: account.trouble ?? say('trouble.notConfirmed') }];
      return account.seenAccess === 'libraries' || account.seenAccess === 'all'
        ? [{ account: account.name, why: say('trouble.othersGave') }]
        : [];
    });
}
