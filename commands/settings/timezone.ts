import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { changeView, changeZone } from '../../src/adapters/discord/kit/settings-changes.ts';
import { say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'settings'>;

export default defineCommand({
  description: 'The time zone in which moments and calendar months are read',
  capability: 'admin',
  options: { zone: text('Europe/Berlin, America/New_York, UTC, …', { required: true, autocomplete: true }) },
  run: async ({ options, ...who }, app: Uses) => changeView(await changeZone(who, options.zone, app)),
  complete: {
    zone: async ({ typed }, { settings }: Uses) =>
      settings.findZones(typed).map((zone) => ({
        name: say('settings.zone.choice', { zone, time: settings.timeIn(zone) }),
        value: zone,
      })),
  },
});
