import { channel, choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { changeChannel, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
import type { App } from '../../src/app/app.ts';

const PURPOSES = ['audit', 'requests', 'alerts'] as const;

export default defineCommand({
  description: 'Choose the channel for audit lines, requests or alerts',
  capability: 'admin',
  options: {
    purpose: choice('What the channel is for', PURPOSES, { required: true }),
    channel: channel('The channel', { required: true }),
  },
  run: async ({ options, ...who }, app: Pick<App, 'settings' | 'deliveries'>) =>
    changeView(await changeChannel(who, options.purpose, options.channel, app)),
});
