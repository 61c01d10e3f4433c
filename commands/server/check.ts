import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { checkText } from '../../src/adapters/discord/views/servers.ts';
import { card, code, join, md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { CheckReport } from '../../src/app/servers/edit.ts';

type Uses = Pick<App, 'autocomplete' | 'manageServer'>;

export default defineCommand({
  description: 'Ask the media servers whether they answer and take their token',
  capability: 'moderator',
  options: { server: text('Only this server (default: all)', { autocomplete: true }) },
  async run({ guildId, options }, { autocomplete, manageServer }: Uses) {
    if (options.server !== undefined) {
      const picked = await autocomplete.pickServer(guildId, options.server);
      if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
      return result(await manageServer.check(guildId, [picked.item.id]));
    }
    const reports = await manageServer.check(guildId);
    if (reports.length > 0) return result(reports);
    return card('neutral', md`**No media server yet.** An admin adds one with ${code('/server add')}.`);
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
  },
  components: {
    one: {
      answers: 'message',
      async run({ guildId, args }, { manageServer }: Uses) {
        const reports = await manageServer.check(guildId, args);
        return reports.length > 0 ? result(reports) : problem(md`That server is no longer here`);
      },
    },
  },
});

function result(reports: readonly CheckReport[]): View {
  const trouble = reports.some(({ outcome }) => outcome.kind === 'trouble');
  return card(trouble ? 'warning' : 'good', join(reports.map(checkText), '\n'));
}
