import { defineCommand, type Who } from '../../src/adapters/discord/kit/command.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import {
  accountWithAccessLine,
  memberCard,
  membersTitle,
} from '../../src/adapters/discord/views/server-members.ts';
import { type Block, card, join, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { AccountWithAccess, ServerMembers } from '../../src/app/queries/who-has.ts';
import { toMemberId } from '../../src/domain/ids.ts';

const PAGE = 15;
const GRANTS_SHOWN = 6;

type Uses = Pick<App, 'autocomplete' | 'whoHas' | 'grantStatus' | 'overview' | 'people'>;

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
      async run({ guildId, values: [picked = ''] }, { grantStatus, overview }: Uses) {
        // What was chosen in a select is not signed.
        if (!/^\d{1,20}$/.test(picked)) return noLongerHere('member');
        const member = toMemberId(picked);
        const states = ['scheduled', 'active', 'paused', 'ending'] as const;
        const [grants, accounts] = await Promise.all([
          grantStatus.list(guildId, { memberId: member, states, limit: GRANTS_SHOWN }),
          overview.accountsOf(guildId, member),
        ]);
        return memberCard(member, accounts, grants);
      },
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
