import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { removalText, removedView, stillOpenText } from '../../src/adapters/discord/views/server-removal.ts';
import { type Button, buttons, card, md, type Sentence, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isText, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'removeServer' | 'drafts'>;

const withdraw = (label: Sentence, serverId: string): Button => ({
  label,
  style: 'primary',
  op: 'withdraw',
  args: [serverId],
});

const question = confirmation({
  draft: defineDraft('server remove', shape({ serverId: isText })),
  preview: ({ guildId }, { serverId }, { removeServer }: Uses) => removeServer.preview(guildId, serverId),
  gone: noLongerHere('server'),
  question: (preview, { serverId }) => ({
    text: removalText(preview),
    choices: [{ label: say('server.remove.confirm'), style: 'danger', op: 'confirm' }],
    besides: preview.withAccess > 0 ? [withdraw(say('server.remove.withdraw'), serverId)] : [],
  }),
  choose: {
    async confirm({ guildId, actor }, { asked: { serverId } }, { removeServer }) {
      const removed = await removeServer.remove(guildId, actor.id, serverId);
      return removed ? removedView(removed) : noLongerHere('server');
    },
  },
});

export default defineCommand({
  description: 'Take a server out of Usher; nobody is removed on the media server by it',
  capability: 'admin',
  options: { server: serverOption.needed },
  async run({ options, ...who }, app: Uses) {
    const picked = await serverOption.pick(app, who.guildId, options.server);
    return picked.kind === 'problem'
      ? picked.view
      : await question.ask(who, { serverId: picked.item.id }, app);
  },
  complete: { server: serverOption.complete },
  components: {
    ...question.components,
    ask: {
      answers: 'message',
      run: (input, app: Uses) => question.ask(input, { serverId: input.args[0] ?? '' }, app),
    },
    withdraw: {
      async run({ args: [serverId = ''], progress, ...who }, app: Uses) {
        const done = (count: number, total: number) =>
          progress(card('neutral', say('server.remove.withdrawing', { done: count, total })));
        await progress(card('neutral', say('server.remove.begun')));
        const open = await app.removeServer.withdrawEveryone(who.guildId, who.actor.id, serverId, done);
        const preview = await app.removeServer.preview(who.guildId, serverId);
        if (!open || !preview) return noLongerHere('server');
        if (open.length === 0) {
          const before = md`${say('server.remove.withdrawn')}`;
          return await question.ask(who, { serverId }, app, before);
        }
        return card(
          'warning',
          ...stillOpenText(preview, open),
          buttons(
            withdraw(say('server.remove.again'), serverId),
            { label: say('server.remove.anyway'), style: 'danger', op: 'ask', args: [serverId] },
            { label: say('server.remove.cancel'), op: 'cancel' },
          ),
        );
      },
    },
  },
});
