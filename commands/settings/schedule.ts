import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { card, md, moment, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'When the servers are looked at in full: every so often, or daily',
  capability: 'admin',
  options: {
    every: text('Every 5m to 1d: 15m, 1h, 12h', { maxLength: 20 }),
    daily: text("Once a day at this time in the community's zone: 04:30", { maxLength: 5 }),
  },
  async run({ guildId, actor, options }, { settings }: Pick<App, 'settings'>) {
    const result = await settings.setSchedule({ guildId, actorId: actor.id, ...options });
    if (result.kind === 'problem') return problem(md`The schedule was not changed`, md`${result.message}`);
    return card(
      'good',
      md`**Saved.** A full sync runs ${result.message}. Next: ${moment(result.nextSyncAt)}`,
    );
  },
});
