/** Who has access to a server, read from it now, and to a library, by the grants and the last readings. */
import type { AccessCounts } from '../../domain/access-counts.ts';
import { allAsOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { compareEnds, nextEndOf } from '../../domain/member-order.ts';
import type { Account, Grant, Library, Server } from '../../domain/model.ts';
import type { Protection } from '../../domain/protection.ts';
import { actualOf } from '../observe/reading.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccountAccess, Trouble } from '../ports/media-server.ts';

/** An account that has something on a server. */
export interface AccountWithAccess {
  readonly name: string;
  readonly emailMasked: string | null;
  /** Discord user id; null is an account that is not linked. */
  readonly memberId: MemberId | null;
  /** Staff have said that it is of somebody who is not on this Discord server. */
  readonly isOutside: boolean;
  readonly pending: boolean;
  readonly protection: Protection | null;
  /** Names of libraries, or all. */
  readonly libraries: 'all' | readonly string[];
}

export interface ServerMembers {
  readonly server: Server;
  /** Those that have something, or are invited to it. */
  readonly accounts: readonly AccountWithAccess[];
  readonly counts: AccessCounts;
  /** When it was read; null when the server could not be asked now and has never been read. */
  readonly readAt: Date | null;
  /** Why the server could not be asked now: then `accounts` is what was last seen. */
  readonly trouble: Trouble | null;
}

/** Somebody who has a library, or is granted it. */
export interface LibraryHolder {
  readonly memberId: MemberId | null;
  readonly account: string | null;
  readonly protection: Protection | null;
  /** Active grants that give it; for who has it, also those that are ending. */
  readonly grants: readonly Pick<Grant, 'number' | 'expiresAt' | 'state'>[];
  /** What the server was last seen to show. */
  readonly has: 'yes' | 'invited' | 'no' | 'no-account';
  /** A change is still to be made. */
  readonly queued: boolean;
}

export interface LibraryDetails {
  readonly library: Library;
  readonly server: Server;
  /** By what ends next. */
  readonly holders: readonly LibraryHolder[];
}

/** How long the pages of a list are those of one reading. */
const READING_LIFE_MS = 10 * 60 * 1000;
/** Accounts and names of libraries, in the readings of all guilds together. */
const READINGS_MAX = 200_000;

interface KeptReading {
  readonly of: string;
  readonly members: ServerMembers;
  readonly until: Date;
  readonly size: number;
}

export function makeWhoHas(deps: Deps) {
  /** Oldest first. In memory only: what is not here any more is read again. */
  let kept: readonly KeptReading[] = [];

  function keep(of: string, members: ServerMembers): void {
    const until = new Date(deps.clock.now().getTime() + READING_LIFE_MS);
    const sizes = members.accounts.map(({ libraries }) => (libraries === 'all' ? 1 : 1 + libraries.length));
    const size = sizes.reduce((sum, each) => sum + each, 0);
    kept = [...kept.filter((reading) => reading.of !== of), { of, members, until, size }];
    while (kept.reduce((sum, reading) => sum + reading.size, 0) > READINGS_MAX) kept = kept.slice(1);
  }

  return {
    /** Asks the server who has access now; undefined when it is not there. */
    async serverMembers(guildId: GuildId, serverId: string): Promise<ServerMembers | undefined> {
      const members = await read(guildId, serverId);
      if (members) keep(`${guildId}/${serverId}`, members);
      return members;
    },

    /** The same as it was read some minutes ago, for the other pages of a list; as it is now where that is long ago. */
    async serverMembersLately(guildId: GuildId, serverId: string): Promise<ServerMembers | undefined> {
      if (!(await deps.stores.of(guildId).servers.find(serverId))) return undefined;
      const now = deps.clock.now();
      kept = kept.filter(({ until }) => until > now);
      const reading = kept.find(({ of }) => of === `${guildId}/${serverId}`);
      return reading?.members ?? (await this.serverMembers(guildId, serverId));
    },

    /** Who has a library or is granted it; undefined when it is not there. */
    async library(guildId: GuildId, libraryId: string): Promise<LibraryDetails | undefined> {
      const stores = deps.stores.of(guildId);
      const library = (await stores.libraries.list()).find(({ id }) => id === libraryId);
      const server = library && (await stores.servers.find(library.serverId));
      if (!library || !server) return undefined;
      const at = deps.clock.now();
      const [accounts, grants] = await Promise.all([
        stores.accounts.list({ serverId: server.id }),
        stores.grants.list({ serverId: server.id, states: ['active', 'ending'], at }),
      ]);
      const giving = allAsOf(at, grants, []).grants.filter(({ libraryIds }) =>
        libraryIds.includes(libraryId),
      );
      const byMember = Map.groupBy(giving, ({ memberId }) => memberId);
      const linked = new Set(accounts.map(({ memberId }) => memberId));
      const holders = accounts
        .map((account) =>
          holderOf(account, libraryId, (account.memberId && byMember.get(account.memberId)) ?? []),
        )
        .filter(({ has, grants: theirs }) => has !== 'no' || theirs.length > 0);
      const waiting = [...byMember]
        .map(([memberId, theirs]) => [memberId, theirs.filter(isActive)] as const)
        .filter(([memberId, theirs]) => !linked.has(memberId) && theirs.length > 0)
        .map(([memberId, theirs]): LibraryHolder => {
          return {
            memberId,
            account: null,
            protection: null,
            grants: theirs,
            has: 'no-account',
            queued: false,
          };
        });
      const nextOf = ({ grants: theirs }: LibraryHolder) => nextEndOf(theirs, at);
      const inOrder = [...waiting, ...holders].toSorted((one, other) =>
        compareEnds(nextOf(one), nextOf(other)),
      );
      return { library, server, holders: inOrder };
    },
  };

  async function read(guildId: GuildId, serverId: string): Promise<ServerMembers | undefined> {
    const stores = deps.stores.of(guildId);
    const [server, libraries, known, said] = await Promise.all([
      stores.servers.find(serverId),
      stores.libraries.list(serverId),
      stores.accounts.list({ serverId }),
      stores.arrivals.list({ serverId, aside: 'not-a-member' }),
    ]);
    if (!server) return undefined;
    const outside = new Set(said.map(({ accountId }) => accountId));
    const reading = await (await openServer(deps, stores, server)).readAccess();
    if (reading.kind === 'unknown') {
      const accounts = known
        .filter(({ disabled }) => !disabled)
        .map((account) => ({ ...lastSeen(account, libraries), isOutside: outside.has(account.id) }));
      const readAt = server.lastSyncAt;
      return { server, ...counted(accounts, known), readAt, trouble: reading.why };
    }
    const rows = new Map(known.map((account) => [account.externalId, account]));
    const accounts = reading.value.accounts
      .filter(({ disabled }) => !disabled)
      .map((seen) => {
        const row = rows.get(seen.externalId);
        const isOutside = row !== undefined && outside.has(row.id);
        return { ...readNow(seen, libraries, row?.memberId ?? null), isOutside };
      });
    return { server, ...counted(accounts, known), readAt: deps.clock.now(), trouble: null };
  }
}

/** Those that have something or are invited to it, and how many there are of each. */
function counted(
  accounts: readonly AccountWithAccess[],
  known: readonly Account[],
): Pick<ServerMembers, 'accounts' | 'counts'> {
  const shown = accounts.filter(hasSomething);
  const invited = shown.filter(({ pending }) => pending).length;
  const linked = known.filter(({ memberId, externalId }) => memberId !== null && externalId !== null).length;
  const none = linked - shown.filter(({ memberId }) => memberId !== null).length;
  return { accounts: shown, counts: { has: shown.length - invited, invited, none } };
}

const isActive = ({ state }: Pick<Grant, 'state'>): boolean => state === 'active';

const hasSomething = ({ libraries }: AccountWithAccess): boolean =>
  libraries === 'all' || libraries.length > 0;

function readNow(
  seen: AccountAccess,
  libraries: readonly Library[],
  memberId: MemberId | null,
): Omit<AccountWithAccess, 'isOutside'> {
  const { name, emailMasked, pending, protection } = seen;
  const actual = actualOf(seen, libraries);
  const access = actual.kind === 'absent' ? [] : actual.access;
  return {
    name,
    emailMasked,
    memberId,
    pending,
    protection,
    libraries: access === 'all' ? 'all' : namesOf(access, libraries),
  };
}

function lastSeen(account: Account, libraries: readonly Library[]): Omit<AccountWithAccess, 'isOutside'> {
  const { name, emailMasked, memberId, pending, protection, seenAccess, seen } = account;
  const access = seenAccess === 'all' ? 'all' : namesOf(seen, libraries);
  return { name, emailMasked, memberId, pending, protection, libraries: access };
}

function namesOf(ids: readonly string[], libraries: readonly Library[]): readonly string[] {
  const wanted = new Set(ids);
  return libraries.filter(({ id }) => wanted.has(id)).map(({ name }) => name);
}

function holderOf(account: Account, libraryId: string, grants: readonly Grant[]): LibraryHolder {
  const sees = !account.disabled && (account.seenAccess === 'all' || account.seen.includes(libraryId));
  return {
    memberId: account.memberId,
    account: account.name,
    protection: account.protection,
    grants: sees ? grants : grants.filter(isActive),
    has: sees ? (account.pending ? 'invited' : 'yes') : 'no',
    queued: account.dueAt !== null,
  };
}
