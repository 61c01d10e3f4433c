import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { completePlans, pickedPlan } from '../../src/adapters/discord/kit/plan-option.ts';
import { counted } from '../../src/adapters/discord/views/media.ts';
import { planText } from '../../src/adapters/discord/views/plans.ts';
import { buttons, card, code, md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { DeletePlanResult } from '../../src/app/grants/plans.ts';

type Uses = Pick<App, 'autocomplete' | 'plans'>;

export default defineCommand({
  description: 'Delete a plan that is not in use, or end its uses first',
  capability: 'admin',
  options: { plan: text('Which plan', { required: true, autocomplete: true }) },
  async run({ guildId, actor, options }, { autocomplete, plans }: Uses) {
    const picked = await pickedPlan(autocomplete, guildId, options.plan);
    if (picked.kind === 'problem') return picked.view;
    const planId = picked.plan.id;
    return view(await plans.delete({ guildId, actorId: actor.id, planId, endUses: false }));
  },
  complete: { plan: completePlans },
  components: {
    all: {
      async run({ guildId, actor, args: [planId = '', shown], progress }, { plans }: Uses) {
        const details = await plans.find(guildId, planId);
        // More is in use than was shown: asked anew.
        if (details && fingerprint(details.uses) !== shown) return view({ kind: 'in-use', details });
        const done = (count: number) =>
          progress(
            card('neutral', md`Ending the grants of the plan… ${counted(count, 'grant', 'grants')} done`),
          );
        return view(
          await plans.delete({ guildId, actorId: actor.id, planId, endUses: true, progress: done }),
        );
      },
    },
    cancel: { run: async () => card('neutral', md`Cancelled. Nothing was changed.`) },
  },
});

const fingerprint = ({ grants, invites }: { readonly grants: number; readonly invites: number }) =>
  `${grants}.${invites}`;

function view(result: DeletePlanResult): View {
  if (result.kind === 'gone') return problem(md`That plan is no longer here`);
  if (result.kind === 'deleted') {
    const open = md`The access of ${counted(result.stillOpen, 'grant', 'grants')} is not confirmed gone yet and stays due; see ${code('/grant list state:ending')}.`;
    return card(
      result.stillOpen > 0 ? 'warning' : 'good',
      md`**The plan “${result.name}” is deleted.**`,
      result.stillOpen > 0 ? open : undefined,
    );
  }
  const { details } = result;
  return card(
    'warning',
    md`**The plan is in use.** Nothing was changed.`,
    planText(details),
    md`It can be deleted when its grants are revoked and its invites withdrawn. Members lose what no other grant gives them.`,
    buttons(
      {
        label: 'End all uses and delete',
        style: 'danger',
        op: 'all',
        args: [details.plan.id, fingerprint(details.uses)],
      },
      { label: 'Cancel', op: 'cancel' },
    ),
  );
}
