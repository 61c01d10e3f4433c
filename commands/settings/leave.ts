import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import { leaveSaved } from '../../src/adapters/discord/views/role-plans.ts';
import { card, problem, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'How long access goes on after somebody left; a ban ends it at once',
  capability: 'admin',
  options: { grace: text('12h, 3d, 7d (default: 7d)', { required: true, maxLength: 40 }) },
  async run({ guildId, actor, options }, { settings, timeInput }: Pick<App, 'settings' | 'timeInput'>) {
    const grace = timeInput.duration(options.grace);
    if (grace.kind === 'problem') return misread(say('settings.leave.none'), grace);
    if (grace.value === null) return problem(say('settings.leave.none'), say('settings.leave.length'));
    await settings.setLeaveGrace({ guildId, actorId: actor.id, grace: grace.value });
    return card('good', leaveSaved(grace.value));
  },
});
