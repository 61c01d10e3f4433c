import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import { card, code, md } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'settings'>;

export default defineCommand({
  description: 'The time zone in which moments and calendar months are read',
  capability: 'admin',
  options: { zone: text('Europe/Berlin, America/New_York, UTC, …', { required: true, autocomplete: true }) },
  async run({ guildId, actor, options }, { settings }: Uses) {
    const result = await settings.setZone({ guildId, actorId: actor.id, zone: options.zone });
    return result.kind === 'problem'
      ? misread(md`The zone was not changed`, result)
      : card('good', md`**Saved.** The zone is ${code(result.zone)}, where it is ${result.localTime} now.`);
  },
  complete: {
    zone: async ({ typed }, { settings }: Uses) =>
      settings.findZones(typed).map((zone) => ({ name: zone, value: zone })),
  },
});
