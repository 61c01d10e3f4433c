import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { defineList, noLongerListed } from '../../src/adapters/discord/kit/list.ts';
import { say } from '../../src/adapters/discord/views/view.ts';
import {
  notTurnedOn,
  rotatedWebhookView,
  rotateText,
  turnedOnView,
  WEBHOOK_HEAD,
  webhookCard,
  webhookCells,
  webhookChoice,
  webhookGone,
  webhookRow,
} from '../../src/adapters/discord/views/webhooks.ts';
import type { App } from '../../src/app/app.ts';
import { nameMatcher } from '../../src/domain/pick.ts';
import { isText, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'webhooks' | 'drafts'>;

const listing = defineList({
  filters: [],
  size: 10,
  async find({ guildId }, { search }, { webhooks }: Uses, { start, limit }) {
    const isMeant = nameMatcher(search);
    const fitting = (await webhooks.list(guildId)).filter(({ webhook }) => isMeant(webhook.name));
    return { rows: fitting.slice(start, start + limit), total: fitting.length };
  },
  title: () => say('webhook.list.title'),
  none: () => say('webhook.list.none'),
  line: webhookRow,
  option: webhookChoice,
  openLabel: say('webhook.list.open'),
  async open({ guildId }, [webhookId = ''], { webhooks }) {
    const found = await webhooks.find(guildId, webhookId);
    return found ? webhookCard(found) : noLongerListed();
  },
  file: { name: 'webhooks.csv', head: WEBHOOK_HEAD, cells: webhookCells },
});

const rotation = confirmation({
  draft: defineDraft('webhook list', shape({ webhookId: isText })),
  preview: async ({ guildId }, { webhookId }, { webhooks }: Uses) =>
    (await webhooks.find(guildId, webhookId))?.webhook,
  gone: webhookGone(),
  question: (webhook) => ({
    text: rotateText(webhook),
    choices: [{ label: say('webhook.rotate.do'), style: 'primary', op: 'rotated' }],
    keep: say('webhook.rotate.keep'),
  }),
  choose: {
    async rotated({ guildId, actor }, { asked }, { webhooks }) {
      const rotated = await webhooks.rotate({ guildId, actorId: actor.id, ...asked });
      return rotated ? rotatedWebhookView(rotated) : webhookGone();
    },
  },
});

export default defineCommand({
  description: 'Webhooks: how each is, its last answer, and how much waits',
  capability: 'admin',
  run: (who, app: Uses) => listing.show(who, {}, app),
  components: {
    ...listing.components,
    ...rotation.components,
    rotate: {
      answers: 'message',
      run: ({ args: [webhookId = ''], ...who }, app: Uses) => rotation.ask(who, { webhookId }, app),
    },
    on: {
      async run({ guildId, actor, args: [webhookId = ''] }, { webhooks }: Uses) {
        const listed = await webhooks.turnOn({ guildId, actorId: actor.id, webhookId });
        return listed ? turnedOnView(listed) : notTurnedOn();
      },
    },
  },
});
