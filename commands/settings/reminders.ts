import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { changeReminders, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'How long before an end members are reminded of it by DM',
  capability: 'admin',
  options: {
    before: text('One or more, separated by commas: 7d,1d (the default), or off', {
      required: true,
      maxLength: 100,
    }),
  },
  run: async ({ options: { before }, ...who }, app: Pick<App, 'settings'>) =>
    changeView(await changeReminders(who, before, app)),
});
