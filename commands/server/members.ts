import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { defineList, type Found } from '../../src/adapters/discord/kit/list.ts';
import { plainFilter } from '../../src/adapters/discord/kit/list-filters.ts';
import type { CardUses } from '../../src/adapters/discord/kit/member-card.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { openMember } from '../../src/adapters/discord/kit/open-member.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import {
  ACCOUNT_HEAD,
  accountCells,
  accountChoice,
  accountLegend,
  accountLine,
  membersText,
  type NamedAccess,
} from '../../src/adapters/discord/views/server-members.ts';
import { say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { ServerMembers } from '../../src/app/queries/who-has.ts';
import { nameMatcher } from '../../src/domain/pick.ts';

type Uses = Pick<App, 'autocomplete' | 'whoHas'> & CardUses;

interface Accounts extends Found<NamedAccess> {
  readonly members: ServerMembers;
}

const listing = defineList({
  filters: [{ name: 'server', ...plainFilter }],
  size: 10,
  async find({ guildId }, { search, by }, app: Uses, { start, limit }): Promise<Accounts | undefined> {
    const members = await app.whoHas.serverMembersLately(guildId, by.server);
    if (!members) return undefined;
    const { accounts } = members;
    const names = await app.people.named(
      guildId,
      accounts.flatMap(({ memberId }) => memberId ?? []),
    );
    const isMeant = nameMatcher(search);
    const fitting = accounts
      .map((account) => ({ ...account, memberName: names.get(account.memberId ?? '') }))
      .filter(({ name, memberName = '' }) => isMeant(`${memberName} ${name}`));
    return { members, rows: fitting.slice(start, start + limit), total: fitting.length };
  },
  title: (_asked, { members }) => say('server.members.heading', { server: members.server.name }),
  below: (_asked, { members }) => membersText(members),
  none: () => say('server.members.nobody'),
  line: accountLine,
  legend: accountLegend,
  option: accountChoice,
  openLabel: say('server.members.open'),
  open: openMember,
  file: { name: 'accounts.csv', head: ACCOUNT_HEAD, cells: accountCells },
});

export default defineCommand({
  description: 'Who has access on a server now: it is asked',
  capability: 'auditor',
  options: { server: serverOption.needed },
  async run({ options, ...who }, app: Uses) {
    const picked = await serverOption.pick(app, who.guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const server = picked.item.id;
    // Asked now; all pages of the list are those of this reading.
    const asked = await app.whoHas.serverMembers(who.guildId, server);
    return asked ? await listing.show(who, { server }, app) : noLongerHere('server');
  },
  complete: { server: serverOption.complete },
  components: listing.components,
});
