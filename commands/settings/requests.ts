import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { changeMayAsk, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
import type { App } from '../../src/app/app.ts';
import { MAY_ASK } from '../../src/domain/may-ask.ts';

export default defineCommand({
  description: 'What members may ask staff for with /my renew and /my request',
  capability: 'admin',
  options: {
    allow: choice('More time with what they have (default), anything, or nothing', MAY_ASK, {
      required: true,
    }),
  },
  run: async ({ options: { allow }, ...who }, app: Pick<App, 'settings'>) =>
    changeView(await changeMayAsk(who, allow, app)),
});
