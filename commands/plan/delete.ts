import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { planOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { deletedPlanView, isPlanUsed, planText } from '../../src/adapters/discord/views/plans.ts';
import { card, md, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isText, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'plans' | 'drafts'>;

const question = confirmation({
  draft: defineDraft('plan delete', shape({ planId: isText })),
  async preview({ guildId }, { planId }, { plans }: Uses) {
    const details = await plans.find(guildId, planId);
    return details && { details, running: await plans.runningGrants(guildId, planId) };
  },
  gone: noLongerHere('plan'),
  question: ({ details, running }) => {
    const isUsed = isPlanUsed(details);
    return {
      meaning: running.map(({ id }) => id),
      text: [
        md`**${isUsed ? say('plan.delete.inUse') : say('plan.delete.unused')}**`,
        planText(details),
        isUsed ? md`${say('plan.delete.inUseMeans')}` : undefined,
      ],
      choices: [
        {
          label: isUsed ? say('plan.delete.endAll') : say('plan.delete.delete'),
          style: 'danger',
          op: 'all',
        },
      ],
    };
  },
  choose: {
    async all({ guildId, actor, ...input }, { asked }, app): Promise<View> {
      const progress = (count: number) =>
        input.progress(card('neutral', say('plan.delete.progress', { count })));
      const end = { guildId, actorId: actor.id, ...asked, endUses: true, progress };
      const result = await app.plans.delete(end);
      // A grant or an invite was made from the plan meanwhile, so the question is put again.
      return result.kind === 'in-use'
        ? await question.ask({ guildId, actor }, asked, app)
        : deletedPlanView(result);
    },
  },
});

export default defineCommand({
  description: 'Delete a plan that is not in use, or end its uses first',
  capability: 'admin',
  options: { plan: planOption.needed },
  async run({ guildId, actor, options }, app: Uses) {
    const picked = await planOption.pick(app, guildId, options.plan);
    if (picked.kind === 'problem') return picked.view;
    const planId = picked.item.id;
    const result = await app.plans.delete({ guildId, actorId: actor.id, planId, endUses: false });
    return result.kind === 'in-use'
      ? await question.ask({ guildId, actor }, { planId }, app)
      : deletedPlanView(result);
  },
  complete: { plan: planOption.complete },
  components: {
    ...question.components,
    ask: {
      answers: 'message',
      run: ({ args: [planId = ''], ...who }, app: Uses) => question.ask(who, { planId }, app),
    },
  },
});
