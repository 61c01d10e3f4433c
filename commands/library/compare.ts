import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { comparedLine } from '../../src/adapters/discord/views/libraries.ts';
import { card, join, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

const PAGE = 15;

type Uses = Pick<App, 'manageServer'>;

export default defineCommand({
  description: 'Libraries that are missing or doubled between servers',
  capability: 'auditor',
  run: ({ guildId }, app: Uses) => show(app, guildId),
  components: { page: { run: ({ guildId, args: [page] }, app: Uses) => show(app, guildId, page) } },
});

async function show({ manageServer }: Uses, guildId: string, asked?: string): Promise<View> {
  const all = await manageServer.compareLibraries(guildId);
  if (all.length === 0) return card('neutral', md`**No libraries known.** There is nothing to compare.`);
  const telling = all.filter(({ missingOn, doubledOn }) => missingOn.length + doubledOn.length > 0);
  if (telling.length === 0)
    return card('good', md`**No difference.** All ${all.length} libraries are on every server, once each.`);
  const page = pageOf(telling, PAGE, asked);
  return card(
    'neutral',
    md`**Differences between servers** (${telling.length} of ${all.length}), by name and type, as of the last sync`,
    join(page.items.map(comparedLine), '\n'),
    turnRow(page),
  );
}
