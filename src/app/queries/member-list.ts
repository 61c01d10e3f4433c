/** Who has what in a guild, by what ends next. */

import { NOT_ENDED } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { inOrderOfEnds, type NextEnd } from '../../domain/member-order.ts';
import { SOON_MS } from '../../domain/panel.ts';
import type { Deps } from '../ports/deps.ts';
import type { Meant } from '../ports/stores/grants.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, standingsOf } from './grant-status.ts';
import type { Meanings } from './meanings.ts';

/**
 * `expiring`: within a week. `overdue`: something of theirs is over, and a server has not confirmed it. `pending`:
 * invited, and yet to accept, or waiting for an answer of staff. `unlinked`: given something where they have no
 * account.
 */
export type MemberFilter = 'active' | 'expiring' | 'overdue' | 'pending' | 'unlinked';

export interface ListedMember {
  readonly memberId: MemberId;
  /** What they are called, as far as that is known. */
  readonly name: string | undefined;
  readonly next: NextEnd;
  /** They have asked staff for something, and wait for an answer. */
  readonly asks: boolean;
  /** Their grants that are not over. */
  readonly standings: readonly GrantStanding[];
}

export function makeMemberList(deps: Deps, meanings: Meanings) {
  return {
    /** Members with grants that are not over, or with accounts; some of them, and how many there are in all. */
    async list(
      guildId: GuildId,
      asked: { readonly filter?: MemberFilter | undefined; readonly search?: string } & Slice,
    ): Promise<{ readonly rows: readonly ListedMember[]; readonly total: number }> {
      const stores = deps.stores.of(guildId);
      const all = await inOrder(stores, guildId, asked);
      const shown = all.slice(asked.start, asked.start + asked.limit);
      const memberIds = shown.map(({ memberId }) => memberId);
      const at = deps.clock.now();
      const [grants, named, asking] = await Promise.all([
        memberIds.length === 0 ? [] : stores.grants.list({ memberIds, states: NOT_ENDED, at }),
        stores.members.listNames(memberIds),
        stores.requests.listWaiting(memberIds),
      ]);
      const standings = Map.groupBy(
        await standingsOf(deps, stores, grants),
        ({ grant: { memberId } }) => memberId,
      );
      const names = new Map(named.map(({ userId, name }) => [userId, name]));
      const rows = shown.map(({ memberId, next }) => ({
        ...{ memberId, next },
        name: names.get(memberId),
        asks: asking.some((request) => request.memberId === memberId),
        standings: standings.get(memberId) ?? [],
      }));
      return { rows, total: all.length };
    },

    /** Ids of all whom the list has, in its order. */
    async ids(
      guildId: GuildId,
      asked: { readonly filter?: MemberFilter | undefined; readonly search?: string },
    ): Promise<readonly MemberId[]> {
      return (await inOrder(deps.stores.of(guildId), guildId, asked)).map(({ memberId }) => memberId);
    },
  };

  async function inOrder(
    stores: GuildStores,
    guildId: GuildId,
    { filter, search = '' }: { readonly filter?: MemberFilter | undefined; readonly search?: string },
  ): Promise<ReturnType<typeof inOrderOfEnds>> {
    const at = deps.clock.now();
    const [words, ends, linked, asking, only] = await Promise.all([
      meanings(guildId, search),
      stores.grants.listEnds({ states: NOT_ENDED, at }),
      stores.accounts.listMembers({}),
      stores.requests.listWaiting(),
      filter && chosenBy(stores, filter, at),
    ]);
    const fits = await fitting(stores, words, at);
    // Whoever asks is listed, also without anything of their own.
    const others = [...new Set([...linked, ...asking.map(({ memberId }) => memberId)])];
    return inOrderOfEnds(ends, others, at).filter(
      ({ memberId }) => (only === undefined || only.has(memberId)) && fits(memberId),
    );
  }

  /** Who is found by all of the words: by their name, or by one of their grants. */
  async function fitting(stores: GuildStores, words: readonly Meant[], at: Date) {
    if (words.length === 0) return () => true;
    const byGrant = new Set(
      (await stores.grants.listEnds({ states: NOT_ENDED, at, words })).map(({ memberId }) => memberId),
    );
    return (memberId: MemberId) =>
      byGrant.has(memberId) || words.every(({ memberIds }) => memberIds.includes(memberId));
  }
}

interface Slice {
  readonly start: number;
  readonly limit: number;
}

async function chosenBy(stores: GuildStores, filter: MemberFilter, at: Date): Promise<ReadonlySet<MemberId>> {
  const { grants, accounts, requests } = stores;
  switch (filter) {
    case 'active':
      return membersOf(await grants.listEnds({ states: ['active'], at }));
    case 'expiring': {
      const soon = new Date(at.getTime() + SOON_MS);
      const ends = await grants.listEnds({ states: ['active'], at });
      return membersOf(ends.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= soon));
    }
    case 'overdue':
      return membersOf(await grants.listEnds({ states: ['ending'], at }));
    case 'pending':
      return new Set([
        ...(await accounts.listMembers({ pending: true })),
        ...(await requests.listWaiting()).map(({ memberId }) => memberId),
      ]);
    case 'unlinked':
      return await unlinked(stores, at);
  }
}

async function unlinked(
  { servers, grants, accounts }: GuildStores,
  at: Date,
): Promise<ReadonlySet<MemberId>> {
  const without = new Set<MemberId>();
  for (const { id: serverId } of await servers.list()) {
    const [given, linked] = await Promise.all([
      grants.listEnds({ states: ['active'], at, serverId }),
      accounts.listMembers({ serverId }),
    ]);
    for (const memberId of membersOf(given).difference(new Set(linked))) without.add(memberId);
  }
  return without;
}

const membersOf = (ends: readonly { readonly memberId: MemberId }[]): ReadonlySet<MemberId> =>
  new Set(ends.map(({ memberId }) => memberId));
