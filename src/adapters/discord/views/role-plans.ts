/** Roles that are plans, in words; and how long access goes on after somebody left. */
import type { LookEnd } from '../../../app/presence/presence.ts';
import type { RolePlanChange, ShownRolePlan } from '../../../app/presence/role-plans.ts';
import type { LossesDecision } from '../../../app/presence/roles.ts';
import type { DurationText } from '../../../domain/duration.ts';
import { lengthText } from '../../../domain/length.ts';
import { card, code, join, type Md, md, mention, problem, say, type View } from './view.ts';

/** Whoever has a role has a plan: one line for each; undefined where there is none. */
export function rolePlansText(rolePlans: readonly ShownRolePlan[]): Md | undefined {
  if (rolePlans.length === 0) return undefined;
  return join([md`**${say('settings.rolePlan.title')}**`, ...rolePlans.map(rolePlanLine)], '\n');
}

const rolePlanLine = ({ roleId, plan, grace, members }: ShownRolePlan): Md =>
  md`${say('settings.rolePlan.line', { role: mention.role(roleId), plan: plan.name, count: members, grace: lengthText(grace) })}`;

/** `look`: what came of asking Discord who has the role; undefined while that takes long. */
export function rolePlanSaved(
  { rolePlan, isNew }: Extract<RolePlanChange, { kind: 'saved' }>,
  look: LookEnd | undefined,
): View {
  const { roleId, plan, grace, members } = rolePlan;
  const values = { role: mention.role(roleId), plan: plan.name, grace: lengthText(grace) };
  const isWarning = look === 'unknown' || look === 'one-by-one';
  return card(
    isWarning ? 'warning' : 'good',
    md`✅ ${say(isNew ? 'settings.rolePlan.saved' : 'settings.rolePlan.changed', values)}`,
    look === 'all'
      ? say('settings.rolePlan.have', { count: members, role: values.role })
      : look === undefined
        ? say('settings.rolePlan.looking')
        : undefined,
    look === 'unknown' ? md`⚠️ ${say('settings.rolePlan.unread')}` : undefined,
    look === 'one-by-one' ? md`⚠️ ${say('settings.rolePlan.noIntent')}` : undefined,
  );
}

export function rolePlanRefused(refusal: Exclude<RolePlanChange, { kind: 'saved' }>, roleId: string): View {
  const role = mention.role(roleId);
  switch (refusal.kind) {
    case 'everyone':
      return problem(say('settings.rolePlan.none'), say('settings.rolePlan.everyone'));
    case 'given':
      return problem(
        say('settings.rolePlan.none'),
        say('settings.rolePlan.given', { role, plans: refusal.plans }),
      );
    case 'gone':
      return problem(say('settings.rolePlan.none'), say('settings.rolePlan.planGone'));
  }
}

/** Before a role gives a plan no more. */
export const rolePlanEnds = ({ roleId, plan, grace, members }: ShownRolePlan): readonly Md[] => [
  md`**${say('settings.rolePlan.ask', { role: mention.role(roleId), plan: plan.name })}**`,
  md`${say('settings.rolePlan.askMeans', { count: members, grace: lengthText(grace) })}`,
];

export const rolePlanOver = ({ roleId, plan, grace, members }: ShownRolePlan): View =>
  card(
    'good',
    md`✅ ${say('settings.rolePlan.over', { role: mention.role(roleId), plan: plan.name })}`,
    members > 0
      ? say('settings.rolePlan.overMeans', { count: members, grace: lengthText(grace) })
      : undefined,
  );

export const noRolePlan = (roleId: string): View =>
  problem(
    say('settings.rolePlan.notThere', { role: mention.role(roleId) }),
    say('settings.rolePlan.notThereNext', { command: code('/settings show') }),
  );

/** What came of deciding about those who lost a role. */
export function lossesView(decision: LossesDecision, keep: boolean): View {
  switch (decision) {
    case 'decided':
      return card('good', say(keep ? 'settings.losses.kept' : 'settings.losses.ended'));
    case 'decided-before':
      return card('neutral', say('settings.losses.before'));
    case 'changed':
      return card('warning', say('settings.losses.changed'));
  }
}

export const leaveSaved = (grace: DurationText): Md =>
  md`✅ ${say('settings.leave.saved', { grace: lengthText(grace) })}`;
