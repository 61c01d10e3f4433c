import { defineCommand, integer } from '../../src/adapters/discord/kit/command.ts';
import { card, md } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'How many accounts a member may have on one media server',
  capability: 'admin',
  options: { max: integer('1 unless you choose otherwise', { required: true, min: 1, max: 10 }) },
  async run({ guildId, actor, options: { max } }, { settings }: Pick<App, 'settings'>) {
    const { more } = await settings.setMaxAccounts({ guildId, actorId: actor.id, max });
    const each = max === 1 ? md`one account` : md`${max} accounts`;
    const keep =
      more === 1 ? 'One member has more, and keeps them.' : `${more} members have more, and keep them.`;
    return card(
      'good',
      md`**Saved.** A member may have ${each} on each media server; on Plex, with each owner of servers.`,
      more > 0 ? md`${keep}` : undefined,
    );
  },
});
