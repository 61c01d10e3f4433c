import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { syncOfAll, syncProgress, syncResult } from '../../src/adapters/discord/views/syncs.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'syncServers'>;

export default defineCommand({
  description: 'Look now at what the servers have and who has access',
  capability: 'moderator',
  options: { server: serverOption.optional('Only this server (default: all)') },
  async run({ guildId, actor, options, progress }, app: Uses) {
    const picked = await serverOption.pick(app, guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const tell: Parameters<App['syncServers']>[2] = (...now) => progress(syncProgress(...now, actor));
    return syncOfAll(await app.syncServers(guildId, picked.item && [picked.item.id], tell), actor);
  },
  complete: { server: serverOption.complete },
  components: {
    one: {
      answers: 'message',
      async run({ guildId, actor, args }, { syncServers }: Uses) {
        const reports = await syncServers(guildId, args);
        return reports.length === 0 ? noLongerHere('server') : syncResult(reports, actor);
      },
    },
  },
});
