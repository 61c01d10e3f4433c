/**
 * Accounts on a server that are no member's: who is there already. A server is read, whose each account may be is
 * compared by name, and staff decide; nothing is changed on the server, and nothing follows from a guess by itself.
 */
import { inParallel } from '../../concurrency/in-parallel.ts';
import { turn } from '../../concurrency/in-turns.ts';
import { withinPatience } from '../../concurrency/patience.ts';
import { type Arrival, type Aside, NOBODY_FOUND, sureOf } from '../../domain/arrival.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Library, Server } from '../../domain/model.ts';
import {
  type Login,
  type NamedPerson,
  type PersonMatch,
  peopleIndex,
  proposalsOf,
  searchedAs,
} from '../../domain/person-match.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccessReading, Trouble } from '../ports/media-server.ts';
import type { NamedAccount } from '../ports/stores/accounts.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Accounts that are compared before everybody else has a turn. */
const COMPARED_AT_ONCE = 100;
/** Of so many Discord is asked at once, when a server is read; of the others when they are looked at. */
const LOOKED_UP = 40;
const ASKED_AT_ONCE = 4;
/** A list waits no longer for Discord. */
const PATIENCE_MS = 5_000;

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
      const found = await propose(guildId, server, reading.value);
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
      const lookedUp = wanted.state === 'open' ? await lookUp(guildId, shown, accounts) : new Map();
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

  async function propose(
    guildId: GuildId,
    server: Server,
    reading: AccessReading,
  ): Promise<readonly Arrival[]> {
    const stores = deps.stores.of(guildId);
    const logins = await loginsOf(stores, server, reading);
    const full = await thoseWithout(stores, server);
    const people = (await stores.members.listNamed()).filter(({ userId }) => !full.has(userId));
    const kept = peopleIndex(people.map(({ userId, name }) => ({ memberId: userId, names: [name] })));
    const matches: (readonly PersonMatch[])[] = [];
    for (const login of logins) {
      matches.push(kept.matchesOf(login).filter(({ memberId }) => !full.has(memberId)));
      if (matches.length % COMPARED_AT_ONCE === 0) await turn();
    }
    const unsure = logins.flatMap((login, at) =>
      (matches[at]?.[0]?.score ?? 0) < 90 ? [{ login, at }] : [],
    );
    const asked = unsure.slice(0, LOOKED_UP);
    const answers = await askDiscord(
      guildId,
      asked.map(({ login }) => login),
    );
    const names: NamedPerson[] = [];
    for (const [index, { login, at }] of asked.entries()) {
      const found = answers[index]?.filter(({ memberId }) => !full.has(memberId));
      if (!found) continue;
      matches[at] = merged(matches[at] ?? [], peopleIndex(found).matchesOf(login));
      names.push(...found);
    }
    const proposals = proposalsOf(matches);
    await keepNames(guildId, proposals, names);
    const lookedUp = new Set(asked.filter((_, index) => answers[index]).map(({ at }) => at));
    return logins.map(({ accountId }, at) => arrivalOf(accountId, proposals[at], lookedUp.has(at)));
  }

  /** Asks Discord about those on a page of whom it was not asked yet, as far as it answers in time. */
  async function lookUp(
    guildId: GuildId,
    shown: readonly Arrival[],
    accounts: ReadonlyMap<string, NamedAccount | Account>,
  ): Promise<ReadonlyMap<string, Arrival>> {
    const open = shown.filter(
      ({ isLookedUp, why, isSure, aside }) => !isLookedUp && !isSure && why !== 'chosen' && aside === null,
    );
    if (open.length === 0) return new Map();
    const logins = open.map(({ accountId }): Login => ({ names: [accounts.get(accountId)?.name ?? ''] }));
    const answers = await askDiscord(guildId, logins);
    const proposals = proposalsOf(
      open.map((arrival, at) => {
        const before: readonly PersonMatch[] =
          arrival.memberId === null || arrival.why === null || arrival.why === 'chosen'
            ? []
            : [{ memberId: arrival.memberId, score: arrival.score, why: arrival.why }];
        const login = logins[at];
        return login ? merged(before, peopleIndex(answers[at] ?? []).matchesOf(login)) : before;
      }),
    );
    const found = open.flatMap((arrival, at) =>
      answers[at] ? [arrivalOf(arrival.accountId, proposals[at], true)] : [],
    );
    if (found.length === 0) return new Map();
    await keepNames(
      guildId,
      proposals,
      answers.flatMap((answer) => answer ?? []),
    );
    return await deps.stores.transaction(guildId, async (tx) => {
      const ids = found.map(({ accountId }) => accountId);
      const now = new Map((await tx.arrivals.list({ accountIds: ids })).map((one) => [one.accountId, one]));
      const still = found.filter(({ accountId }) => {
        const known = now.get(accountId);
        return known && !isSaid(known);
      });
      await tx.arrivals.put(still);
      return new Map(still.map((arrival) => [arrival.accountId, arrival]));
    });
  }

  /** Who may be called like each of these; undefined where Discord did not answer. */
  async function askDiscord(
    guildId: GuildId,
    logins: readonly Login[],
  ): Promise<readonly (readonly NamedPerson[] | undefined)[]> {
    const beginnings = logins.map(searchedAs);
    const answers = new Map<string, readonly NamedPerson[]>();
    const asking = inParallel([...new Set(beginnings.flat())], ASKED_AT_ONCE, async (beginning) => {
      const found = await deps.guilds.findMembers(guildId, beginning);
      if (found.kind === 'unknown') return;
      const named = found.value.map(({ userId, ...names }) => ({ memberId: userId, ...names }));
      answers.set(beginning, named);
    });
    await withinPatience(deps.clock, PATIENCE_MS, asking);
    return beginnings.map((wanted) =>
      wanted.every((beginning) => answers.has(beginning))
        ? wanted.flatMap((beginning) => answers.get(beginning) ?? [])
        : undefined,
    );
  }

  /** Those who are proposed are shown by their names. */
  async function keepNames(
    guildId: GuildId,
    proposals: readonly (PersonMatch | undefined)[],
    people: readonly NamedPerson[],
  ): Promise<void> {
    const proposed = new Set(proposals.flatMap((proposal) => proposal?.memberId ?? []));
    const called = new Map(
      people.flatMap(({ memberId, nickname, names }) => {
        const name = nickname ?? names.at(-1);
        return proposed.has(memberId) && name ? [[memberId, name] as const] : [];
      }),
    );
    if (called.size === 0) return;
    await deps.stores.transaction(guildId, ({ members }) =>
      members.noteNames([...called].map(([userId, name]) => ({ userId, name }))),
    );
  }
}

/** Of whom staff have said something: no reading changes it. */
const isSaid = ({ why, aside }: Arrival): boolean => why === 'chosen' || aside !== null;

const isFree = ({
  memberId,
  protection,
  externalId,
}: Pick<Account, 'memberId' | 'protection' | 'externalId'>) =>
  memberId === null && protection === null && externalId !== null;

function arrivalOf(
  accountId: string,
  proposal: ReturnType<typeof proposalsOf>[number],
  isLookedUp: boolean,
): Arrival {
  return { ...NOBODY_FOUND, ...proposal, accountId, isLookedUp };
}

/** The best of both; of one member the higher score. */
function merged(one: readonly PersonMatch[], other: readonly PersonMatch[]): readonly PersonMatch[] {
  const best = new Map<MemberId, PersonMatch>();
  for (const match of [...one, ...other])
    if (match.score > (best.get(match.memberId)?.score ?? 0)) best.set(match.memberId, match);
  return [...best.values()].toSorted((a, b) => b.score - a.score || (a.memberId < b.memberId ? -1 : 1));
}

/** Accounts that the server lists now and nobody has, by what may tell whose they are. */
async function loginsOf(
  stores: GuildStores,
  server: Server,
  reading: AccessReading,
): Promise<readonly (Login & { readonly accountId: string })[]> {
  const listed = new Map(reading.accounts.map((account) => [account.externalId, account]));
  const [here, elsewhere] = await Promise.all([
    stores.accounts.listNames(server.id),
    provenBeside(stores, server),
  ]);
  return here.filter(isFree).flatMap((account) => {
    const seen = listed.get(account.externalId);
    // What the reading says is newer than the row.
    if (!seen || seen.protection !== null || server.ownerAccountId === account.externalId) return [];
    const earlier = account.formerMemberId ?? elsewhere.get(account.externalId) ?? null;
    return [{ accountId: account.id, names: [account.name], emailName: seen.emailName, earlier }];
  });
}

/** Of a vendor's accounts, whose they are on the other servers of its kind. */
async function provenBeside(
  stores: GuildStores,
  { id, kind }: Server,
): Promise<ReadonlyMap<string, MemberId>> {
  if (MEDIA_KINDS[kind].accounts !== 'invited') return new Map();
  const others = (await stores.servers.list()).filter((other) => other.kind === kind && other.id !== id);
  const named = await Promise.all(others.map((other) => stores.accounts.listNames(other.id)));
  return new Map(
    named
      .flat()
      .flatMap(({ externalId, memberId }) => (memberId === null ? [] : [[externalId, memberId] as const])),
  );
}

/** Members who may have no more accounts on the server. */
async function thoseWithout(stores: GuildStores, server: Server): Promise<ReadonlySet<MemberId>> {
  const [{ maxAccounts }, accounts] = await Promise.all([
    stores.settings.get(),
    stores.accounts.listNames(server.id),
  ]);
  const byMember = Map.groupBy(accounts, ({ memberId }) => memberId);
  return new Set(
    [...byMember].flatMap(([memberId, theirs]) =>
      memberId !== null && theirs.length >= maxAccounts ? [memberId] : [],
    ),
  );
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
