/** Which plan a member should get: chosen from their card. */

import type { PlanDetails } from '../../../app/grants/plans.ts';
import { parseDuration } from '../../../domain/duration.ts';
import type { Plan } from '../../../domain/model.ts';
import { durationText } from './lengths.ts';
import { placesOf } from './standing.ts';
import { buttons, card, code, type Md, md, person, say, type View } from './view.ts';

/** Discord's select. */
const OPTIONS = 25;

export function planChoice(plans: readonly PlanDetails[], memberId: string, name: string | undefined): View {
  const args = [memberId];
  const back = buttons({ label: say('member.plan.back'), op: 'back', args });
  if (plans.length === 0)
    return card('neutral', say('member.plan.none', { command: code('/plan create') }), back);
  const options = planOptions(plans);
  return card(
    'neutral',
    md`**${say('member.plan.title', { member: person(memberId, name) })}**`,
    { kind: 'select', op: 'gift', args, placeholder: say('member.plan.choose'), options },
    plans.length > OPTIONS ? md`-# ${say('member.plan.more', { command: code('/grant add') })}` : undefined,
    back,
  );
}

/** For a select of plans. */
export const planOptions = (plans: readonly PlanDetails[]) =>
  plans.slice(0, OPTIONS).map(({ plan, libraries, servers }) => ({
    label: plan.name,
    value: plan.id,
    description: say('member.plan.gives', {
      what: placesOf({ libraries, servers: servers.map((server) => ({ server })) }),
      lasts: lastsText(plan),
    }),
  }));

function lastsText({ duration }: Pick<Plan, 'duration'>): Md {
  const parsed = parseDuration(duration);
  return parsed.kind === 'duration' ? durationText(parsed.duration) : md`${say('shared.forGood')}`;
}
