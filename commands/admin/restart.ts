import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { restartAsked, restarting } from '../../src/adapters/discord/views/operating.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'For whoever runs Usher: end what runs in order, and start anew',
  capability: 'application owner',
  run: async () => restartAsked(),
  components: {
    now: {
      async run({ guildId, actor }, { operating }: Pick<App, 'operating'>) {
        await operating.restart(guildId, actor.id);
        return restarting();
      },
    },
  },
});
