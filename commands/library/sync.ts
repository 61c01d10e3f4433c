import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { syncResult, syncText } from '../../src/adapters/discord/views/servers.ts';
import { card, code, join, md, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'syncServers'>;

export default defineCommand({
  description: 'Look now at what the servers have and who has access',
  capability: 'moderator',
  options: { server: text('Only this server (default: all)', { autocomplete: true }) },
  async run({ guildId, options, progress }, { autocomplete, syncServers }: Uses) {
    let only: string[] | undefined;
    if (options.server !== undefined) {
      const picked = await autocomplete.pickServer(guildId, options.server);
      if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
      only = [picked.item.id];
    }
    const reports = await syncServers(guildId, only, (done, total) =>
      progress(
        card(
          'neutral',
          md`Looking at the servers… ${done.length} of ${total} done`,
          join(done.map(syncText), '\n'),
        ),
      ),
    );
    if (reports.length === 0)
      return card('neutral', md`**No media server yet.** An admin adds one with ${code('/server add')}.`);
    return syncResult(reports);
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
  },
  components: {
    one: {
      answers: 'message',
      async run({ guildId, args }, { syncServers }: Uses) {
        const reports = await syncServers(guildId, args);
        return reports.length === 0 ? problem(md`That server is no longer here`) : syncResult(reports);
      },
    },
  },
});
