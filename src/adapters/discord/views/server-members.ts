/** Who has access on a server, and all that staff see of one of them. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import type { LinkedAccount } from '../../../app/queries/overview.ts';
import type { AccountWithAccess, ServerMembers } from '../../../app/queries/who-has.ts';
import type { MemberId } from '../../../domain/ids.ts';
import { PROTECTIONS } from '../../../domain/protection.ts';
import { staffSentence } from '../../../domain/trouble.ts';
import { grantTexts } from './grants.ts';
import { accessText, nameList } from './media.ts';
import { card, join, type Md, md, mention, moment, type View } from './view.ts';

/** When it was read, and how many there are; or why it could not be read. */
export function membersTitle({ server, counts, readAt, trouble }: ServerMembers): Md {
  const count = accessText(counts);
  if (trouble === null && readAt !== null) return md`**${server.name}**: ${count}, read ${moment(readAt)}`;
  const seen = readAt ? md`last seen ${moment(readAt)}` : md`it has never been read`;
  return md`⚠️ **${server.name} could not be asked.** ${trouble ? staffSentence(trouble, server) : ''}\n${count}, ${seen}:`;
}

export function accountWithAccessLine(account: AccountWithAccess): Md {
  const { name, emailMasked, memberId, pending, libraries } = account;
  const whose = account.protection
    ? md`${PROTECTIONS[account.protection].is}`
    : memberId === null
      ? md`not linked`
      : mention.user(memberId);
  return md`• **${name}**${emailMasked ? md` (${emailMasked})` : md``} · ${whose} · ${libraries === 'all' ? md`all libraries` : nameList(libraries, 6)}${pending ? md` · 📨 pending` : md``}`;
}

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
