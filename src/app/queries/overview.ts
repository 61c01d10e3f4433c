/** What is there, for people to look at: from the database only, never from a media server (rule 12). */

import type { Account, AuditEvent, Grant, GrantState, Library, Server } from '../../domain/model.ts';
import { matches, type Picked, pick } from '../../domain/pick.ts';
import { type GrantStanding, standingsOf } from '../grants/give.ts';
import { fullName } from '../grants/invites.ts';
import type { Deps } from '../ports/deps.ts';

export interface ServerOverview {
  readonly server: Server;
  /** Libraries it has now. */
  readonly libraries: number;
  /** Accounts that see something; pending ones count, disabled ones do not. */
  readonly accounts: number;
}

export interface LibraryOverview {
  readonly library: Library;
  readonly server: Server;
  /** Accounts that were last seen to have it. */
  readonly users: number;
}

export interface LinkedAccount {
  readonly account: Account;
  readonly server: Server;
}

export interface MyAccess {
  readonly guildId: string;
  readonly standings: readonly GrantStanding[];
  readonly accounts: readonly Account[];
}

const COMPLETIONS = 25;
/** Events of a member that are looked through for those of one grant. */
const HISTORY = 500;

export function makeOverview(deps: Deps) {
  return {
    async servers(guildId: string): Promise<readonly ServerOverview[]> {
      const stores = deps.stores.of(guildId);
      const [servers, libraries, withAccess] = await Promise.all([
        stores.servers.list(),
        stores.libraries.list(),
        stores.accounts.countWithAccess(),
      ]);
      return servers.map((server) => ({
        server,
        libraries: libraries.filter((library) => library.serverId === server.id && library.goneAt === null)
          .length,
        accounts: withAccess.get(server.id) ?? 0,
      }));
    },

    async libraries(guildId: string, serverId?: string): Promise<readonly LibraryOverview[]> {
      const stores = deps.stores.of(guildId);
      const [servers, libraries, users] = await Promise.all([
        stores.servers.list(),
        stores.libraries.list(serverId),
        stores.libraries.countUsers(),
      ]);
      const byId = new Map(servers.map((server) => [server.id, server]));
      return libraries.flatMap((library) => {
        const server = byId.get(library.serverId);
        return server ? [{ library, server, users: users.get(library.id) ?? 0 }] : [];
      });
    },

    /** Libraries that can be granted now, with the names people type. */
    async grantableLibraries(
      guildId: string,
    ): Promise<readonly { readonly library: Library; readonly name: string }[]> {
      const stores = deps.stores.of(guildId);
      const [servers, libraries] = await Promise.all([stores.servers.list(), stores.libraries.list()]);
      return libraries
        .filter((library) => library.goneAt === null)
        .map((library) => ({ library, name: fullName(library, servers) }));
    },

    /** The libraries meant by the parts of a list option: ids, `server · library`, or unique library names. */
    async pickLibraries(
      guildId: string,
      parts: readonly string[],
    ): Promise<
      readonly {
        readonly typed: string;
        readonly picked: Picked<{ readonly id: string; readonly name: string }>;
      }[]
    > {
      const items = (await this.grantableLibraries(guildId)).map(({ library, name }) => ({
        id: library.id,
        name,
        short: library.name,
      }));
      return parts.map((typed) => ({ typed, picked: pick(items, typed, (item) => [item.name, item.short]) }));
    },

    /** One library, gone ones included. */
    async pickLibrary(guildId: string, typed: string): Promise<Picked<{ id: string; name: string }>> {
      const items = await allLibraries(guildId);
      return pick(items, typed, (item) => [item.name, item.short]);
    },

    async completeAllLibraries(guildId: string, typed: string) {
      return (await allLibraries(guildId))
        .filter(({ name }) => matches(name, typed))
        .slice(0, COMPLETIONS)
        .map(({ id, name, gone }) => ({ name: gone ? `${name} (gone)` : name, value: id }));
    },

    /** The accounts linked to a member, finished ones. */
    async accountsOf(guildId: string, memberId: string): Promise<readonly LinkedAccount[]> {
      const stores = deps.stores.of(guildId);
      const [accounts, servers] = await Promise.all([
        stores.accounts.list({ memberId }),
        stores.servers.list(),
      ]);
      return accounts.flatMap((account) => {
        const server = servers.find(({ id }) => id === account.serverId);
        return server && account.externalId !== null ? [{ account, server }] : [];
      });
    },

    async pickServer(guildId: string, typed: string): Promise<Picked<Server>> {
      return pick(await deps.stores.of(guildId).servers.list(), typed, (server) => [server.name]);
    },

    /** A grant by id or by its number, with or without `#`. */
    async pickGrant(guildId: string, typed: string): Promise<Picked<Grant>> {
      const { grants } = deps.stores.of(guildId);
      const number = /^#?(\d{1,9})$/.exec(typed.trim())?.[1];
      const grant =
        number === undefined
          ? await grants.find(typed.trim())
          : (await grants.list({ after: Number(number) + 1, limit: 1 })).find(
              (found) => found.number === Number(number),
            );
      return grant ? { kind: 'one', item: grant } : { kind: 'none' };
    },

    async completeServers(guildId: string, typed: string) {
      const servers = await deps.stores.of(guildId).servers.list();
      return servers
        .filter((server) => matches(server.name, typed))
        .slice(0, COMPLETIONS)
        .map((server) => ({ name: server.name, value: server.id }));
    },

    async completePlans(guildId: string, typed: string) {
      const plans = await deps.stores.of(guildId).plans.list();
      return plans
        .filter((plan) => matches(plan.name, typed))
        .slice(0, COMPLETIONS)
        .map((plan) => ({ name: plan.name, value: plan.id }));
    },

    async completeLibraries(guildId: string, typed: string) {
      return (await this.grantableLibraries(guildId))
        .filter(({ name }) => matches(name, typed))
        .slice(0, COMPLETIONS)
        .map(({ library, name }) => ({ name, value: library.id }));
    },

    /** What was done with a grant, newest first. */
    async grantHistory(guildId: string, grant: Grant): Promise<readonly AuditEvent[]> {
      const events = await deps.stores.of(guildId).audit.list({ targetId: grant.memberId, limit: HISTORY });
      return events.filter(({ facts }) => facts.grant === grant.number);
    },

    /** Grants in these states, newest first, as far as a name needs them. */
    async grantsIn(
      guildId: string,
      states: readonly GrantState[],
    ): Promise<readonly Pick<GrantStanding, 'grant' | 'libraries'>[]> {
      const stores = deps.stores.of(guildId);
      const [grants, libraries] = await Promise.all([
        stores.grants.list({ states, limit: 200 }),
        stores.libraries.list(),
      ]);
      // Asked for while people type: how each stands on the servers is more than a name needs.
      const byId = new Map(libraries.map((library) => [library.id, library]));
      return grants.map((grant) => ({
        grant,
        libraries: grant.libraryIds.flatMap((id) => byId.get(id) ?? []),
      }));
    },

    /** A member's linked accounts, and the servers there are: in one guild, or (typed in a DM) in every guild where they have something. */
    async myAccounts(memberId: string, guildId?: string) {
      const guildIds = guildId === undefined ? await deps.stores.due.listGuildsOfMember(memberId) : [guildId];
      return await Promise.all(
        guildIds.map(async (id) => ({
          guildId: id,
          accounts: await this.accountsOf(id, memberId),
          servers: await deps.stores.of(id).servers.list(),
        })),
      );
    },

    /** What a member has: in one guild, or (typed in a DM) in every guild where they have something. */
    async myAccess(memberId: string, guildId?: string): Promise<readonly MyAccess[]> {
      const guildIds = guildId === undefined ? await deps.stores.due.listGuildsOfMember(memberId) : [guildId];
      return await Promise.all(
        guildIds.map(async (id) => {
          const stores = deps.stores.of(id);
          const [grants, accounts] = await Promise.all([
            stores.grants.list({ memberId, states: ['scheduled', 'active', 'paused', 'ending'] }),
            stores.accounts.list({ memberId }),
          ]);
          return { guildId: id, standings: await standingsOf(stores, grants), accounts };
        }),
      );
    },
  };

  async function allLibraries(guildId: string) {
    const stores = deps.stores.of(guildId);
    const [servers, libraries] = await Promise.all([stores.servers.list(), stores.libraries.list()]);
    return libraries.map((library) => ({
      id: library.id,
      name: fullName(library, servers),
      short: library.name,
      gone: library.goneAt !== null,
    }));
  }
}
