/** What goes when a server is taken out of Usher, and who still has something there. */

import type { ServerRemoval, StillOpen } from '../../../app/servers/remove.ts';
import { counted } from './media.ts';
import { join, type Md, md } from './view.ts';

const LISTED = 15;

export function removalText({ server, grants, withAccess, ...goes }: ServerRemoval): readonly Md[] {
  const lines = [
    md`This goes: its configuration and token, ${counted(goes.libraries, 'library', 'libraries')}, the links of ${counted(goes.accounts, 'account', 'accounts')} to members.`,
    md`Grants: ${grants.end} end, ${grants.shrink} go on with what other servers give. ${counted(goes.invites, 'open invite', 'open invites')} and ${counted(goes.plans, 'plan', 'plans')} name libraries of it.`,
    withAccess > 0
      ? md`**Nobody is removed on the media server:** ${counted(withAccess, 'linked account keeps', 'linked accounts keep')} what they have there, and Usher will not end it any more.`
      : md`No linked account has anything there now.`,
  ];
  return [md`**Remove ${server.name} from Usher?**`, join(lines, '\n')];
}

export function stillOpenText(
  { server }: Pick<ServerRemoval, 'server'>,
  open: readonly StillOpen[],
): readonly (Md | undefined)[] {
  const lines = open.slice(0, LISTED).map(({ account, why }) => md`• ${account}: ${why}`);
  return [
    md`**Not everyone is withdrawn from ${server.name} yet.** Usher keeps trying; the server stays here.`,
    join(lines, '\n'),
    open.length > LISTED ? md`and ${open.length - LISTED} more` : undefined,
  ];
}
