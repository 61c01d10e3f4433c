import { defineCommand, integer } from '../../src/adapters/discord/kit/command.ts';
import { changeRetention, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
import type { App } from '../../src/app/app.ts';
import { RETENTION_DAYS } from '../../src/domain/settings.ts';

export default defineCommand({
  description: 'How long what was sent or done is kept; the record stays',
  capability: 'admin',
  options: { days: integer('Days, 7 to 3650', { required: true, ...RETENTION_DAYS }) },
  run: async ({ options: { days }, ...who }, app: Pick<App, 'settings'>) =>
    changeView(await changeRetention(who, days, app)),
});
