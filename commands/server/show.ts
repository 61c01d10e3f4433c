import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { serverCard } from '../../src/adapters/discord/views/servers.ts';
import { md, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'All about one media server',
  capability: 'auditor',
  options: { server: text('Which server', { required: true, autocomplete: true }) },
  async run({ guildId, actor, options }, { overview, manageServer }: Pick<App, 'overview' | 'manageServer'>) {
    const picked = await overview.pickServer(guildId, options.server);
    if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
    const sheet = await manageServer.sheet(guildId, picked.item.id);
    return sheet ? serverCard(sheet, actor) : problem(md`That server is no longer here`);
  },
  complete: {
    server: ({ guildId, typed }, { overview }: Pick<App, 'overview'>) =>
      overview.completeServers(guildId, typed),
  },
});
