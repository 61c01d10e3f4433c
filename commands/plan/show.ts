import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { completePlans, pickedPlan } from '../../src/adapters/discord/kit/plan-option.ts';
import { planText } from '../../src/adapters/discord/views/plans.ts';
import { card, join, md, mention, problem, until } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

const SHOWN = 15;

export default defineCommand({
  description: 'All about one plan, and who has it',
  capability: 'auditor',
  options: { plan: text('Which plan', { required: true, autocomplete: true }) },
  async run({ guildId, options }, { autocomplete, plans }: Pick<App, 'autocomplete' | 'plans'>) {
    const picked = await pickedPlan(autocomplete, guildId, options.plan);
    if (picked.kind === 'problem') return picked.view;
    const [details, grants] = await Promise.all([
      plans.find(guildId, picked.plan.id),
      plans.runningGrants(guildId, picked.plan.id),
    ]);
    if (!details) return problem(md`That plan is no longer here`);
    const lines = grants
      .slice(0, SHOWN)
      .map(
        ({ number, memberId, state, expiresAt }) =>
          md`#${number} ${mention.user(memberId)} · ${state} · ${until(expiresAt)}`,
      );
    const more = grants.length - lines.length;
    return card(
      'neutral',
      planText(details),
      lines.length > 0 ? join([...lines, ...(more > 0 ? [md`and ${more} more`] : [])], '\n') : undefined,
    );
  },
  complete: { plan: completePlans },
});
