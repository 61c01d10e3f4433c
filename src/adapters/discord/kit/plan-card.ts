/** A plan that was opened: what it is, who has it, and what can be done. */
import type { App } from '../../../app/app.ts';
import type { PlanDetails } from '../../../app/grants/plans.ts';
import { nameMatcher } from '../../../domain/pick.ts';
import { HOLDS_HEAD, holdsCells, holdsChoice, holdsLine, type NamedGrant, planText } from '../views/plans.ts';
import { buttons, card, say, type View } from '../views/view.ts';
import { defineList, type Found } from './list.ts';
import { plainFilter } from './list-filters.ts';
import { openMember } from './open-member.ts';

interface Holders extends Found<NamedGrant> {
  readonly details: PlanDetails;
}

/** Filtered by the plan. Its components are named apart from those of the list that it was opened from. */
export const planHolders = defineList({
  prefix: 'has-',
  filters: [{ name: 'plan', ...plainFilter }],
  size: 8,
  async find({ guildId }, { search, by }, app: App, { start, limit }): Promise<Holders | undefined> {
    const [details, grants] = await Promise.all([
      app.plans.find(guildId, by.plan),
      app.plans.runningGrants(guildId, by.plan),
    ]);
    if (!details) return undefined;
    const names = await app.people.named(
      guildId,
      grants.map(({ memberId }) => memberId),
    );
    const isMeant = nameMatcher(search);
    const fitting = grants
      .map((grant) => ({ ...grant, memberName: names.get(grant.memberId) }))
      .filter(({ memberName = '', number }) => isMeant(`${memberName} #${number}`));
    return { details, rows: fitting.slice(start, start + limit), total: fitting.length };
  },
  title: () => say('plan.show.holders'),
  none: () => say('plan.show.nobody'),
  line: holdsLine,
  option: holdsChoice,
  openLabel: say('plan.show.open'),
  open: openMember,
  within(list, { details }, { actor }): View {
    const args = [details.plan.id];
    const edits = buttons(
      { label: say('plan.show.edit'), command: 'plan edit', op: 'form', args },
      { label: say('plan.show.delete'), style: 'danger', command: 'plan delete', op: 'ask', args },
    );
    return card(
      'neutral',
      planText(details),
      ...list.blocks,
      actor.capabilities.has('admin') ? edits : undefined,
    );
  },
  file: { name: 'who-has-the-plan.csv', head: HOLDS_HEAD, cells: holdsCells },
});
