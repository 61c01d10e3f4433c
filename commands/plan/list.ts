import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { openedPlan } from '../../src/adapters/discord/kit/plan-card.ts';
import { planRow } from '../../src/adapters/discord/views/plans.ts';
import { type Block, card, join, md, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { PlanDetails } from '../../src/app/grants/plans.ts';
import type { GuildId } from '../../src/domain/ids.ts';

const PAGE = 15;

type Uses = Pick<App, 'plans' | 'people'>;

export default defineCommand({
  description: 'The plans of this community',
  capability: 'auditor',
  run: ({ guildId }, app: Uses) => show(app, guildId),
  components: {
    page: { run: ({ guildId, args: [page] }, app: Uses) => show(app, guildId, page) },
    open: {
      answers: 'message',
      run: ({ values: [planId = ''], ...who }, app: Uses) => openedPlan(who, planId, app),
    },
  },
});

async function show({ plans }: Uses, guildId: GuildId, asked?: string): Promise<View> {
  const page = pageOf(await plans.list(guildId), PAGE, asked);
  if (page.total === 0) return card('neutral', say('plan.list.empty'));
  return card(
    'neutral',
    md`**${say('plan.list.title', { count: page.total })}**`,
    join(page.items.map(planRow), '\n'),
    openSelect(page.items),
    turnRow(page),
  );
}

const openSelect = (plans: readonly PlanDetails[]): Block => ({
  kind: 'select',
  op: 'open',
  placeholder: say('plan.list.open'),
  options: plans.map(({ plan }) => ({ label: plan.name, value: plan.id })),
});
