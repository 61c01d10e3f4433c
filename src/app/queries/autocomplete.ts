/** What people mean by what they type, and what they are offered while they type: from the database only (rule 12). */

import { type BegunList, beginList, completeList, type Offer } from '../../domain/complete-list.ts';
import { allAsOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Grant, GrantState, Invite, Plan, Server } from '../../domain/model.ts';
import { nameMatcher, type Picked, pick } from '../../domain/pick.ts';
import { type PickedList, pickList } from '../../domain/pick-list.ts';
import type { Deps } from '../ports/deps.ts';
import type { NamedAccount } from '../ports/stores/accounts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { wordsBeside } from './account-names.ts';
import { firstInTurn } from './in-turn.ts';
import type { Meanings } from './meanings.ts';
import type { NamedLibrariesOf, NamedLibrary } from './named-libraries.ts';

const COMPLETIONS = 25;

/** One that is gone is known, so that its name is not taken for two others; but it cannot be given. */
export type PickedLibraries =
  | PickedList<NamedLibrary>
  | { readonly kind: 'gone'; readonly item: NamedLibrary };

/** What names a thing of somebody in a completion. */
interface Named {
  /** What they are called, as far as that is known. */
  readonly who: string | undefined;
  readonly libraries: readonly NamedLibrary[];
  /** As of when. */
  readonly at: Date;
}

export interface NamedGrant extends Named {
  readonly grant: Grant;
}

export interface NamedInvite extends Named {
  readonly invite: Invite;
}

const hasOwnAccounts = ({ kind }: Server): boolean => MEDIA_KINDS[kind].accounts === 'created';

const copyable = (accounts: readonly NamedAccount[]): readonly NamedAccount[] =>
  accounts.filter(({ protection }) => protection === null);

/** Of a server with thousands of accounts that the database finds, no more are compared. */
const NAMES_READ = 500;

const isThere = ({ gone }: NamedLibrary): boolean => !gone;

const isNamed = (typed: string) => {
  const isMeant = nameMatcher(typed);
  return ({ name }: { readonly name: string }): boolean => isMeant(name);
};

export function makeAutocomplete(deps: Deps, namedLibraries: NamedLibrariesOf, meanings: Meanings) {
  return {
    /** Libraries that can be granted now, by server and name. */
    async grantableLibraries(guildId: GuildId): Promise<readonly NamedLibrary[]> {
      return (await namedLibraries(guildId)).all.filter(isThere);
    },

    /** The libraries meant by a list: ids, `server · library`, or library names, also with commas in them. */
    async pickLibraries(guildId: GuildId, typed: string): Promise<PickedLibraries> {
      const picked = pickList((await namedLibraries(guildId)).index, typed);
      const gone = picked.kind === 'all' ? picked.items.find((item) => item.gone) : undefined;
      return gone ? { kind: 'gone', item: gone } : picked;
    },

    /** One library that can be granted, of any server or of this one. */
    async pickGrantable(guildId: GuildId, typed: string, serverId?: string): Promise<Picked<NamedLibrary>> {
      const isMeant = (library: NamedLibrary) =>
        isThere(library) && (serverId === undefined || library.serverId === serverId);
      return (await namedLibraries(guildId)).index.pick(typed, isMeant);
    },

    /** One library, gone ones included. */
    async pickLibrary(guildId: GuildId, typed: string): Promise<Picked<NamedLibrary>> {
      return (await namedLibraries(guildId)).index.pick(typed);
    },

    async completeAllLibraries(guildId: GuildId, typed: string) {
      return (await namedLibraries(guildId)).index
        .containing(typed)
        .take(COMPLETIONS)
        .map(({ id, name, gone, missing }) => ({
          name: gone ? `${name} (gone)` : missing ? `${name} (not there now)` : name,
          value: id,
        }))
        .toArray();
    },

    /** Completes the last of several libraries. */
    async completeLibraryList(guildId: GuildId, typed: string): Promise<readonly Offer[]> {
      return completeList((await namedLibraries(guildId)).index, typed, COMPLETIONS);
    },

    /** For a list that is too long to be completed: what fits of it, and that the others are chosen from a select. */
    async beginLibraryList(guildId: GuildId, typed: string): Promise<BegunList | undefined> {
      return beginList((await namedLibraries(guildId)).index, typed);
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
          : (await grants.list({ number: Number(number), limit: 1 }))[0];
      return grant ? { kind: 'one', item: grant } : { kind: 'none' };
    },

    async pickPlan(guildId: GuildId, typed: string): Promise<Picked<Plan>> {
      return pick(await deps.stores.of(guildId).plans.list(), typed, (plan) => [plan.name]);
    },

    async completeServers(guildId: GuildId, typed: string) {
      const servers = await deps.stores.of(guildId).servers.list();
      return servers
        .filter(isNamed(typed))
        .slice(0, COMPLETIONS)
        .map((server) => ({ name: server.name, value: server.id }));
    },

    /** An account of a server that new ones could copy, with or without the server's name in front. */
    async pickTemplate(guildId: GuildId, serverId: string, typed: string): Promise<Picked<NamedAccount>> {
      const stores = deps.stores.of(guildId);
      const server = await stores.servers.find(serverId);
      // Of a completion that was chosen: thousands of names need not be compared.
      const chosen = await stores.accounts.find(typed.trim());
      if (chosen?.serverId === serverId && chosen.externalId !== null && chosen.protection === null)
        return { kind: 'one', item: { ...chosen, externalId: chosen.externalId } };
      const accounts = copyable(await stores.accounts.listNames(serverId));
      return pick(accounts, typed, ({ name }) => [name, `${server?.name} · ${name}`]);
    },

    /** Accounts that new ones could copy, on this server or on all, as far as its accounts are its own. */
    async completeTemplates(guildId: GuildId, typed: string, only?: string): Promise<readonly Offer[]> {
      const stores = deps.stores.of(guildId);
      const isMeant = ({ id }: Server) => only === undefined || id === only;
      const servers = (await stores.servers.list()).filter(hasOwnAccounts).filter(isMeant);
      const named = await Promise.all(
        servers.map(async ({ id: serverId, name: server }) =>
          (await stores.accounts.findNames(serverId, wordsBeside(typed, server), NAMES_READ)).map(
            ({ id, name }) => ({ name: servers.length > 1 ? `${server} · ${name}` : name, value: id }),
          ),
        ),
      );
      return named.flat().filter(isNamed(typed)).slice(0, COMPLETIONS);
    },

    async completePlans(guildId: GuildId, typed: string) {
      const plans = await deps.stores.of(guildId).plans.list();
      return plans
        .filter(isNamed(typed))
        .slice(0, COMPLETIONS)
        .map((plan) => ({ name: plan.name, value: plan.id }));
    },

    /** Libraries that can be granted, of this server or of all. */
    async completeLibraries(guildId: GuildId, typed: string, only?: string) {
      return (await namedLibraries(guildId)).index
        .containing(typed)
        .filter(isThere)
        .filter(({ serverId }) => only === undefined || serverId === only)
        .take(COMPLETIONS)
        .map(({ id, name, missing }) => ({ name: missing ? `${name} (not there now)` : name, value: id }))
        .toArray();
    },

    /** Grants in these states that fit what is typed, as they matter, with only what is needed to name them. */
    async grantsIn(
      guildId: GuildId,
      states: readonly GrantState[],
      typed: string,
    ): Promise<readonly NamedGrant[]> {
      const stores = deps.stores.of(guildId);
      const at = deps.clock.now();
      const [words, { index }] = await Promise.all([meanings(guildId, typed), namedLibraries(guildId)]);
      const grants = await firstInTurn(stores.grants, { states, at, words, limit: COMPLETIONS });
      const names = await namesOf(
        stores,
        grants.map(({ memberId }) => memberId),
      );
      return allAsOf(at, grants, []).grants.map((grant) => ({
        grant,
        who: names.get(grant.memberId),
        libraries: grant.libraryIds.flatMap((id) => index.findById(id) ?? []),
        at,
      }));
    },

    /** Invites that can be redeemed and fit what is typed, the first to run out first. */
    async openInvites(guildId: GuildId, typed: string): Promise<readonly NamedInvite[]> {
      const stores = deps.stores.of(guildId);
      const at = deps.clock.now();
      const [words, { index }] = await Promise.all([meanings(guildId, typed), namedLibraries(guildId)]);
      const invites = await stores.invites.listPage({ state: 'open', at, words, limit: COMPLETIONS });
      const names = await namesOf(
        stores,
        invites.flatMap(({ memberId }) => memberId ?? []),
      );
      return invites.map((invite) => ({
        invite,
        who: names.get(invite.memberId ?? ''),
        libraries: invite.libraryIds.flatMap((id) => index.findById(id) ?? []),
        at,
      }));
    },

    /** An invite by its id, or by the beginning of its code where only one begins so. */
    async pickInvite(guildId: GuildId, typed: string): Promise<Picked<Invite & { readonly name: string }>> {
      const { invites } = deps.stores.of(guildId);
      const known = await invites.find(typed.trim());
      if (known) return { kind: 'one', item: { ...known, name: known.prefix } };
      const prefix = typed
        .trim()
        .toUpperCase()
        .replaceAll(/[^0-9A-Z]/g, '')
        .slice(0, 4);
      if (prefix.length < 4) return { kind: 'none' };
      const open = { state: 'open', at: deps.clock.now(), prefix, limit: COMPLETIONS } as const;
      const found = (await invites.listPage(open)).map((invite) => ({ ...invite, name: invite.prefix }));
      const [only, ...more] = found;
      if (!only) return { kind: 'none' };
      return more.length === 0 ? { kind: 'one', item: only } : { kind: 'several', items: found };
    },
  };
}

async function namesOf(
  { members }: Pick<GuildStores, 'members'>,
  ids: readonly MemberId[],
): Promise<ReadonlyMap<string, string>> {
  const named = ids.length > 0 ? await members.listNames([...new Set(ids)]) : [];
  return new Map(named.map(({ userId, name }) => [userId, name]));
}
