import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { serverCard } from '../../src/adapters/discord/views/servers.ts';
import { md, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'All about one media server',
  capability: 'auditor',
  options: { server: text('Which server', { required: true, autocomplete: true }) },
  async run(
    { guildId, actor, options },
    { autocomplete, manageServer }: Pick<App, 'autocomplete' | 'manageServer'>,
  ) {
    const picked = await autocomplete.pickServer(guildId, options.server);
    if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
    const details = await manageServer.details(guildId, picked.item.id);
    return details ? serverCard(details, actor) : problem(md`That server is no longer here`);
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Pick<App, 'autocomplete'>) =>
      autocomplete.completeServers(guildId, typed),
  },
});
