import { channel, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { panelPosted } from '../../src/adapters/discord/views/panel.ts';
import { lacksText } from '../../src/adapters/discord/views/settings.ts';
import { card } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'Post a message that always shows how things stand: servers, members, what ends soon',
  capability: 'admin',
  options: { channel: channel('Where it stands', { required: true }) },
  async run({ guildId, actor, options }, { panels }: Pick<App, 'panels'>) {
    const { id, botLacks } = options.channel;
    if (botLacks.length > 0) return card('bad', lacksText(options.channel));
    return panelPosted(await panels.post({ guildId, actorId: actor.id, channelId: id }), id);
  },
});
