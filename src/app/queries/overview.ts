import { type AccessCounts, NOBODY } from '../../domain/access-counts.ts';
import { accountsThere } from '../../domain/account-limit.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, AuditEvent, Grant, Library, MemberRequest, Server } from '../../domain/model.ts';
import { closedWhy } from '../../domain/open-account.ts';
import { renewalOf } from '../../domain/renewal.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, type KeptThere, leftTo, standingsOf } from './grant-status.ts';

export interface ServerOverview {
  readonly server: Server;
  /** Libraries it has now. */
  readonly libraries: number;
  readonly accounts: AccessCounts;
}

export interface LibraryOverview {
  readonly library: Library;
  readonly server: Server;
  /** Accounts that were last seen to have it. */
  readonly users: number;
  /** Accounts that are invited to it, and have not accepted. */
  readonly invited: number;
}

export interface LinkedAccount {
  readonly account: Account;
  readonly server: Server;
}

/** A guild as one of its members sees it. */
interface MyGuild {
  readonly guildId: GuildId;
  /** Where it has to be said which one it is: in a direct message. */
  readonly community: string | null;
  /** Whether they are still in it: asked where that is not plain. Who is not has nothing there. */
  readonly membership: 'member' | 'outside' | 'unknown';
}

export interface MyAccess extends MyGuild {
  readonly standings: readonly GrantStanding[];
  /** What they have where no grant is running. */
  readonly left: readonly KeptThere[];
  /** Accounts that Usher made and that somebody gets in with now, so that a new password is of use. */
  readonly passwordsFor: readonly LinkedAccount[];
  /** What ended lately, and is not given otherwise, newest first. */
  readonly ended: readonly GrantStanding[];
  /** Something of it can be renewed, or asked for. */
  readonly renewable: boolean;
  /** What they have asked staff for, and wait for. */
  readonly asked: readonly MemberRequest[];
}

export interface MyAccounts extends MyGuild {
  readonly accounts: readonly LinkedAccount[];
  /** Where another one may be linked. */
  readonly open: readonly Server[];
}

/** For how long members are shown what has ended. */
const ENDED_FOR_MS = 30 * 86_400_000;

const NOTHING = {
  standings: [],
  left: [],
  passwordsFor: [],
  ended: [],
  renewable: false,
  asked: [],
} as const;

/** How many of a member's newest events are searched for those of one grant. */
const HISTORY = 500;

/** The accounts linked to a member, without those that are still being made. */
export async function linkedAccounts(
  stores: GuildStores,
  memberId: MemberId,
): Promise<readonly LinkedAccount[]> {
  const [accounts, servers] = await Promise.all([stores.accounts.list({ memberId }), stores.servers.list()]);
  return accounts.flatMap((account) => {
    const server = servers.find(({ id }) => id === account.serverId);
    return server && account.externalId !== null ? [{ account, server }] : [];
  });
}

export function makeOverview(deps: Deps) {
  const accountsOf = (guildId: GuildId, memberId: MemberId) =>
    linkedAccounts(deps.stores.of(guildId), memberId);

  async function passwordsFor(
    stores: GuildStores,
    memberId: MemberId,
    grants: readonly Grant[],
  ): Promise<readonly LinkedAccount[]> {
    const own = (await accountsOf(stores.guildId, memberId)).filter(
      ({ account }) => account.createdByUs && !account.signsInElsewhere,
    );
    if (own.length === 0) return [];
    const [libraries, plans] = await Promise.all([stores.libraries.list(), stores.plans.list()]);
    const now = deps.clock.now();
    return own.filter((one) => closedWhy({ ...one, libraries, grants, plans }, now) === undefined);
  }

  return {
    accountsOf,

    async servers(guildId: GuildId): Promise<readonly ServerOverview[]> {
      const stores = deps.stores.of(guildId);
      const [servers, libraries, counts] = await Promise.all([
        stores.servers.list(),
        stores.libraries.list(),
        stores.accounts.countAccess(),
      ]);
      return servers.map((server) => ({
        server,
        libraries: libraries.filter((library) => library.serverId === server.id && library.goneAt === null)
          .length,
        accounts: counts.get(server.id) ?? NOBODY,
      }));
    },

    async libraries(guildId: GuildId, serverId?: string): Promise<readonly LibraryOverview[]> {
      const stores = deps.stores.of(guildId);
      const [servers, libraries, users] = await Promise.all([
        stores.servers.list(),
        stores.libraries.list(serverId),
        stores.libraries.countUsers(),
      ]);
      const byId = new Map(servers.map((server) => [server.id, server]));
      return libraries.flatMap((library) => {
        const server = byId.get(library.serverId);
        const { has = 0, invited = 0 } = users.get(library.id) ?? {};
        return server ? [{ library, server, users: has, invited }] : [];
      });
    },

    /** The record, newest first: what is older than `before`. */
    events: async (
      guildId: GuildId,
      page: { readonly targetId?: MemberId; readonly before?: number; readonly limit: number },
    ): Promise<readonly AuditEvent[]> => await deps.stores.of(guildId).audit.list(page),

    /** What was done with a grant, newest first. */
    async grantHistory(guildId: GuildId, grant: Grant): Promise<readonly AuditEvent[]> {
      const events = await deps.stores.of(guildId).audit.list({ targetId: grant.memberId, limit: HISTORY });
      return events.filter(({ facts }) => facts.grant === grant.number);
    },

    /**
     * A member's linked accounts, and the servers where another may be linked: for one guild, or, without one because
     * it was typed in a DM, for every guild where the member has something.
     */
    async myAccounts(memberId: MemberId, guildId?: GuildId): Promise<readonly MyAccounts[]> {
      return await Promise.all(
        (await guildsOf(memberId, guildId)).map(async (guild) => {
          if (guild.membership !== 'member') return { ...guild, accounts: [], open: [] };
          const stores = deps.stores.of(guild.guildId);
          const [servers, theirs, { maxAccounts: max }] = await Promise.all([
            stores.servers.list(),
            stores.accounts.list({ memberId }),
            stores.settings.get(),
          ]);
          const hasRoom = (server: Server) => {
            const hasNone = theirs.every(({ serverId }) => serverId !== server.id);
            // What they have with the owner of another server is theirs to link here as well.
            if (hasNone && MEDIA_KINDS[server.kind].accounts === 'invited') return true;
            return accountsThere({ server, servers, theirs }).length < max;
          };
          const accounts = await accountsOf(guild.guildId, memberId);
          return { ...guild, accounts, open: servers.filter(hasRoom) };
        }),
      );
    },

    /**
     * What a member has in one guild, or, without one because it was typed in a DM, in every guild where they have
     * something.
     */
    async myAccess(memberId: MemberId, guildId?: GuildId): Promise<readonly MyAccess[]> {
      return await Promise.all(
        (await guildsOf(memberId, guildId)).map(async (guild) => {
          if (guild.membership !== 'member') return { ...guild, ...NOTHING };
          const stores = deps.stores.of(guild.guildId);
          const grants = await stores.grants.list({ memberId });
          const running = grants.filter(({ state }) => state !== 'ended');
          const standings = await standingsOf(deps, stores, running);
          const asked = await stores.requests.listWaiting([memberId]);
          return {
            ...guild,
            standings,
            left: await leftTo(stores, memberId, standings),
            passwordsFor: await passwordsFor(stores, memberId, grants),
            ended: await standingsOf(deps, stores, endedLately(grants)),
            renewable: await isRenewable(stores, grants, asked),
            asked,
          };
        }),
      );
    },
  };

  /** In a guild its members ask; a direct message may come from somebody who has left it. */
  async function guildsOf(memberId: MemberId, guildId: GuildId | undefined): Promise<readonly MyGuild[]> {
    if (guildId !== undefined) return [{ guildId, community: null, membership: 'member' }];
    const guildIds = await deps.stores.due.listGuildsOfMember(memberId);
    return await Promise.all(
      guildIds.map(async (id) => {
        const [outside, community] = await Promise.all([
          outsiderTrouble(deps, id, memberId),
          deps.guilds.nameOf(id),
        ]);
        const isOutside = outside?.kind === 'not-a-member';
        const membership = outside === undefined ? 'member' : isOutside ? 'outside' : 'unknown';
        return { guildId: id, community, membership };
      }),
    );
  }

  async function isRenewable(
    stores: GuildStores,
    grants: readonly Grant[],
    asked: readonly MemberRequest[],
  ): Promise<boolean> {
    const [plans, { mayAsk }] = await Promise.all([stores.plans.list(), stores.settings.get()]);
    const now = deps.clock.now();
    return grants.some((grant) => {
      const plan = plans.find(({ id }) => id === grant.planId);
      const renewal = renewalOf(grant, plan, { mayAsk, now });
      return renewal === 'self' || (renewal === 'ask' && asked.every(({ grantId }) => grantId !== grant.id));
    });
  }

  function endedLately(grants: readonly Grant[]): readonly Grant[] {
    const since = new Date(deps.clock.now().getTime() - ENDED_FOR_MS);
    const given = new Set(
      grants.filter(({ state }) => state === 'active').flatMap(({ libraryIds }) => libraryIds),
    );
    return grants
      .filter(({ endedAt, state }) => state === 'ended' && endedAt !== null && endedAt > since)
      .filter(({ libraryIds }) => libraryIds.some((id) => !given.has(id)))
      .toSorted((one, other) => (other.endedAt?.getTime() ?? 0) - (one.endedAt?.getTime() ?? 0));
  }
}
