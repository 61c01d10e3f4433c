import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere, noServersYet } from '../../src/adapters/discord/views/answers.ts';
import { checkResult } from '../../src/adapters/discord/views/servers.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'manageServer'>;

export default defineCommand({
  description: 'Ask the media servers whether they answer and take their token',
  capability: 'moderator',
  options: { server: serverOption.optional('Only this server (default: all)') },
  async run({ guildId, actor, options }, app: Uses) {
    const picked = await serverOption.pick(app, guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const reports = await app.manageServer.check(guildId, picked.item && [picked.item.id]);
    return reports.length > 0 ? checkResult(reports, actor) : noServersYet();
  },
  complete: { server: serverOption.complete },
  components: {
    one: {
      answers: 'message',
      async run({ guildId, actor, args }, { manageServer }: Uses) {
        const reports = await manageServer.check(guildId, args);
        return reports.length > 0 ? checkResult(reports, actor) : noLongerHere('server');
      },
    },
  },
});
