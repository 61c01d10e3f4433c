import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { changeSchedule, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'When the servers are looked at in full: every so often, or daily',
  capability: 'admin',
  options: {
    every: text('Every 5m to 1d: 15m, 1h, 12h', { maxLength: 20 }),
    daily: text("Once a day at this time in the community's zone: 04:30", { maxLength: 5 }),
  },
  run: async ({ options, ...who }, app: Pick<App, 'settings'>) =>
    changeView(await changeSchedule(who, options, app)),
});
