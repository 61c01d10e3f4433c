/** How grants stand: names in place of ids, and on each server what was last read there. */

import { type Application, applicationOn, serversOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Account, Grant, GrantState, Library, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

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

/** One grant of a guild as it is shown. @throws {Error} when there is no such grant. */
export async function standingOf(stores: GuildStores, grantId: string): Promise<GrantStanding> {
  const grant = await stores.grants.find(grantId);
  const [shown] = grant ? await standingsOf(stores, [grant]) : [];
  if (!shown) throw new Error('no such grant');
  return shown;
}

export function makeGrantStatus(deps: Deps) {
  return {
    /** @throws {Error} when there is no such grant. */
    async get(guildId: GuildId, grantId: string): Promise<GrantStanding> {
      return await standingOf(deps.stores.of(guildId), grantId);
    },

    /** A page of grants, newest first, and how many there are in all. */
    async list(
      guildId: GuildId,
      filter: {
        readonly memberId?: MemberId;
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
