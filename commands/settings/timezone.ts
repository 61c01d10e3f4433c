import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import { zoneSavedText } from '../../src/adapters/discord/views/settings.ts';
import { card, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'settings'>;

export default defineCommand({
  description: 'The time zone in which moments and calendar months are read',
  capability: 'admin',
  options: { zone: text('Europe/Berlin, America/New_York, UTC, …', { required: true, autocomplete: true }) },
  async run({ guildId, actor, options }, { settings }: Uses) {
    const result = await settings.setZone({ guildId, actorId: actor.id, zone: options.zone });
    return result.kind === 'problem'
      ? misread(say('settings.zone.none'), result)
      : card('good', zoneSavedText(result.zone, result.localTime));
  },
  complete: {
    zone: async ({ typed }, { settings }: Uses) =>
      settings.findZones(typed).map((zone) => ({
        name: say('settings.zone.choice', { zone, time: settings.timeIn(zone) }),
        value: zone,
      })),
  },
});
