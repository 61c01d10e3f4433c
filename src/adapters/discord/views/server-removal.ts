/** What goes when a server is taken out of Usher, and who still has something there. */

import type { RemovedServer, ServerRemoval, StillOpen } from '../../../app/servers/remove.ts';
import type { TokenEnd, TokenFate } from '../../../app/servers/token.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { kindName } from './media.ts';
import { card, code, join, type Md, md, type Sentence, say, type View } from './view.ts';

const LISTED = 15;

export function removalText({ server, grants, withAccess, token, ...goes }: ServerRemoval): readonly Md[] {
  const { libraries, accounts, invites, plans } = goes;
  const lines = [
    say('server.remove.goes', { libraries, accounts }),
    say('server.remove.grants', { ...grants, invites, plans }),
    withAccess > 0 ? say('server.remove.keep', { count: withAccess }) : say('server.remove.nobody'),
    tokenText(server, token, 'server.token.revokedToo'),
  ];
  return [md`${say('server.remove.title', { server: server.name })}`, join(lines, '\n')];
}

export const removedView = ({ server, token }: RemovedServer): View =>
  card(
    token.kind === 'stays' ? 'warning' : 'good',
    say('server.remove.done', { server: server.name }),
    tokenEndText(server, token),
  );

/** What became of a token that a server is not reached with any more. Only admins read it. */
export function tokenEndText(server: Server, end: TokenEnd): Sentence {
  if (end.kind !== 'stays') return tokenText(server, end.kind, 'server.token.revoked');
  const token = madeText(server);
  const where = MEDIA_KINDS[server.kind].signIn?.revokedUnder ?? kindName(server.kind);
  return say('server.token.stays', { token, end: endOf(server), why: adminSentence(end.why), where });
}

function tokenText(
  server: Server,
  fate: TokenFate,
  revoked: 'server.token.revoked' | 'server.token.revokedToo',
): Sentence {
  const token = madeText(server);
  switch (fate) {
    case 'revoked':
      return revoked === 'server.token.revoked'
        ? say('server.token.revoked', { token })
        : say('server.token.revokedToo', { token });
    case 'shared':
      return say('server.token.shared', { token });
    case 'typed':
      return say('server.token.typed', { end: endOf(server) });
  }
}

const endOf = ({ tokenLast4 }: Server): Md => code(tokenLast4);

/** What a sign-in has left Usher with. */
function madeText({ kind }: Server): Sentence {
  const { signIn } = MEDIA_KINDS[kind];
  if (signIn === null) return say('server.token.the');
  return signIn.by === 'page'
    ? say('server.token.signIn', { where: signIn.called })
    : say('server.token.key');
}

export function stillOpenText(
  { server }: Pick<ServerRemoval, 'server'>,
  open: readonly StillOpen[],
): readonly (Md | Sentence | undefined)[] {
  const lines = open.slice(0, LISTED).map(({ account, why }) => md`• ${account}: ${why}`);
  return [
    say('server.remove.open', { server: server.name }),
    join(lines, '\n'),
    open.length > LISTED ? say('shared.more', { count: open.length - LISTED }) : undefined,
  ];
}
