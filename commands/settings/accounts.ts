import { defineCommand, integer } from '../../src/adapters/discord/kit/command.ts';
import { changeAccounts, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'How many accounts a member may have on one media server',
  capability: 'admin',
  options: { max: integer('1 unless you choose otherwise', { required: true, min: 1, max: 10 }) },
  run: async ({ options: { max }, ...who }, app: Pick<App, 'settings'>) =>
    changeView(await changeAccounts(who, max, app)),
});
