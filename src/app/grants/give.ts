/** Grants by staff: give and list. What is said about each server is what was last read there. */
import { type Application, applicationOn, serversOf } from '../../domain/grant.ts';
import type { Account, Grant, GrantState, Library, Server } from '../../domain/model.ts';
import { grantFacts } from '../ledger/grant-transitions.ts';
import { withPlanRoles } from '../ledger/plan-roles.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';

/** A grant as it is shown: names in place of ids, and how it stands on each server. */
export interface GrantStanding {
  readonly grant: Grant;
  /** Name of the plan it was made from, while there is one. */
  readonly planName: string | null;
  readonly libraries: readonly Library[];
  readonly servers: readonly { readonly server: Server; readonly application: Application }[];
}

/** Adds what people need to see to grants of a guild. */
export async function standingsOf(
  stores: GuildStores,
  grants: readonly Grant[],
): Promise<readonly GrantStanding[]> {
  if (grants.length === 0) return [];
  const memberIds = [...new Set(grants.map((grant) => grant.memberId))];
  const [libraries, servers, accounts, plans] = await Promise.all([
    stores.libraries.list(),
    stores.servers.list(),
    stores.accounts.list({ memberIds }),
    stores.plans.list(),
  ]);
  const planNames = new Map(plans.map(({ id, name }) => [id, name]));
  return grants.map((grant) => ({
    ...standing(grant, libraries, servers, accounts),
    planName: planNames.get(grant.planId ?? '') ?? null,
  }));
}

function standing(
  grant: Grant,
  libraries: readonly Library[],
  servers: readonly Server[],
  accounts: readonly Account[],
): Omit<GrantStanding, 'planName'> {
  const theirs = accounts.filter((account) => account.memberId === grant.memberId);
  const used = serversOf(grant, libraries);
  return {
    grant,
    libraries: libraries.filter((library) => grant.libraryIds.includes(library.id)),
    servers: servers
      .filter((server) => used.includes(server.id))
      .map((server) => ({ server, application: applicationOn(grant, server, theirs, libraries) })),
  };
}

export interface AddGrantInput {
  readonly guildId: string;
  readonly actorId: string;
  readonly memberId: string;
  readonly libraryIds: readonly string[];
  readonly planId?: string;
  readonly startsAt: Date;
  /** Null is for good. */
  readonly expiresAt: Date | null;
  readonly reason: string | null;
}

export function makeGrants(deps: Deps, applyNow: ApplyNow) {
  return {
    /** Makes a grant and applies it as far as the servers answer in time. */
    async add(input: AddGrantInput): Promise<GrantStanding> {
      const { guildId, memberId } = input;
      const grant = await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        await tx.members.ensure(memberId);
        const added = await withPlanRoles(deps, tx, [memberId], now, () =>
          tx.grants.add({
            id: deps.codes.newId(),
            memberId,
            source: 'command',
            planId: input.planId ?? null,
            state: input.startsAt > now ? 'scheduled' : 'active',
            startsAt: input.startsAt,
            expiresAt: input.expiresAt,
            reason: input.reason,
            createdById: input.actorId,
            createdAt: now,
            libraryIds: input.libraryIds,
          }),
        );
        await tx.audit.append({
          action: 'grant.created',
          actorId: input.actorId,
          targetId: memberId,
          facts: {
            grant: added.number,
            ...grantFacts(added.libraryIds, await tx.libraries.list(), await tx.servers.list()),
            ...(added.state === 'scheduled' && { from: added.startsAt.toISOString() }),
            ...(added.expiresAt && { until: added.expiresAt.toISOString() }),
            ...(input.reason && { reason: input.reason }),
          },
          at: now,
        });
        if (added.state === 'active') await tx.accounts.makeDue({ memberIds: [memberId] }, now, 'decided');
        return added;
      });
      await applyNow(guildId, [memberId]);
      return await this.get(guildId, grant.id);
    },

    /** @throws {Error} when there is no such grant. */
    async get(guildId: string, grantId: string): Promise<GrantStanding> {
      const stores = deps.stores.of(guildId);
      const grant = await stores.grants.find(grantId);
      const [shown] = grant ? await standingsOf(stores, [grant]) : [];
      if (!shown) throw new Error('no such grant');
      return shown;
    },

    /** A page of grants, newest first, and how many there are in all. */
    async list(
      guildId: string,
      filter: {
        readonly memberId?: string;
        readonly states?: readonly GrantState[];
        readonly serverId?: string;
        readonly after?: number;
        readonly limit: number;
      },
    ): Promise<{ readonly page: readonly GrantStanding[]; readonly total: number; readonly more: boolean }> {
      const stores = deps.stores.of(guildId);
      const [grants, total] = await Promise.all([
        stores.grants.list({ ...filter, limit: filter.limit + 1 }),
        stores.grants.count(filter),
      ]);
      const page = await standingsOf(stores, grants.slice(0, filter.limit));
      return { page, total, more: grants.length > filter.limit };
    },
  };
}
