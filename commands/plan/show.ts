import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { planOption } from '../../src/adapters/discord/kit/named-options.ts';
import { openedPlan } from '../../src/adapters/discord/kit/plan-card.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'plans' | 'people'>;

export default defineCommand({
  description: 'All about one plan, and who has it',
  capability: 'auditor',
  options: { plan: planOption.needed },
  async run({ options, ...who }, app: Uses) {
    const picked = await planOption.pick(app, who.guildId, options.plan);
    return picked.kind === 'problem' ? picked.view : await openedPlan(who, picked.item.id, app);
  },
  complete: { plan: planOption.complete },
  components: {
    page: { run: ({ args: [planId = '', page], ...who }, app: Uses) => openedPlan(who, planId, app, page) },
  },
});
