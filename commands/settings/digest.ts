import { choice, defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { changeDigest, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
import type { App } from '../../src/app/app.ts';
import { WEEKDAYS } from '../../src/domain/digest.ts';

export default defineCommand({
  description: 'A digest to the audit channel every week: who came, who left, what ends',
  capability: 'admin',
  options: {
    day: choice('On which day; or off', [...WEEKDAYS, 'off'], { required: true }),
    time: text("At what time in the community's zone, default 09:00", { maxLength: 5 }),
  },
  run: async ({ options, ...who }, app: Pick<App, 'digest' | 'settings'>) =>
    changeView(await changeDigest(who, options, app)),
});
