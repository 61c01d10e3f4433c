import { defineCommand, user } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { forgetQuestion, forgottenView } from '../../src/adapters/discord/views/personal-data.ts';
import { person, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isMemberId, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'forgetting' | 'people' | 'drafts'>;

const question = confirmation({
  draft: defineDraft('member forget', shape({ memberId: isMemberId })),
  async preview({ guildId }, { memberId }, { forgetting, people }: Uses) {
    const [preview, names] = await Promise.all([
      forgetting.preview(guildId, memberId),
      people.named(guildId, [memberId]),
    ]);
    return { preview, member: person(memberId, names.get(memberId)) };
  },
  question: ({ preview, member }) => ({
    text: forgetQuestion(preview, member),
    choices: [{ label: say('member.forget.do'), style: 'danger', op: 'forget' }],
    keep: say('member.forget.keep'),
  }),
  choose: {
    async forget({ guildId, actor }, { asked: { memberId }, preview: { member } }, { forgetting }) {
      return forgottenView(await forgetting.begin(guildId, memberId, actor.id), member);
    },
  },
});

export default defineCommand({
  description: 'Forget all about a member; their access ends first',
  capability: 'admin',
  options: { member: user('Whom Usher should forget', { required: true, mayHaveLeft: true }) },
  run: async ({ options: { member }, ...who }, app: Uses) =>
    await question.ask(who, { memberId: member.id }, app),
  components: question.components,
});
