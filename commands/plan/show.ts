import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { planOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { planHoldersText, planText } from '../../src/adapters/discord/views/plans.ts';
import { card } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'All about one plan, and who has it',
  capability: 'auditor',
  options: { plan: planOption.needed },
  async run({ guildId, options }, app: Pick<App, 'autocomplete' | 'plans'>) {
    const picked = await planOption.pick(app, guildId, options.plan);
    if (picked.kind === 'problem') return picked.view;
    const [details, grants] = await Promise.all([
      app.plans.find(guildId, picked.item.id),
      app.plans.runningGrants(guildId, picked.item.id),
    ]);
    return details ? card('neutral', planText(details), planHoldersText(grants)) : noLongerHere('plan');
  },
  complete: { plan: planOption.complete },
});
