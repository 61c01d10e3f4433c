/**
 * What members are told of their access: put together from how things stand when it is said, so that it is true then,
 * and what undid itself meanwhile is not said at all.
 */

import type { GuildId, MemberId } from '../../domain/ids.ts';
import { toMemberId } from '../../domain/ids.ts';
import type { Grant, Library } from '../../domain/model.ts';
import {
  type ChangedGrant,
  eventOf,
  KIND_OF,
  type NoticeEvent,
  type NoticePart,
} from '../../domain/notice.ts';
import { renewalOf } from '../../domain/renewal.ts';
import type { Deps } from '../ports/deps.ts';
import { type Delivery, type DeliveryContent, isDirect, type Prepared } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, standingsOf } from '../queries/grant-status.ts';
import { placesOf, placesThere } from './notice-places.ts';

/** What becomes of what some members are to hear. */
export interface Telling {
  /** Will be told within a minute, as far as is known. */
  readonly told: readonly MemberId[];
  /** Will be told as soon as the servers show that their access is gone. */
  readonly later: readonly MemberId[];
  /** The last message was not taken, because their direct messages are closed. */
  readonly closed: readonly MemberId[];
  /** There is something to tell, and it is none of what the guild has chosen. */
  readonly off: readonly MemberId[];
}

type Changes = Extract<DeliveryContent, { kind: 'changes' }>;

export function makeNotices(deps: Pick<Deps, 'stores' | 'clock' | 'clockHold'>) {
  /** Changes become what they mean. */
  async function put(delivery: Delivery): Promise<Delivery | undefined> {
    if (delivery.content.kind !== 'changes') return delivery;
    return await deps.stores.transaction(delivery.guildId, async (tx) => {
      // Something may have joined it since it was listed.
      const owed = await tx.deliveries.listOwed(delivery.kind, [delivery.sink]);
      const fresh = owed.find(({ id }) => id === delivery.id)?.content;
      if (fresh?.kind !== 'changes') return undefined;
      const waiting = [{ memberId: toMemberId(delivery.sink), changes: fresh }];
      const said = await partsOf(deps, tx, waiting);
      const { notices } = await tx.settings.get();
      const all = said.flatMap((one) => one.parts);
      // Who asked for it is told what came of it.
      const isAnswer = all.some(({ event }) => event === 'approved');
      const parts = all.filter(
        (part) => isAnswer || !isChosen(part) || notices.includes(KIND_OF[part.event]),
      );
      if (parts.length === 0) {
        await tx.deliveries.park(delivery.id, 'nothing was left to say', deps.clock.now());
        return undefined;
      }
      const content = { ...fresh, said: parts };
      await tx.deliveries.rewrite(delivery.id, content);
      return { ...delivery, content };
    });
  }

  return {
    /**
     * A delivery with what it says now, and the language of its reader. Undefined when nothing is left to say: then it
     * is never sent.
     */
    async prepare(delivery: Delivery): Promise<Prepared | undefined> {
      const said = await put(delivery);
      if (said === undefined || !isDirect(said)) return said && { delivery: said, locale: null };
      const member = await deps.stores.of(said.guildId).members.find(toMemberId(said.sink));
      return { delivery: said, locale: member?.locale ?? null };
    },

    /** For staff who have just changed something: who of these will hear of it. */
    async telling(guildId: GuildId, memberIds: readonly MemberId[]): Promise<Telling> {
      const stores = deps.stores.of(guildId);
      const [owed, { notices }] = await Promise.all([
        stores.deliveries.listOwed('notice', [...new Set(memberIds)]),
        stores.settings.get(),
      ]);
      const waiting = owed.flatMap(({ sink, content }) =>
        content.kind === 'changes' ? [{ memberId: toMemberId(sink), changes: content }] : [],
      );
      const found: Record<keyof Telling, MemberId[]> = { told: [], later: [], closed: [], off: [] };
      const closed = new Set(await stores.members.listClosed(waiting.map(({ memberId }) => memberId)));
      for (const { memberId, parts, isEnding } of await partsOf(deps, stores, waiting)) {
        const kinds = parts.filter(isChosen).map(({ event }) => KIND_OF[event]);
        if (isEnding) kinds.push('ended');
        if (kinds.length === 0) continue;
        const isOff = kinds.every((kind) => !notices.includes(kind));
        const open = kinds.length === 1 && isEnding ? 'later' : 'told';
        found[isOff ? 'off' : closed.has(memberId) ? 'closed' : open].push(memberId);
      }
      return found;
    },
  };
}

/** Whether a guild may choose not to tell it. */
const isChosen = (part: NoticePart): part is Extract<NoticePart, { readonly event: NoticeEvent }> =>
  Object.hasOwn(KIND_OF, part.event);

interface Waiting {
  readonly memberId: MemberId;
  readonly changes: Changes;
}

/** What is true of the changes now, in the order of the grants. `isEnding`: an end is not confirmed, and not said. */
async function partsOf(
  deps: Pick<Deps, 'clock' | 'clockHold'>,
  stores: GuildStores,
  waiting: readonly Waiting[],
): Promise<readonly { memberId: MemberId; parts: readonly NoticePart[]; isEnding: boolean }[]> {
  const memberIds = waiting.map(({ memberId }) => memberId);
  const changed = new Set(waiting.flatMap(({ changes }) => changes.grants.map(({ grantId }) => grantId)));
  const [all, libraries, servers, accounts, plans, { mayAsk }] = await Promise.all([
    stores.grants.list({ memberIds }),
    stores.libraries.list(),
    stores.servers.list(),
    stores.accounts.list({ memberIds }),
    stores.plans.list(),
    stores.settings.get(),
  ]);
  const renewable = (grant: Grant) => {
    const plan = plans.find(({ id }) => id === grant.planId);
    const how = renewalOf(grant, plan, { mayAsk, now: deps.clock.now() });
    return how === 'self' || how === 'ask' ? ({ renewable: true } as const) : {};
  };
  const meant = all.filter(({ id }) => changed.has(id));
  const standings = Map.groupBy(
    (await standingsOf(deps, stores, meant)).toSorted((one, other) => one.grant.number - other.grant.number),
    ({ grant }) => grant.memberId,
  );
  const active = Map.groupBy(
    all.filter(({ state }) => state === 'active'),
    ({ memberId }) => memberId,
  );
  return waiting.map(({ memberId, changes }) => {
    const theirs = standings.get(memberId) ?? [];
    const known = { libraries, servers, active: active.get(memberId) ?? [], changed, renewable };
    const said = theirs.flatMap((standing) => {
      const change = changes.grants.find(({ grantId }) => grantId === standing.grant.id);
      return change ? partOf(standing, change, known) : [];
    });
    const isDeleted = (name: string) =>
      accounts.some((account) => account.name === name && account.memberId === memberId && account.deleteAt);
    const stillTrue = changes.parts.filter((part) => part.event !== 'deletion' || isDeleted(part.account));
    const isEnding = theirs.some(({ grant }) => grant.state === 'ending');
    const answers = stillTrue.filter(({ event }) => event === 'approved' || event === 'declined');
    const others = stillTrue.filter((part) => !answers.includes(part));
    return { memberId, parts: [...answers, ...said, ...others], isEnding };
  });
}

interface Known {
  readonly libraries: readonly Library[];
  readonly servers: Parameters<typeof placesThere>[1];
  readonly active: readonly Grant[];
  readonly changed: ReadonlySet<string>;
  readonly renewable: (grant: Grant) => { readonly renewable?: true };
}

function partOf(
  standing: GrantStanding,
  change: ChangedGrant,
  { libraries, servers, active, changed, renewable }: Known,
): readonly NoticePart[] {
  const { grant } = standing;
  const { before } = change;
  const event = eventOf(change, grant);
  if (event === undefined) return [];
  const others = active.filter(({ id }) => id !== grant.id);
  const named = (ids: readonly string[]) =>
    placesThere(
      libraries.filter(({ id }) => ids.includes(id)),
      servers,
    );
  // What other grants give, and what stays for another reason, is not lost with this one.
  const keeps = new Set([
    ...others.flatMap(({ libraryIds }) => libraryIds),
    ...standing.keeps.flatMap(({ kept }) => kept.flatMap(({ libraryIds }) => libraryIds)),
  ]);
  const gone = named(grant.libraryIds.filter((id) => !keeps.has(id)));
  switch (event) {
    case 'given':
    case 'changed':
    case 'resumed': {
      const covered = new Set(
        others.filter((other) => outlasts(other, grant, changed)).flatMap(({ libraryIds }) => libraryIds),
      );
      const places = placesOf(standing, (library) => !covered.has(library.id));
      const lost = (before?.libraryIds ?? []).filter((id) => !grant.libraryIds.includes(id));
      const lostHere = named(lost.filter((id) => others.every(({ libraryIds }) => !libraryIds.includes(id))));
      if (places.length + lostHere.length === 0) return [];
      return [{ event, places, until: grant.expiresAt, lost: event === 'changed' ? lostHere : [] }];
    }
    case 'coming':
      return [{ event, places: named(grant.libraryIds), from: grant.startsAt, until: grant.expiresAt }];
    case 'paused': {
      const isClosed = standing.servers.every(({ application }) => application.kind !== 'still-open');
      if (gone.length === 0) return [];
      return [{ event, places: gone, leftSeconds: grant.remainingSeconds, isClosed }];
    }
    case 'reminder': {
      const { expiresAt: until } = grant;
      const longer = others.filter((other) => outlasts(other, grant, changed));
      const stays = new Set([...longer.flatMap(({ libraryIds }) => libraryIds), ...keptBeside(standing)]);
      const places = named(grant.libraryIds.filter((id) => !stays.has(id)));
      return until === null || places.length === 0 ? [] : [{ event, places, until, ...renewable(grant) }];
    }
    case 'ended':
    case 'cancelled':
      if (gone.length === 0) return [];
      return [
        {
          ...{ event, places: gone, cause: grant.endCause ?? 'expired' },
          ...(grant.endCause === 'expired' && renewable(grant)),
        },
      ];
  }
}

/**
 * Whether another grant gives the same for longer. Of two that last equally long, the one that changed says it; of two
 * that changed, the older one.
 */
function outlasts(other: Grant, grant: Grant, changed: ReadonlySet<string>): boolean {
  const [its, own] = [endOf(other), endOf(grant)];
  if (its !== own) return its > own;
  return !changed.has(other.id) || other.number < grant.number;
}

/** What stays for another reason than a grant. */
const keptBeside = ({ keeps }: GrantStanding): readonly string[] =>
  keeps.flatMap(({ kept }) =>
    kept.flatMap(({ libraryIds, why }) => (why.kind === 'grants' ? [] : libraryIds)),
  );

const endOf = ({ expiresAt }: Grant): number => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
