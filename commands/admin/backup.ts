import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { backingUp, backupView } from '../../src/adapters/discord/views/operating.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'For whoever runs Usher: make a backup of the database now',
  capability: 'application owner',
  async run({ guildId, actor, progress }, { operating }: Pick<App, 'operating'>) {
    await progress(backingUp());
    return backupView(await operating.backUp(guildId, actor.id));
  },
});
