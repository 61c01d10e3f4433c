import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { planOption } from '../../src/adapters/discord/kit/named-options.ts';
import { planHolders } from '../../src/adapters/discord/kit/plan-card.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'All about one plan, and who has it',
  capability: 'auditor',
  options: { plan: planOption.needed },
  async run({ options, ...who }, app: App) {
    const picked = await planOption.pick(app, who.guildId, options.plan);
    return picked.kind === 'problem'
      ? picked.view
      : await planHolders.show(who, { plan: picked.item.id }, app);
  },
  complete: { plan: planOption.complete },
  components: planHolders.components,
});
