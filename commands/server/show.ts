import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { serverCard } from '../../src/adapters/discord/views/servers.ts';
import { card, code, problem, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'manageServer' | 'unfreezeServer'>;

export default defineCommand({
  description: 'All about one media server',
  capability: 'auditor',
  options: { server: serverOption.needed },
  async run({ guildId, actor, options }, app: Uses) {
    const picked = await serverOption.pick(app, guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const details = await app.manageServer.details(guildId, picked.item.id);
    return details ? serverCard(details, actor) : noLongerHere('server');
  },
  complete: { server: serverOption.complete },
  components: {
    unfreeze: {
      capability: 'admin',
      answers: 'message',
      async run({ guildId, actor, args: [serverId = '', frozenAt] }, { unfreezeServer }: Uses) {
        const which = { serverId, frozenAt: new Date(Number(frozenAt)) };
        const result = await unfreezeServer({ guildId, actorId: actor.id, ...which });
        return result.kind === 'unfrozen'
          ? card('good', say('server.unfrozen', { server: result.server.name }))
          : problem(
              say('server.unfreezeVoid.title'),
              say('server.unfreezeVoid.why', { show: code('/server show') }),
            );
      },
    },
  },
});
