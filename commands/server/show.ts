import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { serverCard } from '../../src/adapters/discord/views/servers.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'All about one media server',
  capability: 'auditor',
  options: { server: serverOption.needed },
  async run({ guildId, actor, options }, app: Pick<App, 'autocomplete' | 'manageServer'>) {
    const picked = await serverOption.pick(app, guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const details = await app.manageServer.details(guildId, picked.item.id);
    return details ? serverCard(details, actor) : noLongerHere('server');
  },
  complete: { server: serverOption.complete },
});
