import { channel, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { panelRemoved } from '../../src/adapters/discord/views/panel.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'Take away the message that shows how things stand',
  capability: 'admin',
  options: { channel: channel('From there (default: everywhere)') },
  async run({ guildId, actor, options }, { panels }: Pick<App, 'panels'>) {
    const channelId = options.channel?.id;
    return panelRemoved(await panels.remove({ guildId, actorId: actor.id, channelId }), channelId);
  },
});
