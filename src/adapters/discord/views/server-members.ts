/** Who has access on a server, and all that staff see of one of them. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import type { LinkedAccount } from '../../../app/queries/overview.ts';
import type { AccountWithAccess, ServerMembers } from '../../../app/queries/who-has.ts';
import type { MemberId } from '../../../domain/ids.ts';
import { staffSentence } from '../../../domain/trouble.ts';
import { grantTexts } from './grants.ts';
import { accessText, nameList } from './media.ts';
import { card, join, type Md, md, mention, nameOf, relative, type Sentence, say, type View } from './view.ts';

/** When it was read, and how many there are; or why it could not be read. */
export function membersTitle({ server: asked, counts, readAt, trouble }: ServerMembers): Sentence {
  const server = asked.name;
  const access = accessText(counts);
  if (trouble === null && readAt !== null)
    return say('server.members.title', { server, access, when: relative(readAt) });
  const why = trouble ? staffSentence(trouble, asked) : '';
  return readAt
    ? say('server.members.unasked', { server, why, access, when: relative(readAt) })
    : say('server.members.unread', { server, why });
}

/** `names` are those of members. */
export function accountWithAccessLine(account: AccountWithAccess, names: ReadonlyMap<string, string>): Md {
  const { name, emailMasked, protection, pending, libraries } = account;
  const has = libraries === 'all' ? say('server.members.all') : nameList(libraries, 6);
  const email = emailMasked ? md` (${emailMasked})` : md``;
  const invited = pending ? md` · ${say('server.members.pending')}` : md``;
  const whose = protection ? md`${say(`server.protected.${protection}`)}` : ownerOf(account, names);
  return md`• **${name}**${email} · ${whose} · ${has}${invited}`;
}

const ownerOf = ({ memberId }: AccountWithAccess, names: ReadonlyMap<string, string>): Md =>
  memberId === null ? md`${say('server.members.unlinked')}` : nameOf(memberId, names.get(memberId));

/** A member as staff see them: accounts, grants, and how each grant stands. */
export function memberCard(
  memberId: MemberId,
  accounts: readonly LinkedAccount[],
  { page, total }: { readonly page: readonly GrantStanding[]; readonly total: number },
): View {
  const linked = accounts.map(
    ({ account, server }) =>
      md`• **${server.name}**: ${account.name}${account.emailMasked ? md` (${account.emailMasked})` : md``}${account.pending ? md` · 📨 invited` : md``}${account.disabled ? md` · disabled` : md``}${account.missingSince ? md` · ❔ not on the server at the last look` : md``}`,
  );
  return card(
    'neutral',
    md`**${mention.user(memberId)}**`,
    join([md`**Accounts**`, ...(linked.length > 0 ? linked : [md`• none`])], '\n'),
    page.length > 0 ? grantTexts(page, 'staff') : md`No grants.`,
    total > page.length ? md`and ${total - page.length} more grants` : undefined,
  );
}
