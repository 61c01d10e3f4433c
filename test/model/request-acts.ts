/** Members renew what they have, or ask staff for more, who say yes or no. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { DurationText } from '../../src/domain/duration.ts';
import { DAY, HOUR } from '../support/moments.ts';
import { GUILD, STAFF } from '../support/people.ts';
import type { Acts } from './acts.ts';
import type { Wanted } from './follow.ts';
import { checkStanding, noticing } from './grant-acts.ts';
import { gives, MEMBERS, type MemberName, type ModelGrant } from './model.ts';
import { RENEWALS } from './plan-acts.ts';
import { idOf, type Reality } from './reality.ts';

/** A plan may be renewed from then on before its end. */
const RENEWED_BEFORE_MS = 7 * DAY;
const LENGTH_MS = { '1h': HOUR, '1d': DAY } as const;
type Length = keyof typeof LENGTH_MS;

/** `which` selects a grant, or a request that waits; the numbers wrap around. */
type RequestAct =
  | { readonly kind: 'renews' | 'asks to renew'; readonly which: number }
  | {
      readonly kind: 'asks for';
      readonly member: MemberName;
      readonly libraries: readonly string[];
      readonly byPlan: boolean;
    }
  /** Without a length: for good. `twice`: two of the staff at the same time. */
  | {
      readonly kind: 'approves';
      readonly which: number;
      readonly by: Length | null;
      readonly twice: boolean;
    }
  | { readonly kind: 'declines'; readonly which: number };

export function requestActs(libraries: fc.Arbitrary<readonly string[]>): Acts<RequestAct> {
  const which = fc.nat(11);
  return {
    acts: fc.oneof(
      fc.record({ kind: fc.constantFrom('renews' as const, 'renews', 'asks to renew'), which }),
      fc.record({
        kind: fc.constant('asks for' as const),
        member: fc.constantFrom(...MEMBERS),
        libraries,
        byPlan: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('approves' as const),
        which,
        by: fc.option(fc.constantFrom<Length[]>('1h', '1d'), { freq: 3 }),
        twice: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('declines' as const), which }),
    ),
    isPossible: ({ kind }, { grants }) => (kind !== 'renews' && kind !== 'asks to renew') || grants.size > 0,
    perform,
  };
}

async function perform(act: RequestAct, reality: Reality): Promise<void> {
  switch (act.kind) {
    case 'renews':
      return await renew(reality, act.which);
    case 'asks to renew': {
      const { id: grantId, member } = pick([...reality.model.grants.values()], act.which);
      const wish = { guildId: GUILD, memberId: idOf(member), grantId, lasts: null, note: null, inDm: false };
      await reality.decide(nothing, (app) => app.requests.askToRenew(wish));
      return;
    }
    case 'asks for': {
      const planId = reality.planId();
      const libraryIds = act.libraries.map((name) => reality.libraryId(name));
      const wish = { guildId: GUILD, memberId: idOf(act.member), libraryIds, note: null };
      await reality.decide(nothing, (app) =>
        app.requests.askForNew({ ...wish, ...(act.byPlan && { planId }) }),
      );
      return;
    }
    case 'approves':
      return await approve(reality, act);
    case 'declines': {
      const waiting = await reality.stores.requests.listWaiting();
      if (waiting.length === 0) return;
      const { id: requestId } = pick(waiting, act.which);
      const decision = { guildId: GUILD, actorId: STAFF, requestId, word: null };
      await reality.decide(nothing, (app) => app.requestDecisions.decline(decision));
    }
  }
}

/** Asking gives nothing, and neither does a no. */
const nothing: Wanted = () => false;

async function renew(reality: Reality, which: number): Promise<void> {
  const { model, places, community } = reality;
  const grant = pick([...model.grants.values()], which);
  const { id: grantId, member, renewals: times } = grant;
  const now = places.clock.now();
  const isSilent = community.silent > 0;
  const wanted = noticing(
    (before, after) =>
      after.id === grantId &&
      before?.renewals === times &&
      after.renewals === times + 1 &&
      after.expiresAt?.getTime() === longer(before, DAY, now),
  );
  const wish = { guildId: GUILD, memberId: idOf(member), grantId, times };
  const result = await reality.decide(wanted, (app) => app.selfRenewal.renew(wish));
  if (result === 'killed' || model.racing.has(member) || reality.watch.midway) return;
  const isRenewed = result.kind === 'renewed';
  expect(wanted.happened(undefined, model), `${member} renews #${grant.number}`).toBe(isRenewed);
  if (isRenewed) {
    expect(whyNotRenewed(reality, grant), `#${grant.number} was renewed`).toBeUndefined();
    model.decided.add(grantId);
    checkStanding(reality, member, result.standing);
  } else if (!isSilent && gives(grant, now))
    expect(whyNotRenewed(reality, grant), `#${grant.number} was not renewed: ${result.kind}`).toBeDefined();
}

/** Why a member may not renew it themselves. */
function whyNotRenewed(reality: Reality, grant: ModelGrant): string | undefined {
  const { planId, expiresAt, renewals, state, member } = grant;
  const { model, places } = reality;
  if (planId === null || !model.plans.has(planId)) return 'it has no plan';
  if (renewals >= RENEWALS) return 'it was renewed often enough';
  if (expiresAt === null) return 'it has no end';
  if (state === 'paused' || state === 'scheduled') return `it is ${state}`;
  if (!reality.isHere(member)) return 'its member has left';
  if (expiresAt.getTime() - places.clock.now().getTime() > RENEWED_BEFORE_MS) return 'it is too early';
  return undefined;
}

async function approve(
  reality: Reality,
  { which, by, twice }: Extract<RequestAct, { kind: 'approves' }>,
): Promise<void> {
  const { model, places, stores } = reality;
  const waiting = await stores.requests.listWaiting();
  if (waiting.length === 0) return;
  const request = pick(waiting, which);
  const before = request.grantId === null ? undefined : model.grants.get(request.grantId);
  const now = places.clock.now();
  const ms = by && LENGTH_MS[by];
  const isGiven = (after: ModelGrant) =>
    idOf(after.member) === request.memberId &&
    after.source === 'command' &&
    after.planId === request.planId &&
    after.expiresAt?.getTime() === (ms === null ? undefined : now.getTime() + ms);
  let given = 0;
  const wanted: Wanted = (was, after) => {
    const isThis = before
      ? was !== undefined && after.id === before.id && isLonger(was, after, ms ?? 0, now)
      : !was && isGiven(after);
    if (isThis) given += 1;
    return isThis;
  };
  const decision = { guildId: GUILD, actorId: STAFF, requestId: request.id, by: by as DurationText | null };
  const results = await reality.decide(wanted, (app) =>
    Promise.all(Array.from({ length: twice ? 2 : 1 }, () => app.requestDecisions.approve(decision))),
  );
  if (results === 'killed') return;
  const made = results.filter(({ kind }) => kind === 'extended' || kind === 'given');
  expect([made.length, given], 'one request is approved once').toEqual(made.length > 0 ? [1, 1] : [0, 0]);
  for (const result of made) {
    if (result.kind === 'given')
      checkStanding(reality, memberNamed(reality, result.given.grant.id), result.given);
    if (result.kind !== 'extended') continue;
    for (const { standing } of result.result.changed)
      checkStanding(reality, memberNamed(reality, standing.grant.id), standing);
    if (before) model.decided.add(before.id);
  }
}

/** When it ends if so much is added: to its end, or to now where that has passed. */
const longer = ({ expiresAt }: ModelGrant, byMs: number, now: Date): number =>
  Math.max(expiresAt?.getTime() ?? 0, now.getTime()) + byMs;

/** A paused one ends later than it says, by as long as it is paused. */
const isLonger = (before: ModelGrant, after: ModelGrant, byMs: number, now: Date): boolean =>
  before.state === 'paused'
    ? after.state === 'paused' && after.expiresAt !== null && after.expiresAt > now
    : after.expiresAt?.getTime() === longer(before, byMs, now);

function memberNamed({ model }: Reality, grantId: string): MemberName {
  const found = model.grants.get(grantId);
  if (!found) throw new Error('no such grant');
  return found.member;
}

function pick<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('there is nothing to pick from');
  return found;
}
