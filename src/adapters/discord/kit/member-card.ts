/** A member as staff see them: accounts, grants, and how each grant stands. */
import type { App } from '../../../app/app.ts';
import { grantText } from '../views/grants.ts';
import { card, join, md, mention, type View } from '../views/view.ts';

const GRANTS_SHOWN = 6;

export async function memberCard(
  { grantStatus, overview }: Pick<App, 'grantStatus' | 'overview'>,
  guildId: string,
  memberId: string,
): Promise<View> {
  const [{ page, total }, accounts] = await Promise.all([
    grantStatus.list(guildId, {
      memberId,
      states: ['scheduled', 'active', 'paused', 'ending'],
      limit: GRANTS_SHOWN,
    }),
    overview.accountsOf(guildId, memberId),
  ]);
  const linked = accounts.map(
    ({ account, server }) =>
      md`• **${server.name}**: ${account.name}${account.emailMasked ? md` (${account.emailMasked})` : md``}${account.pending ? md` · 📨 invited` : md``}${account.disabled ? md` · disabled` : md``}`,
  );
  return card(
    'neutral',
    md`**${mention.user(memberId)}**`,
    join([md`**Accounts**`, ...(linked.length > 0 ? linked : [md`• none`])], '\n'),
    page.length > 0
      ? join(
          page.map((standing) => grantText(standing, 'staff')),
          '\n\n',
        )
      : md`No grants.`,
    total > page.length ? md`and ${total - page.length} more grants` : undefined,
  );
}
