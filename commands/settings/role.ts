import { choice, defineCommand, role } from '../../src/adapters/discord/kit/command.ts';
import { card, join, md, mention, problem } from '../../src/adapters/discord/views/view.ts';
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
  async run({ guildId, actor, options }, { settings }: Pick<App, 'settings'>) {
    const { capability, role: chosen, action = 'allow' } = options;
    const change = { guildId, actorId: actor.id, capability, roleId: chosen.id, action };
    const result = await settings.setRole(change);
    if (result.kind === 'everyone')
      return problem(
        md`Everybody has that role`,
        md`With it, whoever joins would be **${capability}**. Nothing was changed.`,
        md`Choose a role that only some people have.`,
      );
    if (result.kind === 'given')
      return problem(
        md`Usher gives ${mention.role(chosen.id)} to members`,
        md`It comes with ${result.where}, so whoever gets that would have what you map to it. Nothing was changed.`,
        md`Choose another role, or give these another one first.`,
      );
    const { roles } = await settings.get(guildId);
    const lines = roles.map((rule) => md`${mention.role(rule.roleId)}: ${rule.effect} ${rule.capability}`);
    return card(
      'good',
      md`**Roles now**`,
      lines.length > 0 ? join(lines, '\n') : md`No role is mapped.`,
      md`-# The owner and whoever has Administrator or Manage Server are always admins.`,
    );
  },
});
