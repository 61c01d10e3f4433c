import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { planText } from '../../src/adapters/discord/views/plans.ts';
import { card, code, join, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

const PAGE = 8;

type Uses = Pick<App, 'plans'>;

export default defineCommand({
  description: 'The plans of this community',
  capability: 'auditor',
  run: ({ guildId }, app: Uses) => show(app, guildId),
  components: { page: { run: ({ guildId, args: [page] }, app: Uses) => show(app, guildId, page) } },
});

async function show({ plans }: Uses, guildId: string, asked?: string): Promise<View> {
  const page = pageOf(await plans.list(guildId), PAGE, asked);
  return page.total === 0
    ? card('neutral', md`**No plan yet.** An admin makes one with ${code('/plan create')}.`)
    : card('neutral', md`**Plans** (${page.total})`, join(page.items.map(planText), '\n\n'), turnRow(page));
}
