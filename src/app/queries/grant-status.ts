/** How grants stand: names in place of ids, and on each server what was last read there. */

import { type Application, applicationOn, asOf, nextTransition, serversOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Grant, GrantState, Library, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** A grant as it is shown: as of now, with names in place of ids, and how it stands on each server. */
export interface GrantStanding {
  readonly grant: Grant;
  /** Name of the plan it was made from, while there is one. */
  readonly planName: string | null;
  readonly libraries: readonly Library[];
  readonly servers: readonly { readonly server: Server; readonly application: Application }[];
}

/** How grants of a guild stand now, with what people need to see. */
export async function standingsOf(
  { clock, clockHold }: Pick<Deps, 'clock' | 'clockHold'>,
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
  const isHeld = clockHold.isHeld();
  const now = clock.now();
  return grants.map((stored) => {
    const theirs = accounts.filter((account) => account.memberId === stored.memberId);
    const { grant, accounts: due } = asOf(now, { grant: stored, accounts: theirs });
    const unsure = isHeld && nextTransition(stored) !== null;
    const used = serversOf(grant, libraries);
    const on = (server: Server): Application =>
      unsure ? { kind: 'clock-held' } : applicationOn(grant, server, due, libraries);
    return {
      grant,
      planName: planNames.get(grant.planId ?? '') ?? null,
      libraries: libraries.filter((library) => grant.libraryIds.includes(library.id)),
      servers: servers
        .filter((server) => used.includes(server.id))
        .map((server) => ({ server, application: on(server) })),
    };
  });
}

/** One grant of a guild as it is shown. @throws {Error} when there is no such grant. */
export async function standingOf(
  deps: Pick<Deps, 'clock' | 'clockHold'>,
  stores: GuildStores,
  grantId: string,
): Promise<GrantStanding> {
  const grant = await stores.grants.find(grantId);
  const [shown] = grant ? await standingsOf(deps, stores, [grant]) : [];
  if (!shown) throw new Error('no such grant');
  return shown;
}

export function makeGrantStatus(deps: Deps) {
  return {
    /** @throws {Error} when there is no such grant. */
    async get(guildId: GuildId, grantId: string): Promise<GrantStanding> {
      return await standingOf(deps, deps.stores.of(guildId), grantId);
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
      const at = deps.clock.now();
      const [grants, total] = await Promise.all([
        stores.grants.list({ ...filter, at, limit: filter.limit + 1 }),
        stores.grants.count({ ...filter, at }),
      ]);
      const page = await standingsOf(deps, stores, grants.slice(0, filter.limit));
      return { page, total, more: grants.length > filter.limit };
    },
  };
}
