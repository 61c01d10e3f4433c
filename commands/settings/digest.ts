import { choice, defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { digestSaved } from '../../src/adapters/discord/views/digest.ts';
import type { App } from '../../src/app/app.ts';
import { WEEKDAYS } from '../../src/domain/digest.ts';

const MORNING = '09:00';

export default defineCommand({
  description: 'A digest to the audit channel every week: who came, who left, what ends',
  capability: 'admin',
  options: {
    day: choice('On which day; or off', [...WEEKDAYS, 'off'], { required: true }),
    time: text("At what time in the community's zone, default 09:00", { maxLength: 5 }),
  },
  async run({ guildId, actor, options }, { digest, settings }: Pick<App, 'digest' | 'settings'>) {
    const { day, time = MORNING } = options;
    const change = { guildId, actorId: actor.id, day: day === 'off' ? null : day, time };
    const result = await digest.set(change);
    return digestSaved(result, await settings.get(guildId));
  },
});
