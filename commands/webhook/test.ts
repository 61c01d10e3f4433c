import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { noSuchWebhook, testedWebhookView, webhookGone } from '../../src/adapters/discord/views/webhooks.ts';
import type { App } from '../../src/app/app.ts';
import type { GuildId } from '../../src/domain/ids.ts';

type Uses = Pick<App, 'webhooks'>;

async function sendTest(guildId: GuildId, webhookId: string, { webhooks }: Uses) {
  const tested = await webhooks.test(guildId, webhookId);
  return tested ? testedWebhookView(tested.webhook, tested.answer) : webhookGone();
}

export default defineCommand({
  description: 'Send a webhook a test now',
  capability: 'admin',
  options: { webhook: text('Which webhook', { required: true, autocomplete: true }) },
  async run({ guildId, options: { webhook } }, app: Uses) {
    const picked = await app.webhooks.pick(guildId, webhook);
    return picked.kind === 'one' ? await sendTest(guildId, picked.item.id, app) : noSuchWebhook(webhook);
  },
  complete: { webhook: ({ guildId, typed }, { webhooks }: Uses) => webhooks.complete(guildId, typed) },
  components: {
    now: {
      answers: 'message',
      run: ({ guildId, args: [webhookId = ''] }, app: Uses) => sendTest(guildId, webhookId, app),
    },
  },
});
