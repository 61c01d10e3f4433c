/** A plan that was opened: what it is, who has it, a page at a time, and what can be done. */
import type { App } from '../../../app/app.ts';
import { noLongerHere } from '../views/answers.ts';
import { holderRow, planText } from '../views/plans.ts';
import { type Block, type Button, buttons, card, join, md, say, type View } from '../views/view.ts';
import type { Who } from './command.ts';
import { pageOf } from './pager.ts';

const PAGE = 15;

type Uses = Pick<App, 'plans' | 'people'>;

/** `asked`: the page of people, as it came with the button. */
export async function openedPlan(
  { guildId, actor }: Who,
  planId: string,
  { plans, people }: Uses,
  asked?: string,
): Promise<View> {
  const [details, grants] = await Promise.all([
    plans.find(guildId, planId),
    plans.runningGrants(guildId, planId),
  ]);
  if (!details) return noLongerHere('plan');
  const page = pageOf(grants, PAGE, asked);
  const names = await people.named(
    guildId,
    page.items.map(({ memberId }) => memberId),
  );
  const holders = grants.length > 0 ? [holdersText(), ...turns()] : [];
  return card(
    'neutral',
    planText(details),
    ...holders,
    actor.capabilities.has('admin') ? edits() : undefined,
  );

  function holdersText() {
    const title = md`**${say('plan.show.holders', { count: new Set(grants.map(({ memberId }) => memberId)).size })}**`;
    return join([title, ...page.items.map((grant) => holderRow(grant, names))], '\n');
  }

  function turns(): readonly Block[] {
    if (page.pages === 1) return [];
    const turn = (label: string, to: number): Button => ({
      label,
      command: 'plan show',
      op: 'page',
      args: [planId, String(to)],
      disabled: to < 0 || to >= page.pages,
    });
    return [buttons(turn('◀', page.number - 1), turn('▶', page.number + 1))];
  }

  function edits(): Block {
    const args = [planId];
    return buttons(
      { label: say('plan.show.edit'), command: 'plan edit', op: 'form', args },
      { label: say('plan.show.delete'), style: 'danger', command: 'plan delete', op: 'ask', args },
    );
  }
}
