import { channel, choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { card, join, md, mention, problem, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

const PURPOSES = ['audit', 'requests', 'alerts'] as const;

const WHAT = {
  audit: 'Every change of access is posted there, starting with this one.',
  requests: 'Nothing is posted there yet: members cannot send requests so far.',
  alerts: 'What needs a person is posted there, for example access that should have ended and is still open.',
} as const;

export default defineCommand({
  description: 'Choose the channel for audit lines, requests or alerts',
  capability: 'admin',
  options: {
    purpose: choice('What the channel is for', PURPOSES, { required: true }),
    channel: channel('The channel', { required: true }),
  },
  async run({ guildId, actor, options }, { settings }: Pick<App, 'settings'>) {
    const { purpose, channel: chosen } = options;
    if (chosen.botLacks.length > 0) {
      const lacking = join(
        chosen.botLacks.map((permission) => md`**${permission}**`),
        ', ',
      );
      return problem(
        md`Usher cannot post in ${mention.channel(chosen.id)}`,
        md`It lacks these permissions there: ${lacking}.`,
        md`Give Usher's role these permissions in the channel's settings, then run this command again. Nothing was changed.`,
      );
    }
    const test = await settings.setChannel({ guildId, actorId: actor.id, purpose, channelId: chosen.id });
    const channelMention = mention.channel(chosen.id);
    if (test.kind === 'refused')
      return card(
        'warning',
        say('typing.channel.refused', {
          channel: channelMention,
          purpose,
          why: test.trouble ?? say('typing.channel.noReason'),
        }),
      );
    const isSilent = test.kind === 'on-its-way' ? say('typing.channel.onItsWay') : undefined;
    return card(
      'good',
      md`${mention.channel(chosen.id)} is now the **${purpose}** channel. ${WHAT[purpose]}`,
      isSilent,
    );
  },
});
