/** What staff see of an invite that they made. */

import type { CreatedInvite } from '../../../app/grants/invites.ts';
import { type DurationText, describeDuration } from '../../../domain/duration.ts';
import type { MemberId } from '../../../domain/ids.ts';
import { keepsText } from './grants.ts';
import { librariesText } from './media.ts';
import { type Block, buttons, card, code, join, type Md, md, mention, moment, type View } from './view.ts';

/** With the code, which is shown this once. */
export function createdInviteView(created: CreatedInvite, lasts: DurationText | null): View {
  const { invite, code: secret, libraries, dm } = created;
  const stays = keepsText(created.keeps);
  const lines = [
    md`${code(secret)}`,
    md`Gives ${librariesText(libraries, created.servers)} ${lasts ? `for ${describeDuration(lasts)}` : 'for good'}, from the moment it is redeemed.`,
    md`Can be redeemed until ${moment(invite.validUntil)}, ${invite.memberId ? md`only by ${mention.user(invite.memberId)}` : `${invite.usesMax} ${invite.usesMax === 1 ? 'time' : 'times'}`}.`,
    ...(invite.roleId ? [md`Redeeming it also gives ${mention.role(invite.roleId)}.`] : []),
    ...(stays ? [stays] : []),
    md`-# This code is shown once. Members type it into ${code('/redeem')}.`,
  ];
  return card(
    dm === 'closed' || dm === 'refused' ? 'warning' : 'good',
    md`**Invite created**`,
    join(lines, '\n'),
    ...deliveryBlocks(invite.memberId, dm, invite.id),
  );
}

/** How the DM fared, and what to do when it could not be delivered. */
function deliveryBlocks(
  memberId: MemberId | null,
  dm: CreatedInvite['dm'],
  inviteId: string,
): readonly (Md | Block)[] {
  if (memberId === null || dm === 'none') return [];
  const member = mention.user(memberId);
  if (dm === 'sent') return [md`📬 Sent to ${member} by DM, with a Redeem button.`];
  if (dm === 'on-its-way')
    return [md`⏳ The DM to ${member} is on its way; the audit channel will say whether it arrived.`];
  const why =
    dm === 'closed'
      ? md`${member} does not take DMs from this server`
      : md`Discord did not take the DM to ${member}`;
  return [
    md`📪 **${why}, so the invite did not reach them.** Give them the code yourself, or post a button that works for them only.`,
    buttons({
      label: 'Post a claim button here',
      style: 'primary',
      command: 'invite create',
      op: 'post',
      args: [inviteId],
    }),
  ];
}
