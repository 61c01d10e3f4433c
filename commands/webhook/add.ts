import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { addedWebhookView } from '../../src/adapters/discord/views/webhooks.ts';
import type { App } from '../../src/app/app.ts';
import { completeWebhookEvents } from '../../src/domain/webhook.ts';

type Uses = Pick<App, 'webhooks'>;

export default defineCommand({
  description: 'Send events of the record to an address, signed',
  capability: 'admin',
  options: {
    url: text('Where to: https://…', { required: true, maxLength: 2_000 }),
    events: text('Which, with commas: grant.*, server.offline (default: all)', { autocomplete: true }),
  },
  async run({ guildId, actor, options: { url, events = '' } }, { webhooks }: Uses) {
    return addedWebhookView(await webhooks.add({ guildId, actorId: actor.id, url, events }));
  },
  complete: { events: async ({ typed }) => completeWebhookEvents(typed) },
});
