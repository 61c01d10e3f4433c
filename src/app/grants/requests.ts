/** What members ask staff for: more time with what they have, or what they do not have. */
import type { DurationText } from '../../domain/duration.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { asActor } from '../../domain/ids.ts';
import type { Grant, MemberRequest, Plan } from '../../domain/model.ts';
import { type Renewal, renewalOf } from '../../domain/renewal.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { grantFacts } from '../ledger/audit-facts.ts';
import { showRequest } from '../ledger/requests.ts';
import type { Deps } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, standingsOf } from '../queries/grant-status.ts';

/** So many of one member may wait at once, and be made in a day. */
const OPEN_MOST = 3;
const DAILY_MOST = 5;
const DAY_MS = 86_400_000;

/** What a member has that can last longer. */
export interface Renewable {
  readonly standing: GrantStanding;
  /** Undefined where the grant has none. */
  readonly plan: Plan | undefined;
  readonly renewal: Renewal;
  /** Since when a request for it waits. */
  readonly askedAt: Date | null;
}

interface Wish {
  readonly guildId: GuildId;
  readonly memberId: MemberId;
  readonly note: string | null;
}

export interface RenewalWish extends Wish {
  readonly grantId: string;
  /** For how much longer; null where that is left to staff. */
  readonly lasts: DurationText | null;
}

export interface NewWish extends Wish {
  readonly planId?: string;
  readonly libraryIds: readonly string[];
}

export type AskResult =
  | { readonly kind: 'asked'; readonly grant: Grant | undefined }
  /** The guild takes no requests, or none of this kind. */
  | { readonly kind: 'off' }
  /** It is not theirs, not there, or cannot last longer. */
  | { readonly kind: 'gone' }
  /** They have all of it. */
  | { readonly kind: 'has' }
  | { readonly kind: 'waits'; readonly since: Date }
  | { readonly kind: 'too-many'; readonly what: 'open' | 'today'; readonly most: number }
  | { readonly kind: 'outside'; readonly why: Trouble };

export function makeRequests(deps: Deps) {
  /** Adds one, unless too many wait; staff see it at once. */
  async function add(
    tx: GuildStores,
    request: Omit<MemberRequest, 'id' | 'state' | 'createdAt' | 'decidedAt' | 'decidedById' | 'word'>,
    { isSame, grant }: { readonly isSame: (other: MemberRequest) => boolean; readonly grant?: Grant },
  ): Promise<AskResult> {
    const now = deps.clock.now();
    const { memberId, note, lasts } = request;
    const waiting = await tx.requests.listWaiting([memberId]);
    const same = waiting.find(isSame);
    if (same) return { kind: 'waits', since: same.createdAt };
    if (waiting.length >= OPEN_MOST) return { kind: 'too-many', what: 'open', most: OPEN_MOST };
    const today = await tx.requests.countSince(memberId, new Date(now.getTime() - DAY_MS));
    if (today >= DAILY_MOST) return { kind: 'too-many', what: 'today', most: DAILY_MOST };
    await tx.members.ensure(memberId);
    const made = { ...request, id: deps.codes.newId(), createdAt: now };
    await tx.requests.add(made);
    await tx.audit.append({
      action: 'request.made',
      actorId: asActor(memberId),
      targetId: memberId,
      facts: {
        ...grantFacts(request.libraryIds, await tx.libraries.list(), await tx.servers.list()),
        ...(grant ? { grant: grant.number } : { how: 'new' }),
        ...(lasts !== '' && { duration: lasts }),
        ...(note !== null && { reason: note }),
      },
      at: now,
    });
    const open = { state: 'waiting', decidedAt: null, decidedById: null, word: null } as const;
    await showRequest(deps, tx, { ...made, ...open }, now);
    return { kind: 'asked', grant };
  }

  return {
    /** What a member has that can last longer, by what ends first; and what they may ask for here. */
    async renewables(guildId: GuildId, memberId: MemberId): Promise<readonly Renewable[]> {
      const stores = deps.stores.of(guildId);
      const [{ mayAsk }, grants, plans, waiting] = await Promise.all([
        stores.settings.get(),
        stores.grants.list({ memberId }),
        stores.plans.list(),
        stores.requests.listWaiting([memberId]),
      ]);
      const now = deps.clock.now();
      const found = grants
        .flatMap((grant) => {
          const plan = plans.find(({ id }) => id === grant.planId);
          const renewal = renewalOf(grant, plan, { mayAsk, now });
          return renewal ? [{ grant, plan, renewal }] : [];
        })
        .toSorted((one, other) => endOf(one.grant) - endOf(other.grant));
      const standings = await standingsOf(
        deps,
        stores,
        found.map(({ grant }) => grant),
      );
      return found.flatMap(({ grant: { id }, ...one }) => {
        const standing = standings.find(({ grant }) => grant.id === id);
        const asked = waiting.find(({ grantId }) => grantId === id);
        return standing ? [{ ...one, standing, askedAt: asked?.createdAt ?? null }] : [];
      });
    },

    /** A member asks for more time. `inDm`: there, somebody may ask who has left. */
    async askToRenew({ inDm, ...wish }: RenewalWish & { readonly inDm: boolean }): Promise<AskResult> {
      const { guildId, memberId, grantId, lasts, note } = wish;
      const outside = inDm ? await outsiderTrouble(deps, guildId, memberId) : undefined;
      if (outside) return { kind: 'outside', why: outside };
      return await deps.stores.transaction(guildId, async (tx): Promise<AskResult> => {
        const { mayAsk } = await tx.settings.get();
        if (mayAsk === 'none') return { kind: 'off' };
        const grant = await tx.grants.find(grantId);
        if (grant?.memberId !== memberId) return { kind: 'gone' };
        if (!renewalOf(grant, undefined, { mayAsk, now: deps.clock.now() })) return { kind: 'gone' };
        const { planId, libraryIds } = grant;
        const request = { memberId, grantId, planId, libraryIds, lasts: lasts ?? '', note };
        return await add(tx, request, { isSame: (other) => other.grantId === grantId, grant });
      });
    },

    /** A member asks for a plan or for libraries that they do not have. */
    async askForNew({ guildId, memberId, planId, libraryIds, note }: NewWish): Promise<AskResult> {
      return await deps.stores.transaction(guildId, async (tx): Promise<AskResult> => {
        const { mayAsk } = await tx.settings.get();
        if (mayAsk !== 'all') return { kind: 'off' };
        const plan = planId === undefined ? undefined : await tx.plans.find(planId);
        if (planId !== undefined && !plan) return { kind: 'gone' };
        const there = new Set(
          (await tx.libraries.list()).filter(({ goneAt }) => goneAt === null).map(({ id }) => id),
        );
        const wanted = (plan?.libraryIds ?? libraryIds).filter((id) => there.has(id));
        if (wanted.length === 0) return { kind: 'gone' };
        const active = await tx.grants.list({ memberId, states: ['active'], at: deps.clock.now() });
        const has = new Set(active.flatMap((grant) => grant.libraryIds));
        if (wanted.every((id) => has.has(id))) return { kind: 'has' };
        const request = {
          memberId,
          grantId: null,
          planId: planId ?? null,
          libraryIds: wanted,
          lasts: '',
          note,
        };
        const isSame = (other: MemberRequest) =>
          other.grantId === null && wanted.every((id) => other.libraryIds.includes(id));
        return await add(tx, request, { isSame });
      });
    },

    /** Who waits for an answer of staff. */
    listWaiting: (guildId: GuildId): Promise<readonly MemberRequest[]> =>
      deps.stores.of(guildId).requests.listWaiting(),
  };
}

const endOf = ({ expiresAt }: Grant): number => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
