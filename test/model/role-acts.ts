/** A Discord role is a plan: members gain and lose it, and admins decide about those who lost it together. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { DurationText } from '../../src/domain/duration.ts';
import { DAY, HOUR } from '../support/moments.ts';
import { GUILD, STAFF } from '../support/people.ts';
import type { Acts } from './acts.ts';
import type { Wanted } from './follow.ts';
import { MEMBERS, type MemberName } from './model.ts';
import { followsPresence } from './presence-acts.ts';
import { idOf, type Reality } from './reality.ts';
import { ROLE } from './roles.ts';

type RoleAct =
  | { readonly kind: 'role is a plan'; readonly grace: Grace }
  | { readonly kind: 'role is no plan' | 'look at members' }
  /** Without a member: all of them at once. `isShown`: Discord tells of it. */
  | {
      readonly kind: 'gains role' | 'loses role';
      readonly member: MemberName | null;
      readonly isShown: boolean;
    }
  | { readonly kind: 'losses decided'; readonly keep: boolean }
  /** Discord does not answer the next questions. */
  | { readonly kind: 'Discord is silent'; readonly times: number };

const GRACE_MS = { '1h': HOUR, '1d': DAY } as const;
type Grace = keyof typeof GRACE_MS;

export const roleActs: Acts<RoleAct> = {
  acts: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('gains role' as const, 'gains role', 'loses role'),
        member: fc.option(fc.constantFrom(...MEMBERS), { freq: 3 }),
        isShown: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('role is a plan' as const),
        grace: fc.constantFrom<Grace[]>('1h', '1d'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('role is no plan' as const, 'look at members', 'look at members'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('losses decided' as const), keep: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('Discord is silent' as const),
        times: fc.integer({ min: 1, max: 3 }),
      }),
    },
  ),
  perform,
};

async function perform(act: RoleAct, reality: Reality): Promise<void> {
  const { community } = reality;
  switch (act.kind) {
    case 'role is a plan':
      return await setRolePlan(reality, act.grace);
    case 'role is no plan':
      return await endRolePlan(reality);
    case 'gains role':
    case 'loses role': {
      const roleIds = act.kind === 'gains role' ? [ROLE] : [];
      const some = (act.member === null ? MEMBERS : [act.member]).filter((each) => reality.isHere(each));
      for (const member of some) community.has(idOf(member), ...roleIds);
      if (act.isShown) await show(reality, some);
      return;
    }
    case 'look at members':
      return await lookAtMembers(reality);
    case 'losses decided':
      return await decideLosses(reality, act.keep);
    case 'Discord is silent':
      community.silent = act.times;
  }
}

async function show(reality: Reality, members: readonly MemberName[]): Promise<void> {
  const roleIds = (member: MemberName) => reality.community.members.get(idOf(member))?.roleIds ?? [];
  const shown = members.map((member) => ({ userId: idOf(member), roleIds: roleIds(member) }));
  await reality.decide(followsPresence(reality, members), (app) => app.presence.note(GUILD, shown));
  noteHeld(reality, members);
}

/** Usher asks Discord about everybody. */
export async function lookAtMembers(reality: Reality): Promise<void> {
  const isSilent = reality.community.silent > 0;
  const result = await reality.decide(followsPresence(reality, isSilent ? [] : MEMBERS), (app) =>
    app.presence.look(GUILD),
  );
  if (result === 'killed' || isSilent) return;
  noteHeld(reality, MEMBERS);
}

/** What an admin has left to those who lost the role is as any other of them who hold it again. */
function noteHeld(reality: Reality, members: readonly MemberName[]): void {
  const holders = reality.holders();
  for (const member of members)
    if (holders.includes(member)) reality.model.role.isHeldBy(member, reality.model);
}

export async function setRolePlan(reality: Reality, grace: Grace): Promise<void> {
  const { model } = reality;
  const planId = reality.planId();
  // As the command does: who holds it is looked for at once, and may have been seen when that was killed.
  const before = model.role.plan;
  model.role.plan = { planId, graceMs: GRACE_MS[grace] };
  const mapping = { guildId: GUILD, actorId: STAFF, roleId: ROLE, planId, grace: grace as DurationText };
  const result = await reality.live((app) => app.rolePlans.set(mapping));
  if (result === 'killed') {
    const [stored] = await reality.stores.rolePlans.list();
    if (stored?.grace !== grace) model.role.plan = before;
    return;
  }
  expect(result.kind).toBe('saved');
  await lookAtMembers(reality);
}

async function endRolePlan(reality: Reality): Promise<void> {
  const { model, places } = reality;
  const { plan } = model.role;
  if (!plan) return;
  const end = places.clock.now().getTime() + plan.graceMs;
  const isBounded: Wanted = (before, after) =>
    before?.source === 'role' && before.state === after.state && after.expiresAt?.getTime() === end;
  const mapping = { guildId: GUILD, actorId: STAFF, roleId: ROLE, planId: plan.planId };
  await reality.decide(isBounded, (app) => app.rolePlans.remove(mapping));
  if ((await reality.stores.rolePlans.list()).length > 0) return;
  model.role.plan = undefined;
  model.role.isAsked = false;
}

/** An admin answers the question about those who lost the role. */
export async function decideLosses(reality: Reality, keep: boolean): Promise<void> {
  const { model, places, stores } = reality;
  const { role } = model;
  const [asked] = await reality.app.rolePlans.listAsked(GUILD);
  if (!asked || !role.plan) return;
  expect(role.isAsked, 'an admin is asked about many').toBe(true);
  const end = places.clock.now().getTime() + role.plan.graceMs;
  const isBounded: Wanted = (before, after) =>
    !keep && before?.source === 'role' && before.state === after.state && after.expiresAt?.getTime() === end;
  const decision = { guildId: GUILD, actorId: STAFF, roleId: ROLE, mark: asked.mark, keep };
  await reality.decide(isBounded, (app) => app.presence.decide(decision));
  if ((await reality.app.rolePlans.listAsked(GUILD)).length > 0) return;
  role.isAsked = false;
  if (keep)
    for (const grant of await stores.grants.listByRole())
      if (grant.roleState === 'kept') role.kept.add(grant.id);
}
