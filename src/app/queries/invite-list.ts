/** Invites as staff see them: what they give, how many uses are left, and who redeemed them. */

import type { GuildId, MemberId } from '../../domain/ids.ts';
import { type InviteState, inviteStateOf } from '../../domain/invite.ts';
import type { Invite, Library, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { Meanings } from './meanings.ts';

export interface ListedInvite {
  readonly invite: Invite;
  readonly state: InviteState;
  readonly libraries: readonly Library[];
  /** Those that its libraries are on. */
  readonly servers: readonly Server[];
  /** Name of the plan it gives, while there is one. */
  readonly planName: string | null;
  /** In the order in which they did. */
  readonly redeemedBy: readonly MemberId[];
  /** What everybody it names is called, as far as that is known. */
  readonly names: ReadonlyMap<string, string>;
}

export function makeInviteList(deps: Deps, meanings: Meanings) {
  return {
    /** Open ones by what runs out first, others newest first; and how many there are in all. */
    async list(
      guildId: GuildId,
      asked: {
        readonly state: InviteState;
        readonly search?: string;
        readonly start: number;
        readonly limit: number;
      },
    ): Promise<{ readonly rows: readonly ListedInvite[]; readonly total: number }> {
      const { state, search = '', start, limit } = asked;
      const stores = deps.stores.of(guildId);
      const filter = { state, at: deps.clock.now(), words: await meanings(guildId, search) };
      const [invites, total] = await Promise.all([
        stores.invites.listPage({ ...filter, skip: start, limit }),
        stores.invites.count(filter),
      ]);
      return { rows: await listed(stores, invites, filter.at), total };
    },

    /** Undefined when there is none. */
    async get(guildId: GuildId, inviteId: string): Promise<ListedInvite | undefined> {
      const stores = deps.stores.of(guildId);
      const invite = await stores.invites.find(inviteId);
      const [only] = invite ? await listed(stores, [invite], deps.clock.now()) : [];
      return only;
    },
  };
}

async function listed(
  stores: GuildStores,
  invites: readonly Invite[],
  at: Date,
): Promise<readonly ListedInvite[]> {
  if (invites.length === 0) return [];
  const [redemptions, libraries, servers, plans] = await Promise.all([
    stores.invites.listRedemptions(invites.map(({ id }) => id)),
    stores.libraries.list(),
    stores.servers.list(),
    stores.plans.list(),
  ]);
  const people = [
    ...redemptions.map(({ memberId }) => memberId),
    ...invites.flatMap(({ memberId }) => memberId ?? []),
  ];
  const named = await stores.members.listNames([...new Set(people)]);
  const names = new Map(named.map(({ userId, name }) => [userId as string, name]));
  return invites.map((invite) => {
    const plan = plans.find(({ id }) => id === invite.planId);
    // An invite of a plan gives what the plan gives when it is redeemed.
    const ids = plan?.libraryIds ?? invite.libraryIds;
    const given = libraries.filter(({ id }) => ids.includes(id));
    return {
      invite,
      state: inviteStateOf(invite, at),
      libraries: given,
      servers: servers.filter(({ id }) => given.some(({ serverId }) => serverId === id)),
      planName: plan?.name ?? null,
      redeemedBy: redemptions
        .filter(({ inviteId }) => inviteId === invite.id)
        .map(({ memberId }) => memberId),
      names,
    };
  });
}
