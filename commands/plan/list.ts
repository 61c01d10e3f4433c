import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { planText } from '../../src/adapters/discord/views/plans.ts';
import { buttons, card, code, join, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { PlanDetails } from '../../src/app/grants/plans.ts';

const PAGE = 8;

type Uses = Pick<App, 'plans'>;

export default defineCommand({
  description: 'The plans of this community',
  capability: 'auditor',
  async run({ guildId }, { plans }: Uses) {
    return show(await plans.list(guildId), 0);
  },
  components: {
    page: {
      async run({ guildId, args: [page] }, { plans }: Uses) {
        return show(await plans.list(guildId), Number(page));
      },
    },
  },
});

function show(all: readonly PlanDetails[], page: number): View {
  if (all.length === 0)
    return card('neutral', md`**No plan yet.** An admin makes one with ${code('/plan create')}.`);
  const pages = Math.ceil(all.length / PAGE);
  const turn = (label: string, to: number, disabled: boolean) =>
    ({ label, op: 'page', args: [String(to)], disabled }) as const;
  return card(
    'neutral',
    md`**Plans** (${all.length})`,
    join(all.slice(page * PAGE, page * PAGE + PAGE).map(planText), '\n\n'),
    pages > 1 ? buttons(turn('◀', page - 1, page === 0), turn('▶', page + 1, page >= pages - 1)) : undefined,
  );
}
