/** How grants stand: names in place of ids, and on each server what was last read there. */

import { accountOn, closingAction } from '../../domain/access.ts';
import {
  type Application,
  applicationOn,
  asOf,
  isOver,
  nextTransition,
  RUNNING,
  serversOf,
} from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { type Ending, type Kept, keptAfter, keptWithout } from '../../domain/keeps.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Grant, GrantState, Library, Plan, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { listInTurn } from './in-turn.ts';
import type { Meanings } from './meanings.ts';

/** A grant as it is shown: as of now, with names in place of ids, and how it stands on each server. */
export interface GrantStanding {
  readonly grant: Grant;
  /** Name of the plan it was made from, while there is one. */
  readonly planName: string | null;
  readonly libraries: readonly Library[];
  readonly servers: readonly { readonly server: Server; readonly application: Application }[];
  /** What the member keeps on these servers when the grant is over, or while it is paused. */
  readonly keeps: readonly KeptThere[];
  /** Of a grant that is over or paused: where going on takes an invitation, which the member has to accept again. */
  readonly invitesAgain: readonly Server[];
}

/** What somebody keeps on one server. */
export interface KeptThere {
  readonly server: Server;
  readonly kept: readonly Kept[];
  /** Of the server. */
  readonly libraries: readonly Library[];
}

/** How many grants are looked at before everything else has its turn again. */
const AT_ONCE = 100;

/** How grants of a guild stand now, with what people need to see. */
export async function standingsOf(
  deps: Pick<Deps, 'clock' | 'clockHold'>,
  stores: GuildStores,
  grants: readonly Grant[],
): Promise<readonly GrantStanding[]> {
  const standings: GrantStanding[] = [];
  for (let start = 0; start < grants.length; start += AT_ONCE)
    standings.push(...(await standingsOfSome(deps, stores, grants.slice(start, start + AT_ONCE))));
  return standings;
}

async function standingsOfSome(
  { clock, clockHold }: Pick<Deps, 'clock' | 'clockHold'>,
  stores: GuildStores,
  grants: readonly Grant[],
): Promise<readonly GrantStanding[]> {
  const memberIds = [...new Set(grants.map((grant) => grant.memberId))];
  const known = await knownOf(stores, memberIds);
  const planNames = new Map(known.plans.map(({ id, name }) => [id, name]));
  const isHeld = clockHold.isHeld();
  const now = clock.now();
  return grants.map((stored) => {
    const theirs = known.accounts.filter((account) => account.memberId === stored.memberId);
    const { grant, accounts } = asOf(now, { grant: stored, accounts: theirs });
    const unsure = isHeld && nextTransition(stored) !== null;
    const used = serversOf(grant, known.libraries);
    const on = (server: Server): Application =>
      unsure ? { kind: 'clock-held' } : applicationOn(grant, server, accounts, known.libraries);
    return {
      grant,
      planName: planNames.get(grant.planId ?? '') ?? null,
      libraries: known.libraries.filter((library) => grant.libraryIds.includes(library.id)),
      servers: known.servers
        .filter((server) => used.includes(server.id))
        .map((server) => ({ server, application: on(server) })),
      keeps: keptBy(grant, known),
      invitesAgain: invitesAgain(grant, known),
    };
  });
}

/** What a member would keep of something that they are not granted yet, when it is over. */
export async function keepsOf(
  stores: GuildStores,
  grant: Ending & Pick<Grant, 'memberId' | 'planId'>,
): Promise<readonly KeptThere[]> {
  return keptBy({ ...grant, id: '', endingAt: null }, await knownOf(stores, [grant.memberId]));
}

/** What a member has on servers on which no grant of theirs is running or ending: the default library, or by others. */
export async function leftTo(
  stores: GuildStores,
  memberId: MemberId,
  standings: readonly GrantStanding[],
): Promise<readonly KeptThere[]> {
  const { libraries: all, servers, accounts } = await knownOf(stores, [memberId]);
  const used = new Set(standings.flatMap((each) => each.servers.map(({ server }) => server.id)));
  return servers.flatMap((server): readonly KeptThere[] => {
    const account = used.has(server.id) ? undefined : accountOn(accounts, server.id);
    const libraries = all.filter(({ serverId }) => serverId === server.id);
    const sees = account && !account.pending;
    const kept = sees ? keptWithout({ server, libraries, account, others: [] }) : [];
    return kept.length > 0 ? [{ server, kept, libraries }] : [];
  });
}

/** What is known of some members, and of the guild. */
interface KnownOf {
  readonly libraries: readonly Library[];
  readonly servers: readonly Server[];
  readonly accounts: readonly Account[];
  readonly plans: readonly Plan[];
  /** Those that give something now or will. */
  readonly running: readonly Grant[];
}

async function knownOf(stores: GuildStores, memberIds: readonly MemberId[]): Promise<KnownOf> {
  const [libraries, servers, accounts, plans, running] = await Promise.all([
    stores.libraries.list(),
    stores.servers.list(),
    stores.accounts.list({ memberIds }),
    stores.plans.list(),
    stores.grants.list({ memberIds, states: RUNNING }),
  ]);
  return { libraries, servers, accounts, plans, running };
}

function keptBy(
  grant: Ending & Pick<Grant, 'id' | 'memberId' | 'planId' | 'endingAt'>,
  { libraries: all, servers, accounts, plans, running }: KnownOf,
): readonly KeptThere[] {
  const theirs = accounts.filter(({ memberId }) => memberId === grant.memberId);
  const others = running.filter(({ id, memberId }) => memberId === grant.memberId && id !== grant.id);
  const used = serversOf(grant, all);
  return servers.flatMap((server): readonly KeptThere[] => {
    const account = used.includes(server.id) ? accountOn(theirs, server.id) : undefined;
    if (!account) return [];
    const libraries = all.filter(({ serverId }) => serverId === server.id);
    const where = { server, libraries, account, others };
    const givesNothing = isOver(grant) || grant.state === 'paused';
    const kept = givesNothing
      ? keptWithout(where)
      : keptAfter(grant, { ...where, closing: closing(grant, where, plans) });
    return kept.length > 0 ? [{ server, kept, libraries }] : [];
  });
}

function invitesAgain(grant: Grant, known: KnownOf): readonly Server[] {
  if (!isOver(grant) && grant.state !== 'paused') return [];
  const used = serversOf(grant, known.libraries);
  const kept = new Set(keptBy(grant, known).map(({ server }) => server.id));
  const theirs = known.accounts.filter(({ memberId }) => memberId === grant.memberId);
  return known.servers.filter(
    ({ id, kind }) =>
      used.includes(id) &&
      MEDIA_KINDS[kind].accounts === 'invited' &&
      accountOn(theirs, id)?.externalId !== undefined &&
      !kept.has(id),
  );
}

/** What will happen to the account, if the end of this grant is the last thing that happens there. */
function closing(
  grant: Pick<Grant, 'state' | 'libraryIds' | 'planId' | 'endingAt' | 'expiresAt'>,
  {
    server,
    libraries,
    others,
  }: { readonly server: Server; readonly libraries: readonly Library[]; readonly others: readonly Grant[] },
  plans: readonly Plan[],
) {
  const end = grant.expiresAt;
  const later = others.filter(
    ({ state, expiresAt }) => state === 'paused' || !end || !expiresAt || expiresAt > end,
  );
  return closingAction(server, libraries, [{ ...grant, state: 'ended' }, ...later], plans);
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

export function makeGrantStatus(deps: Deps, meanings: Meanings) {
  return {
    /** @throws {Error} when there is no such grant. */
    async get(guildId: GuildId, grantId: string): Promise<GrantStanding> {
      return await standingOf(deps, deps.stores.of(guildId), grantId);
    },

    /** Some grants, newest first: those of smaller numbers than `before`. */
    async page(
      guildId: GuildId,
      filter: {
        readonly memberId?: MemberId;
        readonly states?: readonly GrantState[];
        readonly serverId?: string;
        readonly planId?: string;
        readonly before?: number;
        readonly limit: number;
      },
    ): Promise<readonly GrantStanding[]> {
      const stores = deps.stores.of(guildId);
      const newest = { ...filter, at: deps.clock.now(), order: 'newest' } as const;
      return await standingsOf(deps, stores, await stores.grants.listFirst(newest));
    },

    /** Some grants in the order in which they matter, and how many there are in all. */
    async list(
      guildId: GuildId,
      filter: {
        readonly memberId?: MemberId;
        readonly states?: readonly GrantState[];
        readonly serverId?: string;
        /** Words by which they are found. */
        readonly search?: string;
        readonly start?: number;
        readonly limit: number;
      },
    ): Promise<{ readonly page: readonly GrantStanding[]; readonly total: number }> {
      const { search = '', start = 0, limit, ...rest } = filter;
      const stores = deps.stores.of(guildId);
      const wanted = { ...rest, at: deps.clock.now(), words: await meanings(guildId, search) };
      const [grants, total] = await Promise.all([
        listInTurn(stores.grants, wanted, { start, limit }),
        stores.grants.count(wanted),
      ]);
      return { page: await standingsOf(deps, stores, grants), total };
    },
  };
}
