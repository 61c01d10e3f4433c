import { choice, defineCommand, role } from '../../src/adapters/discord/kit/command.ts';
import { changeRole, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
import { rolesText } from '../../src/adapters/discord/views/settings.ts';
import type { App } from '../../src/app/app.ts';

const CAPABILITIES = ['admin', 'moderator', 'auditor'] as const;

export default defineCommand({
  description: 'Say what holders of a Discord role may do',
  capability: 'admin',
  options: {
    capability: choice('What they may do', CAPABILITIES, { required: true }),
    role: role('The Discord role', { required: true }),
    // Without `clear` a mapping could be changed but never removed.
    action: choice('Allow (default), deny even if another role allows, or clear', ['allow', 'deny', 'clear']),
  },
  async run({ options, ...who }, app: Pick<App, 'settings'>) {
    const { capability, role: chosen, action = 'allow' } = options;
    const made = await changeRole(who, chosen, { capability, action }, app);
    return changeView(made, rolesText((await app.settings.get(who.guildId)).roles));
  },
});
