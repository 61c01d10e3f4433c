/** All about one member, for staff: from the database only, so that the card is there at once. */

import type { GuildId, MemberId } from '../../domain/ids.ts';
import type {
  Grant,
  GrantState,
  Invite,
  Library,
  Member,
  MemberRequest,
  Server,
} from '../../domain/model.ts';
import { usualLength } from '../ledger/requests.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, type KeptThere, leftTo, standingsOf } from './grant-status.ts';
import { type LinkedAccount, linkedAccounts } from './overview.ts';

export interface MemberCard {
  readonly memberId: MemberId;
  /** When it was put together: what is left of a grant counts from it. */
  readonly now: Date;
  /** Undefined for somebody of whom nothing is kept. */
  readonly member: Member | undefined;
  readonly accounts: readonly LinkedAccount[];
  /** What is not over, by what comes next: the end that is nearest first. */
  readonly running: readonly GrantStanding[];
  /** The newest of those that are over. */
  readonly ended: readonly GrantStanding[];
  /** What they have where no grant is running. */
  readonly left: readonly KeptThere[];
  /** For them, and not redeemed yet. */
  readonly invites: readonly Invite[];
  /** What they have asked staff for, and wait for. */
  readonly asked: readonly Asked[];
}

/** `lasts`: for how long one press gives it, as text of a duration; empty is for good. */
export interface Asked {
  readonly request: MemberRequest;
  readonly lasts: string;
  readonly libraries: readonly Library[];
  readonly servers: readonly Server[];
}

/** As many as one select holds, together with those that run. */
const ENDED_SHOWN = 5;
const INVITES_SHOWN = 25;

/** What is over and waits for its proof comes after what staff act on. */
const ORDER: Readonly<Record<GrantState, number>> = {
  active: 0,
  scheduled: 1,
  paused: 2,
  ending: 3,
  ended: 4,
};

export function makeMemberCard(deps: Deps) {
  return async (guildId: GuildId, memberId: MemberId): Promise<MemberCard> => {
    const stores = deps.stores.of(guildId);
    const now = deps.clock.now();
    const [member, accounts, grants, invites, asked] = await Promise.all([
      stores.members.find(memberId),
      linkedAccounts(stores, memberId),
      stores.grants.list({ memberId }),
      stores.invites.listPage({ state: 'open', at: now, memberId, limit: INVITES_SHOWN }),
      askedBy(stores, memberId),
    ]);
    const standings = await standingsOf(deps, stores, grants);
    const running = standings.filter(({ grant }) => grant.state !== 'ended');
    return {
      memberId,
      now,
      member,
      accounts,
      running: running.toSorted((one, other) => byNext(one.grant, other.grant)),
      ended: standings.filter(({ grant }) => grant.state === 'ended').slice(0, ENDED_SHOWN),
      left: await leftTo(stores, memberId, running),
      invites,
      asked,
    };
  };
}

async function askedBy(stores: GuildStores, memberId: MemberId): Promise<readonly Asked[]> {
  const waiting = await stores.requests.listWaiting([memberId]);
  if (waiting.length === 0) return [];
  const [libraries, servers, plans] = await Promise.all([
    stores.libraries.list(),
    stores.servers.list(),
    stores.plans.list(),
  ]);
  return waiting.map((request) => ({
    request,
    lasts: usualLength(
      request,
      plans.find(({ id }) => id === request.planId),
    ),
    libraries: libraries.filter(({ id }) => request.libraryIds.includes(id)),
    servers,
  }));
}

function byNext(one: Grant, other: Grant): number {
  return ORDER[one.state] - ORDER[other.state] || nextOf(one) - nextOf(other) || other.number - one.number;
}

/** What has no end comes last. */
const nextOf = ({ state, startsAt, expiresAt }: Grant): number =>
  (state === 'scheduled' ? startsAt : expiresAt)?.getTime() ?? Number.POSITIVE_INFINITY;
