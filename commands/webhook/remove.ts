import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { say } from '../../src/adapters/discord/views/view.ts';
import {
  noSuchWebhook,
  removedWebhookView,
  removeWebhookText,
  webhookGone,
} from '../../src/adapters/discord/views/webhooks.ts';
import type { App } from '../../src/app/app.ts';
import { isText, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'webhooks' | 'drafts'>;

const question = confirmation({
  draft: defineDraft('webhook remove', shape({ webhookId: isText })),
  preview: async ({ guildId }, { webhookId }, { webhooks }: Uses) =>
    (await webhooks.find(guildId, webhookId))?.webhook,
  gone: webhookGone(),
  question: (webhook) => ({
    text: removeWebhookText(webhook),
    choices: [{ label: say('webhook.remove.do'), style: 'danger', op: 'remove' }],
    keep: say('webhook.remove.keep'),
  }),
  choose: {
    async remove({ guildId, actor }, { asked }, { webhooks }) {
      const removed = await webhooks.remove({ guildId, actorId: actor.id, ...asked });
      return removed ? removedWebhookView(removed) : webhookGone();
    },
  },
});

export default defineCommand({
  description: 'Remove a webhook, so that nothing is sent there any more',
  capability: 'admin',
  options: { webhook: text('Which webhook', { required: true, autocomplete: true }) },
  async run({ options, ...who }, app: Uses) {
    const picked = await app.webhooks.pick(who.guildId, options.webhook);
    return picked.kind === 'one'
      ? await question.ask(who, { webhookId: picked.item.id }, app)
      : noSuchWebhook(options.webhook);
  },
  complete: { webhook: ({ guildId, typed }, { webhooks }: Uses) => webhooks.complete(guildId, typed) },
  components: {
    ...question.components,
    ask: {
      answers: 'message',
      run: ({ args: [webhookId = ''], ...who }, app: Uses) => question.ask(who, { webhookId }, app),
    },
  },
});
