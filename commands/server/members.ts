import { defineCommand, type Who } from '../../src/adapters/discord/kit/command.ts';
import type { CardUses } from '../../src/adapters/discord/kit/member-card.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { openMember } from '../../src/adapters/discord/kit/open-member.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { accountWithAccessLine, membersTitle } from '../../src/adapters/discord/views/server-members.ts';
import { type Block, card, join, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { AccountWithAccess, ServerMembers } from '../../src/app/queries/who-has.ts';

const PAGE = 15;

type Uses = Pick<App, 'autocomplete' | 'whoHas'> & CardUses;

export default defineCommand({
  description: 'Who has access on a server now: it is asked',
  capability: 'auditor',
  options: { server: serverOption.needed },
  async run({ options, ...who }, app: Uses) {
    const picked = await serverOption.pick(app, who.guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const members = await app.whoHas.serverMembers(who.guildId, picked.item.id);
    return members ? await show(who, members, app) : noLongerHere('server');
  },
  complete: { server: serverOption.complete },
  components: {
    page: {
      async run({ args: [serverId = '', page], ...who }, app: Uses) {
        const members = await app.whoHas.serverMembersLately(who.guildId, serverId);
        return members ? await show(who, members, app, page) : noLongerHere('server');
      },
    },
    open: {
      answers: 'message',
      run: (input, app: Uses) => openMember(input, input.values, app),
    },
  },
});

async function show(
  { guildId }: Pick<Who, 'guildId'>,
  members: ServerMembers,
  { people }: Uses,
  asked?: string,
): Promise<View> {
  const page = pageOf(members.accounts, PAGE, asked);
  const names = await people.named(
    guildId,
    page.items.flatMap(({ memberId }) => memberId ?? []),
  );
  return card(
    'neutral',
    membersTitle(members),
    page.total > 0
      ? join(
          page.items.map((account) => accountWithAccessLine(account, names)),
          '\n',
        )
      : say('server.members.nobody'),
    openSelect(page.items),
    turnRow(page, members.server.id),
  );
}

/** One option for each member, however many of the accounts are theirs. */
function openSelect(accounts: readonly AccountWithAccess[]): Block | undefined {
  const options = [...Map.groupBy(accounts, ({ memberId }) => memberId)].flatMap(([memberId, [first]]) =>
    memberId === null || !first ? [] : [{ label: first.name, value: memberId }],
  );
  return options.length > 0
    ? { kind: 'select', op: 'open', placeholder: say('server.members.open'), options }
    : undefined;
}
