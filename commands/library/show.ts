import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { holdersList } from '../../src/adapters/discord/kit/holders-list.ts';
import { anyLibraryOption } from '../../src/adapters/discord/kit/named-options.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'Who has a library, by which grant, and until when',
  capability: 'auditor',
  options: { library: anyLibraryOption.needed },
  async run({ options, ...who }, app: App) {
    const picked = await anyLibraryOption.pick(app, who.guildId, options.library);
    return picked.kind === 'problem'
      ? picked.view
      : await holdersList.show(who, { library: picked.item.id }, app);
  },
  complete: { library: anyLibraryOption.complete },
  components: { ...holdersList.components },
});
