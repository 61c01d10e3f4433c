import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { anyLibraryOption } from '../../src/adapters/discord/kit/named-options.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { holderLine, libraryTitle } from '../../src/adapters/discord/views/libraries.ts';
import { libraryTrouble } from '../../src/adapters/discord/views/media.ts';
import { card, join, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

const PAGE = 15;

type Uses = Pick<App, 'autocomplete' | 'whoHas'>;

export default defineCommand({
  description: 'Who has a library, by which grant, and until when',
  capability: 'auditor',
  options: { library: anyLibraryOption.needed },
  async run({ guildId, options }, app: Uses) {
    const picked = await anyLibraryOption.pick(app, guildId, options.library);
    return picked.kind === 'problem' ? picked.view : await show(app, guildId, picked.item.id);
  },
  complete: { library: anyLibraryOption.complete },
  components: {
    page: { run: ({ guildId, args: [id = '', page] }, app: Uses) => show(app, guildId, id, page) },
  },
});

async function show({ whoHas }: Uses, guildId: string, libraryId: string, asked?: string): Promise<View> {
  const details = await whoHas.library(guildId, libraryId);
  if (!details) return noLongerHere('library');
  const page = pageOf(details.holders, PAGE, asked);
  return card(
    'neutral',
    libraryTitle(details),
    libraryTrouble(details.library),
    page.total > 0 ? join(page.items.map(holderLine), '\n') : md`Nobody has it, and nobody is granted it.`,
    turnRow(page, libraryId),
  );
}
