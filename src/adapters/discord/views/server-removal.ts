/** What goes when a server is taken out of Usher, and who still has something there. */

import type { RemovedServer, ServerRemoval, StillOpen } from '../../../app/servers/remove.ts';
import type { TokenEnd, TokenFate } from '../../../app/servers/token.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { counted } from './media.ts';
import { card, code, join, type Md, md, type View } from './view.ts';

const LISTED = 15;

export function removalText({ server, grants, withAccess, token, ...goes }: ServerRemoval): readonly Md[] {
  const lines = [
    md`This goes: its configuration and token, ${counted(goes.libraries, 'library', 'libraries')}, the links of ${counted(goes.accounts, 'account', 'accounts')} to members.`,
    md`Grants: ${grants.end} end, ${grants.shrink} go on with what other servers give. ${counted(goes.invites, 'open invite', 'open invites')} and ${counted(goes.plans, 'plan', 'plans')} name libraries of it.`,
    withAccess > 0
      ? md`**Nobody is removed on the media server:** ${counted(withAccess, 'linked account keeps', 'linked accounts keep')} what they have there, and Usher will not end it any more.`
      : md`No linked account has anything there now.`,
    tokenText(server, token, md`Revoked as well`),
  ];
  return [md`**Remove ${server.name} from Usher?**`, join(lines, '\n')];
}

export const removedView = ({ server, token }: RemovedServer): View =>
  card(
    token.kind === 'stays' ? 'warning' : 'good',
    md`**${server.name} is removed from Usher.** On the media server itself everybody keeps what they have.`,
    tokenEndText(server, token),
  );

/** What became of a token that a server is not reached with any more. Only admins read it. */
export function tokenEndText(server: Server, end: TokenEnd): Md {
  if (end.kind !== 'stays') return tokenText(server, end.kind, md`Revoked`);
  const { made, revokedUnder } = wordsOf(server);
  return md`**Not revoked:** ${made} (it ends in ${code(server.tokenLast4)}). ${adminSentence(end.why)} Revoke it by hand: ${revokedUnder}.`;
}

function tokenText(server: Server, fate: TokenFate, revoked: Md): Md {
  const { made } = wordsOf(server);
  switch (fate) {
    case 'revoked':
      return md`${revoked}: ${made}.`;
    case 'shared':
      return md`Not revoked, because Usher still uses it elsewhere: ${made}.`;
    case 'typed':
      return md`The token (it ends in ${code(server.tokenLast4)}) was not made by Usher as far as it knows, so it stays valid. Usher forgets it.`;
  }
}

const wordsOf = ({ kind }: Server) =>
  MEDIA_KINDS[kind].signIn ?? { made: 'the token', revokedUnder: MEDIA_KINDS[kind].name };

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
