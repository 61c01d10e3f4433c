/**
 * Accounts on a server that are no member's: who is there already. A server is read, whose each account may be is
 * compared by name, and staff decide; nothing is changed on the server, and nothing follows from a guess by itself.
 */
import { type Arrival, type Aside, NOBODY_FOUND, sureOf } from '../../domain/arrival.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Library, Server } from '../../domain/model.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { isFree, isSaid, makeProposals } from './proposals.ts';

/** An account that staff are to decide about. */
export interface ArrivalRow extends Arrival {
  readonly name: string;
  readonly emailMasked: string | null;
  /** What it has, as it was last seen. */
  readonly libraries: 'all' | readonly Library[];
  /** What the one who is proposed is called. */
  readonly who: string | undefined;
}

export type ArrivalsRead =
  | { readonly kind: 'read'; readonly server: Server }
  | { readonly kind: 'failed'; readonly server: Server; readonly why: Trouble }
  | { readonly kind: 'gone' };

export interface ArrivalList {
  readonly server: Server;
  readonly rows: readonly ArrivalRow[];
  readonly total: number;
  /** How many may be imported without a look at each. */
  readonly sure: number;
  /** How many have nobody proposed. */
  readonly open: number;
}

/** Those to be decided about, or those that staff have said something of. */
export type ArrivalState = 'open' | Aside;

interface Wanted {
  readonly serverId: string;
  readonly state: ArrivalState;
  readonly search: string;
  readonly start: number;
  readonly limit: number;
}

/** Reads a server as the schedule does. */
type Sync = (
  guildId: GuildId,
  serverIds: readonly string[],
) => Promise<
  readonly {
    readonly outcome: { readonly kind: 'synced' } | { readonly kind: 'failed'; readonly why: Trouble };
  }[]
>;

export function makeArrivals(deps: Deps, sync: Sync) {
  const proposals = makeProposals(deps);
  return {
    /** Reads the server, and proposes whose its accounts may be. What staff have chosen or said stays. */
    async read(guildId: GuildId, serverId: string): Promise<ArrivalsRead> {
      const stores = deps.stores.of(guildId);
      const server = await stores.servers.find(serverId);
      if (!server) return { kind: 'gone' };
      const [report] = await sync(guildId, [serverId]);
      if (!report) return { kind: 'gone' };
      if (report.outcome.kind === 'failed') return { kind: 'failed', server, why: report.outcome.why };
      const media = await openServer(deps, stores, server);
      const reading = await media.readAccess();
      if (reading.kind === 'unknown') {
        await noteFailure(deps, guildId, { server, media }, reading.why);
        return { kind: 'failed', server, why: reading.why };
      }
      const found = await proposals.propose(guildId, server, reading.value);
      await deps.stores.transaction(guildId, async (tx) => {
        if (!(await tx.servers.find(serverId))) return;
        // Only what is there now: somebody may have removed an account, or said something meanwhile.
        const there = new Set((await tx.accounts.listNames(serverId)).filter(isFree).map(({ id }) => id));
        const known = await tx.arrivals.list({ serverId });
        const said = new Map(known.filter(isSaid).map((arrival) => [arrival.accountId, arrival]));
        const listed = found.filter(({ accountId }) => there.has(accountId));
        const ids = new Set(listed.map(({ accountId }) => accountId));
        await tx.arrivals.remove(known.map(({ accountId }) => accountId).filter((id) => !ids.has(id)));
        await tx.arrivals.put(listed.map((arrival) => said.get(arrival.accountId) ?? arrival));
      });
      return { kind: 'read', server };
    },

    /** A page of them; undefined when the server is gone. What is shown is looked up at Discord, once. */
    async list(guildId: GuildId, wanted: Wanted): Promise<ArrivalList | undefined> {
      const stores = deps.stores.of(guildId);
      const server = await stores.servers.find(wanted.serverId);
      if (!server) return undefined;
      const { all, shown, accounts } = await pageOf(stores, wanted);
      const lookedUp =
        wanted.state === 'open'
          ? await proposals.lookUp(guildId, server, shown, (id) => accounts.get(id)?.name ?? '')
          : new Map();
      const rows = shown.map((arrival) => lookedUp.get(arrival.accountId) ?? arrival);
      const now = all.map((arrival) => lookedUp.get(arrival.accountId) ?? arrival);
      return {
        server,
        rows: await rowsOf(stores, server, rows, accounts),
        total: all.length,
        sure: sureOf(now).length,
        open: now.filter(({ memberId }) => memberId === null).length,
      };
    },

    /** One of them; undefined when it is gone, or somebody's by now. */
    async find(
      guildId: GuildId,
      accountId: string,
    ): Promise<{ readonly row: ArrivalRow; readonly server: Server } | undefined> {
      const stores = deps.stores.of(guildId);
      const account = await stores.accounts.find(accountId);
      const server = account && (await stores.servers.find(account.serverId));
      if (!account || !server || !isFree(account)) return undefined;
      const [known] = await stores.arrivals.list({ accountIds: [accountId] });
      const arrival = known ?? { ...NOBODY_FOUND, accountId };
      const [row] = await rowsOf(stores, server, [arrival], new Map([[accountId, account]]));
      return row && { row, server };
    },

    /** Ids of those that may be imported without a look at each. */
    async sure(guildId: GuildId, serverId: string): Promise<readonly string[]> {
      const stores = deps.stores.of(guildId);
      const free = new Set((await stores.accounts.listNames(serverId)).filter(isFree).map(({ id }) => id));
      const arrivals = (await stores.arrivals.list({ serverId })).filter(({ accountId }) =>
        free.has(accountId),
      );
      return sureOf(arrivals).map(({ accountId }) => accountId);
    },

    /** Staff say whose it is; that alone changes nothing. False when it is gone, or somebody's by now. */
    async choose(guildId: GuildId, accountId: string, memberId: MemberId): Promise<boolean> {
      return await note(guildId, accountId, { memberId, why: 'chosen', isSure: false, aside: null });
    },

    /** Staff say that it is no member's, or not to be asked about; null takes that back. */
    async setAside(guildId: GuildId, accountId: string, aside: Aside | null): Promise<boolean> {
      return await note(guildId, accountId, { aside });
    },
  };

  async function note(guildId: GuildId, accountId: string, said: Partial<Arrival>): Promise<boolean> {
    return await deps.stores.transaction(guildId, async (tx) => {
      const account = await tx.accounts.find(accountId);
      if (!account || !isFree(account)) return false;
      const [known] = await tx.arrivals.list({ accountIds: [accountId] });
      await tx.arrivals.put([{ ...NOBODY_FOUND, accountId, ...known, ...said }]);
      return true;
    });
  }
}

/** Those of a state, the likeliest first, and those of them that are shown. */
async function pageOf(stores: GuildStores, { serverId, state, search, start, limit }: Wanted) {
  const [arrivals, named] = await Promise.all([
    stores.arrivals.list({ serverId }),
    stores.accounts.listNames(serverId),
  ]);
  const accounts = new Map(named.filter(isFree).map((account) => [account.id, account]));
  const words = search.toLowerCase().split(' ').filter(Boolean);
  const people =
    words.length === 0
      ? []
      : await stores.members.listNames(arrivals.flatMap(({ memberId }) => memberId ?? []));
  const nameOf = new Map(people.map(({ userId, name }) => [userId, name]));
  const called = ({ accountId, memberId }: Arrival): string =>
    `${accounts.get(accountId)?.name ?? ''} ${(memberId && nameOf.get(memberId)) ?? ''}`.toLowerCase();
  const all = arrivals
    .filter((arrival) => accounts.has(arrival.accountId) && (arrival.aside ?? 'open') === state)
    .filter((arrival) => words.every((word) => called(arrival).includes(word)))
    .toSorted(
      (one, other) =>
        other.score - one.score ||
        (accounts.get(one.accountId)?.name ?? '').localeCompare(accounts.get(other.accountId)?.name ?? ''),
    );
  return { all, shown: all.slice(start, start + limit), accounts };
}

async function rowsOf(
  stores: GuildStores,
  server: Server,
  arrivals: readonly Arrival[],
  named: ReadonlyMap<string, { readonly externalId: string | null }>,
): Promise<readonly ArrivalRow[]> {
  const externalIds = arrivals.flatMap(({ accountId }) => named.get(accountId)?.externalId ?? []);
  const [accounts, libraries, people] = await Promise.all([
    stores.accounts.list({ serverId: server.id, externalIds }),
    stores.libraries.list(server.id),
    stores.members.listNames(arrivals.flatMap(({ memberId }) => memberId ?? [])),
  ]);
  const names = new Map(people.map(({ userId, name }) => [userId, name]));
  return arrivals.flatMap((arrival) => {
    const account = accounts.find(({ id }) => id === arrival.accountId);
    if (!account) return [];
    const { name, emailMasked, seen, seenAccess } = account;
    const has = seenAccess === 'all' ? 'all' : libraries.filter(({ id }) => seen.includes(id));
    const who = arrival.memberId === null ? undefined : names.get(arrival.memberId);
    return [{ ...arrival, name, emailMasked, libraries: has, who }];
  });
}
