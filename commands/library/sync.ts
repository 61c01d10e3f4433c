import { defineCommand, text } from '../../src/adapters/discord/command.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { syncText } from '../../src/adapters/discord/views/servers.ts';
import { card, code, join, md } from '../../src/adapters/discord/views.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'Look now at what the servers have and who has access',
  capability: 'moderator',
  options: { server: text('Only this server (default: all)', { autocomplete: true }) },
  async run(
    { guildId, options, progress },
    { overview, syncServers }: Pick<App, 'overview' | 'syncServers'>,
  ) {
    let only: string[] | undefined;
    if (options.server !== undefined) {
      const picked = await overview.pickServer(guildId, options.server);
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
    const trouble = reports.some(({ outcome }) => outcome.kind === 'failed');
    return card(trouble ? 'warning' : 'good', join(reports.map(syncText), '\n\n'));
  },
  complete: {
    server: ({ guildId, typed }, { overview }: Pick<App, 'overview'>) =>
      overview.completeServers(guildId, typed),
  },
});
