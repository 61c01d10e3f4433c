import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { comparedLine } from '../../src/adapters/discord/views/libraries.ts';
import { card, join, md, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { GuildId } from '../../src/domain/ids.ts';

const PAGE = 12;

type Uses = Pick<App, 'manageServer'>;

export default defineCommand({
  description: 'Libraries that are missing or doubled between servers',
  capability: 'auditor',
  run: ({ guildId }, app: Uses) => show(app, guildId),
  components: { page: { run: ({ guildId, args: [page] }, app: Uses) => show(app, guildId, page) } },
});

async function show({ manageServer }: Uses, guildId: GuildId, asked?: string): Promise<View> {
  const all = await manageServer.compareLibraries(guildId);
  if (all.length === 0) return card('neutral', say('library.compare.none'));
  const telling = all.filter(({ missingOn, doubledOn }) => missingOn.length + doubledOn.length > 0);
  if (telling.length === 0) return card('good', say('library.compare.same', { count: all.length }));
  const page = pageOf(telling, PAGE, asked);
  const below = say('library.compare.below', { count: telling.length, total: all.length });
  return card(
    'neutral',
    md`**${say('library.compare.title')}**\n-# ${below}`,
    join(page.items.map(comparedLine), '\n'),
    turnRow(page),
  );
}
