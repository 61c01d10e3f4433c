import { accountOption } from '../../src/adapters/discord/kit/account-option.ts';
import { defineCommand, user } from '../../src/adapters/discord/kit/command.ts';
import { type CardUses, memberCard } from '../../src/adapters/discord/kit/member-card.ts';
import { linkedText, notLinked, outsideView } from '../../src/adapters/discord/views/account-links.ts';
import { isBot } from '../../src/adapters/discord/views/answers.ts';
import { md, person, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = CardUses & Pick<App, 'accountNames' | 'arrivals' | 'memberAccounts'>;

const account = accountOption('free');

export default defineCommand({
  description: 'Say whose account it is: what it has there already becomes theirs',
  capability: 'moderator',
  options: {
    account: account.needed,
    member: user('Whose account it is; leave it out for somebody who is not on this Discord server', {
      mayHaveLeft: true,
    }),
  },
  async run({ options: { member, account: typed }, ...who }, app: Uses) {
    if (member?.bot) return isBot(member.id, md`${say('grant.give.bot')}`);
    const { guildId, actor } = who;
    const picked = await account.pick(app, guildId, typed);
    if (picked.kind === 'problem') return picked.view;
    if (!member) {
      const noted = await app.arrivals.setAside(guildId, picked.item.id, 'not-a-member');
      return noted ? outsideView(picked.item.name) : notLinked({ kind: 'gone' });
    }
    const link = { guildId, actorId: actor.id, memberId: member.id, accountId: picked.item.id };
    const result = await app.memberAccounts.link(link);
    if (result.kind !== 'linked') return notLinked(result);
    const text = linkedText(result, person(member.id, member.name));
    return await memberCard(who, member.id, app, { top: { text, tone: 'good' } });
  },
  complete: { account: account.complete },
});
