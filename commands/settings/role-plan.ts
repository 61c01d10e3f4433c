import {
  type ComponentInput,
  choice,
  defineCommand,
  role,
  text,
} from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { planOption } from '../../src/adapters/discord/kit/named-options.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import {
  lossesView,
  noRolePlan,
  rolePlanEnds,
  rolePlanOver,
  rolePlanRefused,
  rolePlanSaved,
} from '../../src/adapters/discord/views/role-plans.ts';
import { say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isText, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'rolePlans' | 'presence' | 'timeInput' | 'drafts'>;

const question = confirmation({
  draft: defineDraft('settings role-plan', shape({ roleId: isText, planId: isText })),
  preview: ({ guildId }, { roleId, planId }, { rolePlans }: Uses) => rolePlans.find(guildId, roleId, planId),
  question: (rolePlan) => ({
    text: rolePlanEnds(rolePlan),
    choices: [{ label: say('settings.rolePlan.remove'), style: 'danger', op: 'remove' }],
  }),
  choose: {
    async remove({ guildId, actor }, { asked }, { rolePlans }): Promise<View> {
      const over = await rolePlans.remove({ guildId, actorId: actor.id, ...asked });
      return over ? rolePlanOver(over) : noRolePlan(asked.roleId);
    },
  },
});

/** About those who have lost a role, many at once: in the channel for alerts. */
const deciding = (keep: boolean) => ({
  capability: 'admin' as const,
  answers: 'message' as const,
  run: async ({ guildId, actor, args }: ComponentInput, { presence }: Uses) => {
    const [roleId = '', mark = ''] = args;
    return lossesView(await presence.decide({ guildId, actorId: actor.id, roleId, mark, keep }), keep);
  },
});

export default defineCommand({
  description: 'Who holds a Discord role has a plan, at once; losing it or leaving ends it after the grace',
  capability: 'admin',
  options: {
    role: role('The Discord role', { required: true }),
    plan: planOption.needed,
    grace: text('How long access goes on after the role is lost: 12h, 1d, 7d (default: 1d)', {
      maxLength: 40,
    }),
    action: choice('Set (default), or remove the plan from the role', ['set', 'remove']),
  },
  async run({ options, ...who }, app: Uses) {
    const { guildId, actor } = who;
    const picked = await planOption.pick(app, guildId, options.plan);
    if (picked.kind === 'problem') return picked.view;
    const which = { roleId: options.role.id, planId: picked.item.id };
    if (options.action === 'remove') {
      const there = await app.rolePlans.find(guildId, which.roleId, which.planId);
      return there ? await question.ask(who, which, app) : noRolePlan(which.roleId);
    }
    const grace = app.timeInput.duration(options.grace);
    if (grace.kind === 'problem') return misread(say('settings.rolePlan.none'), grace);
    const change = await app.rolePlans.set({ guildId, actorId: actor.id, ...which, grace: grace.value });
    if (change.kind !== 'saved') return rolePlanRefused(change, which.roleId);
    const look = await app.presence.lookBriefly(guildId);
    const rolePlan = await app.rolePlans.find(guildId, which.roleId, which.planId);
    return rolePlanSaved({ ...change, rolePlan: rolePlan ?? change.rolePlan }, look);
  },
  complete: { plan: planOption.complete },
  components: { ...question.components, release: deciding(false), keep: deciding(true) },
});
