/** What people mean by what they type, and what they are offered while they type: from the database only (rule 12). */

import { allAsOf } from '../../domain/grant.ts';
import type { GuildId } from '../../domain/ids.ts';
import { fullName } from '../../domain/library-name.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Grant, GrantState, Library, Plan, Server } from '../../domain/model.ts';
import { matches, nameIndex, type Picked, pick } from '../../domain/pick.ts';
import { completeList, type Offer, type PickedList, pickList } from '../../domain/pick-list.ts';
import type { Deps } from '../ports/deps.ts';
import type { NamedAccount } from '../ports/stores/accounts.ts';
import type { GrantStanding } from './grant-status.ts';

const COMPLETIONS = 25;

/** A library as people name it. */
export interface NamedLibrary {
  readonly id: string;
  /** `server · library`. */
  readonly name: string;
  readonly short: string;
  readonly gone: boolean;
  /** The server does not list it now; whether it is gone is not known yet. */
  readonly missing: boolean;
}

/** One that is gone is known, so that its name is not taken for two others; but it cannot be given. */
export type PickedLibraries =
  | PickedList<NamedLibrary>
  | { readonly kind: 'gone'; readonly item: NamedLibrary };

const hasOwnAccounts = ({ kind }: Server): boolean => MEDIA_KINDS[kind].accounts === 'created';

const copyable = (accounts: readonly NamedAccount[]): readonly NamedAccount[] =>
  accounts.filter(({ protection }) => protection === null);

const indexOf = (libraries: readonly NamedLibrary[]) =>
  nameIndex(
    libraries,
    ({ name, short }) => [name, short],
    ({ gone }) => gone,
  );

export function makeAutocomplete(deps: Deps) {
  return {
    grantableLibraries,

    /** The libraries meant by a list: ids, `server · library`, or library names, also with commas in them. */
    async pickLibraries(guildId: GuildId, typed: string): Promise<PickedLibraries> {
      const picked = pickList(indexOf(await allLibraries(guildId)), typed);
      const gone = picked.kind === 'all' ? picked.items.find((item) => item.gone) : undefined;
      return gone ? { kind: 'gone', item: gone } : picked;
    },

    /** One library that can be granted. */
    async pickGrantable(guildId: GuildId, typed: string): Promise<Picked<NamedLibrary>> {
      return indexOf((await allLibraries(guildId)).filter(({ gone }) => !gone)).pick(typed);
    },

    /** One library, gone ones included. */
    async pickLibrary(guildId: GuildId, typed: string): Promise<Picked<NamedLibrary>> {
      return indexOf(await allLibraries(guildId)).pick(typed);
    },

    async completeAllLibraries(guildId: GuildId, typed: string) {
      return indexOf(await allLibraries(guildId))
        .containing(typed)
        .slice(0, COMPLETIONS)
        .map(({ id, name, gone, missing }) => ({
          name: gone ? `${name} (gone)` : missing ? `${name} (not there now)` : name,
          value: id,
        }));
    },

    /** Completes the last of several libraries. */
    async completeLibraryList(guildId: GuildId, typed: string): Promise<readonly Offer[]> {
      return completeList(indexOf(await allLibraries(guildId)), typed, COMPLETIONS);
    },

    async pickServer(guildId: GuildId, typed: string): Promise<Picked<Server>> {
      return pick(await deps.stores.of(guildId).servers.list(), typed, (server) => [server.name]);
    },

    /** A grant by id or by its number, with or without `#`. */
    async pickGrant(guildId: GuildId, typed: string): Promise<Picked<Grant>> {
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

    async pickPlan(guildId: GuildId, typed: string): Promise<Picked<Plan>> {
      return pick(await deps.stores.of(guildId).plans.list(), typed, (plan) => [plan.name]);
    },

    async completeServers(guildId: GuildId, typed: string) {
      const servers = await deps.stores.of(guildId).servers.list();
      return servers
        .filter((server) => matches(server.name, typed))
        .slice(0, COMPLETIONS)
        .map((server) => ({ name: server.name, value: server.id }));
    },

    /** An account of a server that new ones could copy, with or without the server's name in front. */
    async pickTemplate(guildId: GuildId, serverId: string, typed: string): Promise<Picked<NamedAccount>> {
      const stores = deps.stores.of(guildId);
      const server = await stores.servers.find(serverId);
      const accounts = copyable(await stores.accounts.listNames(serverId));
      return pick(accounts, typed, ({ name }) => [name, `${server?.name} · ${name}`]);
    },

    /** Accounts that new ones could copy, on all servers whose accounts are their own. */
    async completeTemplates(guildId: GuildId, typed: string): Promise<readonly Offer[]> {
      const stores = deps.stores.of(guildId);
      const servers = (await stores.servers.list()).filter(hasOwnAccounts);
      const named = await Promise.all(
        servers.map(async (server) =>
          copyable(await stores.accounts.listNames(server.id)).map(({ id, name }) => ({
            name: servers.length > 1 ? `${server.name} · ${name}` : name,
            value: id,
          })),
        ),
      );
      return named
        .flat()
        .filter(({ name }) => matches(name, typed))
        .slice(0, COMPLETIONS);
    },

    async completePlans(guildId: GuildId, typed: string) {
      const plans = await deps.stores.of(guildId).plans.list();
      return plans
        .filter((plan) => matches(plan.name, typed))
        .slice(0, COMPLETIONS)
        .map((plan) => ({ name: plan.name, value: plan.id }));
    },

    async completeLibraries(guildId: GuildId, typed: string) {
      return indexOf((await allLibraries(guildId)).filter(({ gone }) => !gone))
        .containing(typed)
        .slice(0, COMPLETIONS)
        .map(({ id, name, missing }) => ({ name: missing ? `${name} (not there now)` : name, value: id }));
    },

    /** Grants in these states, newest first, with only what is needed to name them: people are typing meanwhile. */
    async grantsIn(
      guildId: GuildId,
      states: readonly GrantState[],
    ): Promise<readonly Pick<GrantStanding, 'grant' | 'libraries'>[]> {
      const stores = deps.stores.of(guildId);
      const at = deps.clock.now();
      const [grants, libraries] = await Promise.all([
        stores.grants.list({ states, at, limit: 200 }),
        stores.libraries.list(),
      ]);
      const byId = new Map(libraries.map((library) => [library.id, library]));
      return allAsOf(at, grants, []).grants.map((grant) => ({
        grant,
        libraries: grant.libraryIds.flatMap((id) => byId.get(id) ?? []),
      }));
    },
  };

  /** Libraries that can be granted now, with the names people type. */
  async function grantableLibraries(
    guildId: GuildId,
  ): Promise<readonly { readonly library: Library; readonly name: string }[]> {
    const stores = deps.stores.of(guildId);
    const [servers, libraries] = await Promise.all([stores.servers.list(), stores.libraries.list()]);
    return libraries
      .filter((library) => library.goneAt === null)
      .map((library) => ({ library, name: fullName(library, servers) }));
  }

  async function allLibraries(guildId: GuildId): Promise<readonly NamedLibrary[]> {
    const stores = deps.stores.of(guildId);
    const [servers, libraries] = await Promise.all([stores.servers.list(), stores.libraries.list()]);
    return libraries.map((library) => ({
      id: library.id,
      name: fullName(library, servers),
      short: library.name,
      gone: library.goneAt !== null,
      missing: library.missingSince !== null,
    }));
  }
}
