import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { defineList } from '../../src/adapters/discord/kit/list.ts';
import { planHolders } from '../../src/adapters/discord/kit/plan-card.ts';
import { PLAN_HEAD, planCells, planChoice, planRow } from '../../src/adapters/discord/views/plans.ts';
import { say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { nameMatcher } from '../../src/domain/pick.ts';

const listing = defineList({
  filters: [],
  size: 10,
  async find({ guildId }, { search }, { plans }: App, { start, limit }) {
    const isMeant = nameMatcher(search);
    const fitting = (await plans.list(guildId)).filter(({ plan, libraries }) =>
      isMeant([plan.name, ...libraries.map(({ name }) => name)].join(' ')),
    );
    return { rows: fitting.slice(start, start + limit), total: fitting.length };
  },
  title: () => say('plan.list.title'),
  none: () => say('plan.list.empty'),
  line: planRow,
  option: planChoice,
  openLabel: say('plan.list.open'),
  open: async (who, [plan = ''], app) => await planHolders.show(who, { plan }, app),
  file: { name: 'plans.csv', head: PLAN_HEAD, cells: planCells },
});

export default defineCommand({
  description: 'The plans of this community',
  capability: 'auditor',
  run: (who, app: App) => listing.show(who, {}, app),
  components: { ...listing.components, ...planHolders.components },
});
