import { accountOption } from '../../src/adapters/discord/kit/account-option.ts';
import { defineCommand, user } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { type CardUses, memberCard } from '../../src/adapters/discord/kit/member-card.ts';
import {
  busyView,
  notOutsideView,
  notTheirs,
  unlinkedText,
  unlinkQuestion,
} from '../../src/adapters/discord/views/account-links.ts';
import { person, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isMemberId, isText, shape } from '../../src/domain/shape.ts';

type Uses = CardUses & Pick<App, 'accountNames' | 'arrivals' | 'memberAccounts' | 'drafts'>;

const account = accountOption('linked');

const question = confirmation({
  draft: defineDraft('member unlink', shape({ memberId: isMemberId, accountId: isText, account: isText })),
  async preview({ guildId }, asked, app: Uses) {
    const [preview, names] = await Promise.all([
      app.memberAccounts.unlinkPreview(guildId, asked),
      app.people.named(guildId, [asked.memberId]),
    ]);
    return { preview, member: person(asked.memberId, names.get(asked.memberId)) };
  },
  question({ preview, member }, asked) {
    if (!preview) return notTheirs(asked.account, member);
    if (preview.busy.length > 0) return busyView(preview.busy);
    return {
      text: unlinkQuestion(preview, member),
      choices: [{ label: say('member.unlink.do'), style: 'danger', op: 'unlink' }],
      keep: say('member.unlink.keep'),
    };
  },
  choose: {
    async unlink(input, { asked, preview: { preview, member } }, app) {
      const { guildId, actor } = input;
      const { memberId, accountId } = asked;
      const done = await app.memberAccounts.unlink({ guildId, actorId: actor.id, memberId, accountId });
      if (!preview || done.kind === 'gone') return notTheirs(asked.account, member);
      if (done.kind === 'busy') return busyView(preview.servers);
      const top = { text: unlinkedText(preview, member), tone: 'good' as const };
      return await memberCard(input, memberId, app, { top });
    },
  },
});

export default defineCommand({
  description: 'Let go of an account of a member: it stays on its server as it is',
  capability: 'moderator',
  options: {
    account: account.needed,
    member: user('Whose account it is (default: whoever has it)', { mayHaveLeft: true }),
  },
  async run({ options: { member, account: typed }, ...who }, app: Uses) {
    const picked = await account.pick(app, who.guildId, typed);
    if (picked.kind === 'problem') return picked.view;
    const { id: accountId, name, memberId = null } = picked.item;
    const whose = member?.id ?? memberId;
    if (whose !== null) return await question.ask(who, { memberId: whose, accountId, account: name }, app);
    await app.arrivals.setAside(who.guildId, accountId, null);
    return notOutsideView(name);
  },
  complete: { account: account.complete },
  components: question.components,
});
